#include "sealed_calls.h"

#include <algorithm>
#include <utility>

#include "digest/digest.h"
#include "json/writer.h"
#include "prepare.h"
#include "result/problem.h"

namespace dermaga::orders {
namespace {

using contract::Refused;
using contract::SealedAnswer;
using order_box::CallMethod;

SealedAnswer refuse(Refused problem) {
  return {.http_status = problem.http_status, .sealed = {}, .problem = std::move(problem)};
}

Refused refusal_of(const Error& error) {
  const ProblemMapping mapping = problem_mapping(error.code());
  // What went wrong inside is for the log, not for strangers.
  const bool ours = mapping.http_status >= 500;
  return {.http_status = mapping.http_status,
          .code = std::string(mapping.code),
          .detail = ours ? std::string(mapping.title) : error.message(),
          .retry_after_s = mapping.retry_after_s};
}

void write_money(json::Writer& writer, std::string_view name, const Money& money) {
  writer.key(name);
  writer.object();
  writer.field("amount", money.amount());
  writer.field("currency", money.currency().code());
  writer.end_object();
}

void write_text_or_null(json::Writer& writer, std::string_view name, std::string_view text) {
  writer.key(name);
  if (text.empty()) {
    writer.null();
  } else {
    writer.string(text);
  }
}

struct Contact {
  vault::SecretText name;
  vault::SecretText email;
  vault::SecretText phone;
  vault::SecretText address_json;
};

struct Amounts {
  Money subtotal;
  Money discount;
  Money shipping;
  Money tax;
  std::string shipping_method;
};

// Rows of one order that the read needs, opened under the customer's key.
Status load_order(store::Connection& connection, const vault::Vault& vault, const OrderRow& order,
                  Contact& contact, Amounts& amounts) {
  bool found = false;
  const store::Parameter key[] = {order.number};
  RETURN_IF_ERROR(connection.query(
      "SELECT customers.customer_id, customers.wrapped_key, customers.name_sealed, "
      "customers.email_sealed, customers.phone_sealed, orders.address_sealed, orders.subtotal, "
      "orders.discount, orders.shipping, orders.tax, orders.shipping_method FROM orders JOIN "
      "customers ON customers.customer_number = orders.customer_number WHERE orders.order_number = "
      "$1",
      key, [&](const store::Row& row) -> Status {
        ASSIGN_OR_RETURN(const auto customer, CustomerId::parse(row.text(0)));
        if (row.blob(1).empty()) {
          return make_error(ErrorCode::kNotFound, "the details of this order were erased");
        }
        ASSIGN_OR_RETURN(const auto data_key, vault.unwrap(customer, row.blob(1)));
        const auto open_customer = [&](std::string_view column, int index) {
          return data_key.open_field({"customers", column, customer.str()}, row.blob(index));
        };
        ASSIGN_OR_RETURN(contact.name, open_customer("name_sealed", 2));
        ASSIGN_OR_RETURN(contact.email, open_customer("email_sealed", 3));
        ASSIGN_OR_RETURN(contact.phone, open_customer("phone_sealed", 4));
        ASSIGN_OR_RETURN(
            contact.address_json,
            data_key.open_field({"orders", "address_sealed", order.id.str()}, row.blob(5)));
        const Currency currency = order.total.currency();
        amounts = {.subtotal = Money(row.integer(6), currency),
                   .discount = Money(row.integer(7), currency),
                   .shipping = Money(row.integer(8), currency),
                   .tax = Money(row.integer(9), currency),
                   .shipping_method = std::string(row.text(10))};
        found = true;
        return {};
      }));
  if (!found) {
    return make_error(ErrorCode::kCorrupt, "order " + order.id.str() + " has no customer");
  }
  return {};
}

}  // namespace

std::string view_json(const contract::OrderView& view) {
  std::string text;
  json::Writer writer(text);
  writer.object();
  writer.field("id", view.id.str());
  writer.field("status", order_state::name(view.status));
  writer.field("payment_status", order_state::name(view.payment_status));
  writer.field("fulfilment_status", order_state::name(view.fulfilment_status));
  write_text_or_null(writer, "cancel_reason", view.cancel_reason);
  write_text_or_null(writer, "payment_action", view.payment_action);
  write_money(writer, "total", view.total);
  writer.field("placed_at", format_rfc3339(view.placed_at));
  writer.key("reserved_until");
  if (view.reserved_until == UtcTime{}) {
    writer.null();
  } else {
    writer.string(format_rfc3339(view.reserved_until));
  }
  writer.end_object();
  return text;
}

Status forget_nonces(store::Connection& connection, UtcTime now) {
  const store::Parameter expired[] = {to_unix_ms(now - kNonceKeptAfterExpiry)};
  RETURN_IF_ERROR(connection.execute("DELETE FROM used_nonces WHERE expires_at < $1", expired));
  return {};
}

Result<std::string> SealedCalls::read_order_json(store::Connection& connection,
                                                 const OrderRow& order) const {
  Contact contact;
  Amounts amounts;
  RETURN_IF_ERROR(load_order(connection, ports_.vault, order, contact, amounts));
  std::string text;
  json::Writer writer(text);
  writer.object();
  writer.key("order");
  writer.raw(view_json(view_of(order)));
  write_money(writer, "subtotal", amounts.subtotal);
  write_money(writer, "discount", amounts.discount);
  write_money(writer, "shipping", amounts.shipping);
  write_money(writer, "tax", amounts.tax);
  write_money(writer, "total", order.total);
  writer.field("shipping_method", amounts.shipping_method);
  writer.key("lines");
  writer.array();
  const store::Parameter key[] = {order.number};
  // Two rows of one line (two locations) are one line again here.
  RETURN_IF_ERROR(connection.query(
      "SELECT variant_id, CAST(sum(quantity) AS BIGINT), min(unit_price), "
      "CAST(sum(line_total) AS BIGINT) FROM order_lines WHERE order_number = $1 GROUP BY "
      "variant_id ORDER BY min(line_no)",
      key, [&](const store::Row& row) -> Status {
        writer.object();
        writer.field("variant_id", row.text(0));
        writer.field("quantity", row.integer(1));
        write_money(writer, "unit_price", Money(row.integer(2), order.total.currency()));
        write_money(writer, "line_total", Money(row.integer(3), order.total.currency()));
        writer.end_object();
        return {};
      }));
  writer.end_array();
  writer.key("customer");
  writer.object();
  writer.field("name", contact.name.reveal());
  writer.field("email", contact.email.reveal());
  writer.field("phone", contact.phone.reveal());
  writer.end_object();
  writer.key("shipping_address");
  writer.raw(contact.address_json.reveal());
  writer.end_object();
  return text;
}

std::optional<Refused> SealedCalls::authorise(store::Connection& connection,
                                              const order_box::OpenedCall& call,
                                              std::optional<OrderRow>& order) const {
  if (!ports_.derivation.access_token_matches(call.order_id, call.access_token.reveal())) {
    return Refused{.http_status = 403,
                   .code = "access_token_invalid",
                   .detail = "the access token does not belong to this order"};
  }
  auto found = find_order(connection, call.order_id);
  if (!found.has_value()) {
    return refusal_of(found.error());
  }
  const std::optional<OrderRow>& row = *found;
  if (!row.has_value()) {
    return Refused{.http_status = 404, .code = "not_found", .detail = "there is no such order"};
  }
  if (!digest::equal_constant_time(row->reply_thumbprint, call.reply_key.thumbprint())) {
    return Refused{.http_status = 403,
                   .code = "reply_key_mismatch",
                   .detail = "the order was placed with another reply key"};
  }
  order = *std::move(found);
  return std::nullopt;
}

std::optional<Refused> SealedCalls::use_nonce(const order_box::OpenedCall& call) {
  const Refused used{.http_status = 409,
                     .code = "nonce_used",
                     .detail = "this box was used before; seal a new one"};
  const UtcTime kept_until = call.expires_at + kClockSkewMax;  // see call()
  switch (nonces_.remember(call.nonce, kept_until, ports_.clock.now())) {
    case order_box::NonceMemory::Answer::kUsedBefore:
      return used;
    case order_box::NonceMemory::Answer::kFull:
      return refusal_of(Error(ErrorCode::kOverloaded, "too many calls"));
    case order_box::NonceMemory::Answer::kFirstUse:
      break;
  }
  if (call.method == CallMethod::kOrderRead) {
    return std::nullopt;
  }
  const auto kept = [&]() -> Status {
    ASSIGN_OR_RETURN(const auto connection, ports_.database.connect());
    ASSIGN_OR_RETURN(auto transaction, store::Transaction::begin(*connection));
    constexpr std::string_view kColumns[] = {"nonce", "expires_at"};
    const store::Parameter row[] = {std::string_view(call.nonce), to_unix_ms(kept_until)};
    RETURN_IF_ERROR(connection->insert_many("used_nonces", kColumns, row));
    return transaction.commit();
  }();
  if (kept.has_value()) {
    return std::nullopt;
  }
  return kept.error().code() == ErrorCode::kAlreadyExists ? used : refusal_of(kept.error());
}

SealedAnswer SealedCalls::answer(const order_box::OpenedCall& call,
                                 const Result<std::string>& result_json) const {
  if (!result_json.has_value()) {
    return refuse(refusal_of(result_json.error()));
  }
  auto sealed = ports_.boxes.seal_answer(call.reply_key, call.method, *result_json);
  if (!sealed.has_value()) {
    return refuse(refusal_of(sealed.error()));
  }
  return {.http_status = 200, .sealed = *std::move(sealed), .problem = {}};
}

void SealedCalls::call(const std::string& box, UtcTime received_at, const Done& done) {
  // The edge's word on the time counts only as far as clocks differ: else a box that has expired,
  // and whose nonce is forgotten, could be used again.
  const UtcTime now = ports_.clock.now();
  auto opened = ports_.boxes.open_call(
      box, std::clamp(received_at, now - kClockSkewMax, now + kClockSkewMax));
  if (auto* refusal = std::get_if<order_box::BoxRefusal>(&opened)) {
    done(refuse({.http_status = 422, .code = refusal->code, .detail = refusal->detail}));
    return;
  }
  auto call =
      std::make_shared<order_box::OpenedCall>(std::get<order_box::OpenedCall>(std::move(opened)));
  const auto connection = ports_.database.connect_read_only();
  if (!connection.has_value()) {
    done(refuse(refusal_of(connection.error())));
    return;
  }
  std::optional<OrderRow> order;
  if (auto refusal = authorise(**connection, *call, order);
      refusal.has_value() || (refusal = use_nonce(*call))) {
    done(refuse(*std::move(refusal)));
    return;
  }
  CHECK(order.has_value());  // as authorise() promises
  const auto told = [](const contract::OrderView& view) {
    return R"({"order":)" + view_json(view) + "}";
  };
  switch (call->method) {
    case CallMethod::kOrderRead:
      done(answer(*call, read_order_json(**connection, *order)));
      return;
    case CallMethod::kOrderCancel: {
      const auto cancelled = hooks_.cancel_open(call->order_id, "shopper_request");
      done(answer(*call, cancelled.has_value() ? Result<std::string>(told(*cancelled))
                                               : std::unexpected(cancelled.error())));
      return;
    }
    case CallMethod::kPaymentChallenge:
      hooks_.challenge(call->order_id, std::move(call->code),
                       [this, call, told, done](const Result<contract::OrderView>& view) {
                         done(answer(*call, view.has_value() ? Result<std::string>(told(*view))
                                                             : std::unexpected(view.error())));
                       });
      return;
  }
}

}  // namespace dermaga::orders

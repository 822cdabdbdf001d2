#include "order_calls.h"

#include <utility>

#include "digest/digest.h"
#include "json/writer.h"

namespace dermaga::orders {
namespace {

using contract::Refused;
using order_box::CallMethod;
using sealed_calls::outcome_of;
using sealed_calls::refusal_of;

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

Result<std::string> details_json(store::Connection& connection, const vault::Vault& vault,
                                 const OrderRow& order, std::string_view access_token) {
  Contact contact;
  Amounts amounts;
  RETURN_IF_ERROR(load_order(connection, vault, order, contact, amounts));
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
  if (!access_token.empty()) {
    writer.field("access_token", access_token);
  }
  writer.end_object();
  return text;
}

std::optional<Refused> OrderCalls::authorise(const order_box::OpenedCall& call,
                                             OrderRow& order) const {
  if (!ports_.derivation.access_token_matches(call.order_id, call.access_token.reveal())) {
    return Refused{.http_status = 403,
                   .code = "access_token_invalid",
                   .detail = "the access token does not belong to this order"};
  }
  const auto connection = ports_.database.connect_read_only();
  if (!connection.has_value()) {
    return refusal_of(connection.error());
  }
  const auto found = find_order(**connection, call.order_id);
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
  order = *row;
  return std::nullopt;
}

void OrderCalls::act(const order_box::OpenedCall& call, const OrderRow& order, const Done& done) {
  const auto told = [](const Result<contract::OrderView>& view) {
    return outcome_of(view.has_value()
                          ? Result<std::string>(R"({"order":)" + view_json(*view) + "}")
                          : std::unexpected(view.error()));
  };
  switch (call.method) {
    case CallMethod::kOrderRead: {
      const auto connection = ports_.database.connect_read_only();
      done(outcome_of(connection.has_value() ? details_json(**connection, ports_.vault, order)
                                             : std::unexpected(connection.error())));
      return;
    }
    case CallMethod::kOrderCancel:
      done(told(hooks_.cancel_open(call.order_id, kShopperRequest)));
      return;
    case CallMethod::kPaymentChallenge:
      hooks_.challenge(call.order_id, vault::ChallengeCode(std::string(call.code.reveal())),
                       [told, done](const Result<contract::OrderView>& view) { done(told(view)); });
      return;
    default:
      CHECK(false);  // sealed_calls hands on what is about orders
  }
}

std::variant<sealed_calls::CallHandler::Act, Refused> OrderCalls::prepare(
    const std::shared_ptr<order_box::OpenedCall>& call) {
  OrderRow order;
  if (auto refusal = authorise(*call, order); refusal.has_value()) {
    return *std::move(refusal);
  }
  return Act([this, call, order = std::move(order)](const Done& done) { act(*call, order, done); });
}

}  // namespace dermaga::orders

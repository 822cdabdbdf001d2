#include "declined.h"

#include <iterator>

namespace dermaga::orders {
namespace {

constexpr std::string_view kColumns[] = {"order_id",     "idempotency_key",  "body_sha256",
                                         "first_answer", "reason",           "currency",
                                         "total",        "received_at",      "decided_at",
                                         "customer_id",  "wrapped_key",      "kek_version",
                                         "name_sealed",  "email_sealed",     "phone_sealed",
                                         "locale",       "reply_thumbprint", "account_id"};

}  // namespace

Result<DeclinedOrder> read_declined(const store::Row& row) {
  DeclinedOrder declined;
  ASSIGN_OR_RETURN(declined.id, OrderId::parse(row.text(0)));
  declined.idempotency_key = row.text(1);
  declined.body_sha256 = row.blob(2);
  declined.first_answer = static_cast<FirstAnswer>(row.integer(3));
  ASSIGN_OR_RETURN(const Currency currency, Currency::parse(row.text(5)));
  declined.received_at = from_unix_ms(row.integer(7));
  declined.view = {.id = declined.id,
                   .status = order_state::OrderStatus::kCancelled,
                   .cancel_reason = std::string(row.text(4)),
                   .total = Money(row.integer(6), currency),
                   .placed_at = declined.received_at};
  declined.decided_at = from_unix_ms(row.integer(8));
  return declined;
}

Result<std::optional<DeclinedOrder>> find_declined(store::Connection& connection,
                                                   const OrderId& id) {
  std::optional<DeclinedOrder> found;
  const store::Parameter key[] = {std::string_view(id.str())};
  RETURN_IF_ERROR(connection.query(
      "SELECT " + std::string(kDeclinedColumns) + " FROM declined_orders WHERE order_id = $1", key,
      [&found](const store::Row& row) -> Status {
        ASSIGN_OR_RETURN(found, read_declined(row));
        return {};
      }));
  return found;
}

std::string decline_reason(const contract::PlaceOutcome& outcome) {
  if (std::holds_alternative<contract::OutOfStock>(outcome)) {
    return "out_of_stock";
  }
  if (std::holds_alternative<contract::PriceChanged>(outcome)) {
    return "price_changed";
  }
  const auto* refused = std::get_if<contract::Refused>(&outcome);
  return refused == nullptr || refused->http_status >= 500 ? std::string() : refused->code;
}

bool breaks_promise(std::string_view reason) {
  return !reason.starts_with("box_") && reason != "saved_card_unknown" &&
         reason != "card_refused" && reason != "payment_provider_unknown";
}

contract::OrderView declined_view(const contract::PlaceOrder& order, std::string reason) {
  return {.id = order.id,
          .status = order_state::OrderStatus::kCancelled,
          .cancel_reason = std::move(reason),
          .total = order.total,
          .placed_at = order.received_at};
}

void DeclinedRows::add(const Item& item, const contract::OrderView& view, UtcTime decided_at) {
  const contract::PlaceOrder& order = item.order;
  const Prepared& prepared = item.prepared;
  const std::string& currency = currencies_.emplace_back(order.total.currency().code());
  const store::Parameter decision[] = {std::string_view(order.id.str()),
                                       std::string_view(order.idempotency_key),
                                       store::Blob{order.body_sha256},
                                       static_cast<std::int64_t>(item.first_answer),
                                       std::string_view(view.cancel_reason),
                                       std::string_view(currency),
                                       order.total.amount(),
                                       to_unix_ms(order.received_at),
                                       to_unix_ms(decided_at)};
  parameters_.insert(parameters_.end(), std::begin(decision), std::end(decision));
  if (prepared.customer_id.empty()) {
    parameters_.insert(parameters_.end(), std::size(kColumns) - std::size(decision),
                       std::monostate{});
    return;
  }
  const store::Parameter contact[] = {std::string_view(prepared.customer_id.str()),
                                      store::Blob{prepared.wrapped_key},
                                      std::int64_t{prepared.kek_version},
                                      store::Blob{prepared.name_sealed},
                                      store::Blob{prepared.email_sealed},
                                      store::Blob{prepared.phone_sealed},
                                      std::string_view(prepared.locale),
                                      std::string_view(prepared.reply_thumbprint),
                                      prepared.account.empty()
                                          ? store::Parameter(std::monostate())
                                          : std::string_view(prepared.account.str())};
  parameters_.insert(parameters_.end(), std::begin(contact), std::end(contact));
}

Status DeclinedRows::write(store::Connection& connection) const {
  return empty() ? Status() : connection.insert_many("declined_orders", kColumns, parameters_);
}

}  // namespace dermaga::orders

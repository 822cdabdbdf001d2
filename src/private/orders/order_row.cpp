#include "order_row.h"

#include "declined.h"

namespace dermaga::orders {

Result<OrderRow> read_order(const store::Row& row) {
  OrderRow order;
  order.number = row.integer(0);
  ASSIGN_OR_RETURN(order.id, OrderId::parse(row.text(1)));
  const std::int64_t status = row.integer(2);
  const std::int64_t payment = row.integer(3);
  const std::int64_t fulfilment = row.integer(4);
  if (status < 0 || status > 5 || payment < 0 || payment > 5 || fulfilment < 0 || fulfilment > 3) {
    return make_error(ErrorCode::kCorrupt, "order " + order.id.str() + " has an unknown status");
  }
  order.status = static_cast<order_state::OrderStatus>(status);
  order.payment_status = static_cast<order_state::PaymentStatus>(payment);
  order.fulfilment_status = static_cast<order_state::FulfilmentStatus>(fulfilment);
  order.cancel_reason = row.text(5);
  order.payment_action = row.text(6);
  ASSIGN_OR_RETURN(const Currency currency, Currency::parse(row.text(7)));
  order.total = Money(row.integer(8), currency);
  order.refund_due = row.integer(9);
  order.placed_at = from_unix_ms(row.integer(10));
  order.reserved_until = from_unix_ms(row.integer(11));
  order.version = row.integer(12);
  order.reply_thumbprint = row.text(13);
  if (!row.is_null(14)) {
    order.received_at = from_unix_ms(row.integer(14));
  }
  order.refunded = row.integer(15);
  order.refunds = row.integer(16);
  order.ended_at = from_unix_ms(row.integer(17));
  return order;
}

contract::OrderView view_of(const OrderRow& order) {
  return {.id = order.id,
          .status = order.status,
          .payment_status = order.payment_status,
          .fulfilment_status = order.fulfilment_status,
          .cancel_reason = order.cancel_reason,
          .payment_action = order.payment_action,
          .total = order.total,
          .placed_at = order.received_at.value_or(order.placed_at),
          .reserved_until = order.reserved_until};
}

Result<std::optional<OrderRow>> find_order(store::Connection& connection, const OrderId& id) {
  std::optional<OrderRow> found;
  const store::Parameter key[] = {std::string_view(id.str())};
  RETURN_IF_ERROR(
      connection.query("SELECT " + std::string(kOrderColumns) + " FROM orders WHERE order_id = $1",
                       key, [&found](const store::Row& row) -> Status {
                         ASSIGN_OR_RETURN(found, read_order(row));
                         return {};
                       }));
  return found;
}

Result<OrderRow> require_order(store::Connection& connection, const OrderId& id) {
  ASSIGN_OR_RETURN(auto found, find_order(connection, id));
  if (!found.has_value()) {
    return make_error(ErrorCode::kNotFound, "there is no order " + id.str());
  }
  return *std::move(found);
}

Result<contract::OrderView> view_for_token(store::Connection& connection,
                                           const derivation::Derivation& derivation,
                                           const OrderId& id, const std::string& access_token) {
  if (!derivation.access_token_matches(id, access_token)) {
    return make_error(ErrorCode::kForbidden, "the access token does not belong to this order");
  }
  ASSIGN_OR_RETURN(const auto order, find_order(connection, id));
  if (order.has_value()) {
    return view_of(*order);
  }
  ASSIGN_OR_RETURN(auto declined, find_declined(connection, id));
  if (declined.has_value()) {
    return std::move(declined->view);
  }
  return make_error(ErrorCode::kNotFound, "there is no order " + id.str());
}

Result<std::vector<OrderRow>> lock_orders(store::Connection& connection,
                                          std::span<const OrderId> ids) {
  std::vector<store::Parameter> keys;
  keys.reserve(ids.size());
  for (const OrderId& id : ids) {
    keys.emplace_back(std::string_view(id.str()));
  }
  std::vector<OrderRow> orders;
  RETURN_IF_ERROR(connection.select_by_keys("orders", kOrderColumns, "order_id", keys, true,
                                            [&orders](const store::Row& row) -> Status {
                                              ASSIGN_OR_RETURN(auto order, read_order(row));
                                              orders.push_back(std::move(order));
                                              return {};
                                            }));
  return orders;
}

}  // namespace dermaga::orders

#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "contract/order.h"
#include "derivation/derivation.h"
#include "ids/ids.h"
#include "order_state/order_state.h"
#include "result/result.h"
#include "store/database.h"

namespace dermaga::orders {

// What moves of an order need of its row.
struct OrderRow {
  std::int64_t number = 0;
  OrderId id;
  order_state::OrderStatus status = order_state::OrderStatus::kOpen;
  order_state::PaymentStatus payment_status = order_state::PaymentStatus::kPending;
  order_state::FulfilmentStatus fulfilment_status = order_state::FulfilmentStatus::kUnfulfilled;
  std::string cancel_reason;
  std::string payment_action;
  Money total;
  std::int64_t refund_due = 0;  // on its way
  std::int64_t refunded = 0;    // so far, in so many refunds
  std::int64_t refunds = 0;
  UtcTime placed_at;  // when core accepted it
  UtcTime reserved_until;
  UtcTime ended_at;  // completed, cancelled or expired; 0 before
  std::int64_t version = 0;
  std::string reply_thumbprint;
  std::optional<UtcTime> received_at;  // by a spool; where core received it, that was `placed_at`
};

// The columns that read_order() expects, first in the SELECT.
inline constexpr std::string_view kOrderColumns =
    "order_number, order_id, status, payment_status, fulfilment_status, cancel_reason, "
    "payment_action, currency, total, refund_due, placed_at, reserved_until, version, "
    "reply_thumbprint, received_at, refunded, refunds, ended_at";
inline constexpr int kOrderColumnCount = 18;

// Some of what was paid is still the shop's.
inline bool is_paid(const OrderRow& order) {
  return order.payment_status == order_state::PaymentStatus::kPaid ||
         order.payment_status == order_state::PaymentStatus::kPartiallyRefunded;
}

Result<OrderRow> read_order(const store::Row& row);
contract::OrderView view_of(const OrderRow& order);

Result<std::optional<OrderRow>> find_order(store::Connection& connection, const OrderId& id);
// find_order, or kNotFound.
Result<OrderRow> require_order(store::Connection& connection, const OrderId& id);
// For a shopper, declined orders too; kForbidden unless the token is the order's.
Result<contract::OrderView> view_for_token(store::Connection& connection,
                                           const derivation::Derivation& derivation,
                                           const OrderId& id, const std::string& access_token);
// The orders with these ids that exist, locked until the transaction ends.
Result<std::vector<OrderRow>> lock_orders(store::Connection& connection,
                                          std::span<const OrderId> ids);

}  // namespace dermaga::orders

#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "contract/order.h"
#include "item.h"
#include "orders/first_answer.h"
#include "result/result.h"
#include "store/database.h"

namespace dermaga::orders {

// A delivered order that core could not accept, as it is remembered.
struct DeclinedOrder {
  OrderId id;
  std::string idempotency_key;
  std::string body_sha256;
  FirstAnswer first_answer = FirstAnswer::kDeferred;
  contract::OrderView view;  // cancelled, with the reason
  UtcTime received_at;
  UtcTime decided_at;
};

// The columns that read_declined() expects.
inline constexpr std::string_view kDeclinedColumns =
    "order_id, idempotency_key, body_sha256, first_answer, reason, currency, total, received_at, "
    "decided_at";
Result<DeclinedOrder> read_declined(const store::Row& row);
Result<std::optional<DeclinedOrder>> find_declined(store::Connection& connection,
                                                   const OrderId& id);

// Why an order with this outcome is declined, a snake_case word; empty where the outcome is not
// final (Refused 5xx: to be delivered again) or is not a refusal.
std::string decline_reason(const contract::PlaceOutcome& outcome);
// The rows of those, for SQL.
inline constexpr std::string_view kPromiseIsBroken =
    "first_answer = 2 AND substr(reason, 1, 4) <> 'box_' AND reason NOT IN "
    "('saved_card_unknown', 'card_refused', 'payment_provider_unknown')";
// Whether declining for this reason breaks a promise of units that a spool made. A box that cannot
// be opened, or a card that cannot pay, is the shopper's own doing.
bool breaks_promise(std::string_view reason);
contract::OrderView declined_view(const contract::PlaceOrder& order, std::string reason);

// The rows of one batch; what was added must live until they are written.
class DeclinedRows {
 public:
  void clear() {
    parameters_.clear();
    currencies_.clear();
  }
  bool empty() const { return parameters_.empty(); }
  void add(const Item& item, const contract::OrderView& view, UtcTime decided_at);
  Status write(store::Connection& connection) const;

 private:
  std::vector<store::Parameter> parameters_;
  std::deque<std::string> currencies_;  // address-stable: the parameters point at them
};

}  // namespace dermaga::orders

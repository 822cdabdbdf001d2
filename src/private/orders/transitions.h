#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "clock/clock.h"
#include "ids/ids.h"
#include "order_row.h"
#include "outbox/outbox.h"
#include "result/result.h"
#include "store/database.h"

namespace dermaga::orders {

// payments.kind
enum class PaymentEntry { kCaptured = 1, kRefunded = 2, kDeclined = 3 };
std::string_view name(PaymentEntry entry);

// Moves of existing orders inside one transaction: each call checks the state tables and changes
// the row it was given; flush() writes everything at once: stock, lines, orders, payments, events.
// The rows must come from lock_orders() in the same transaction.
class Transitions {
 public:
  Transitions(store::Connection& connection, UtcTime now, std::string_view provider)
      : connection_(connection), now_(now), provider_(provider) {}

  // open → expired; the units go back.
  Status expire(OrderRow& order);
  // open or confirmed → cancelled; the units go back, what is left of what was paid becomes due for
  // refund. kVersionConflict while a refund is on its way.
  Status cancel(OrderRow& order, std::string_view reason);
  // The money came: open → confirmed; for an order that is over, a refund becomes due.
  Status pay(OrderRow& order, std::string_view reference);
  // The provider refused: open → cancelled (payment_failed).
  Status decline(OrderRow& order, std::string_view reference);
  Status ask_challenge(OrderRow& order);
  // This much of what was paid becomes due for refund. kInvalidArgument beyond what is left,
  // kVersionConflict for an order that was not paid, while a refund is on its way, and for all of
  // what is left before it was shipped: that is a cancellation.
  Status ask_refund(OrderRow& order, std::int64_t amount);
  // The refund that was due is made.
  Status record_refund(OrderRow& order, std::string_view reference);
  // confirmed → completed: the held units leave the house.
  Status fulfil(OrderRow& order);

  Status flush();
  // After flush: variants whose stock changed, for the availability feed.
  const std::vector<VariantId>& touched() const { return touched_; }

 private:
  enum class Units { kGoBack, kLeave };
  struct MovedUnits {
    std::int64_t order_number;
    Units units;
  };
  struct Entry {
    std::int64_t order_number;
    PaymentEntry kind;
    std::int64_t amount;
    std::string reference;
  };

  Status move(OrderRow& order, order_state::OrderStatus to);
  void changed(const OrderRow& order);
  void event(std::string_view topic, const OrderRow& order);
  Status move_units();
  Status write_orders();
  Status write_payments();

  store::Connection& connection_;
  UtcTime now_;
  std::string provider_;
  std::vector<OrderRow> changed_;
  std::vector<MovedUnits> moved_;
  std::vector<Entry> entries_;
  std::vector<outbox::Event> events_;
  std::vector<VariantId> touched_;
};

}  // namespace dermaga::orders

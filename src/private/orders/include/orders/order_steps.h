#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "clock/clock.h"
#include "contract/order.h"
#include "contract/spool.h"
#include "orders/orders.h"
#include "result/result.h"

namespace dermaga::orders {

// Everything OrderService does, without its threads: the caller decides what happens when, one step
// at a time, on his own thread. It is made of the very parts that the service's threads run; the
// simulator lives on it. Not thread-safe.
class OrderSteps {
 public:
  // Of the options, those about threads and queues have no meaning here. `on_fatal` must be set; it
  // may be called in the middle of a step, whose outcomes are not to be told to anybody.
  static Result<std::unique_ptr<OrderSteps>> open(const Ports& ports, const Options& options);
  ~OrderSteps();

  // Prepares and decides the orders as one batch, commits, then calls `done`.
  void place(std::vector<contract::PlaceOrder> batch,
             std::function<void(std::vector<contract::PlaceOutcome>)> done);
  // The same with what a spool delivers.
  void deliver(contract::Delivery delivery,
               std::function<void(std::vector<contract::PlaceOutcome>)> done);
  // As in OrderService.
  Result<contract::OrderView> order_view(const OrderId& id, const std::string& access_token);
  Result<contract::OrderView> cancel(const OrderId& id, std::string_view reason,
                                     const audit::Actor& actor);
  Result<contract::OrderView> refund(const RefundRequest& request, const audit::Actor& actor);
  Result<contract::OrderView> cancel_open(const OrderId& id, std::string_view reason);
  Result<contract::OrderView> fulfil(const OrderId& id, const audit::Actor& actor);

  // One round of the sweeper, of its housekeeping, and of the payment desk.
  Result<std::int64_t> sweep();
  Status housekeep();
  void work_on_payments(SteadyTime now);

 private:
  struct Impl;
  explicit OrderSteps(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace dermaga::orders

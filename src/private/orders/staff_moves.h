#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <vector>

#include "orders/orders.h"
#include "result/result.h"
#include "store/database.h"
#include "transitions.h"

namespace dermaga::orders {

// What staff and shoppers do to one order that exists, each in a transaction of its own.
// Thread-safe.
class StaffMoves {
 public:
  struct Hooks {
    std::function<void(const std::vector<VariantId>&)> touched;
    std::function<void(std::string_view reason)> fatal;
    std::function<void()> refund_due;
  };

  StaffMoves(const Ports& ports, std::unique_ptr<store::Connection> connection, Hooks hooks)
      : ports_(ports), hooks_(std::move(hooks)), connection_(std::move(connection)) {}

  // As in OrderService; each with its entry in the audit log.
  Result<contract::OrderView> cancel(const OrderId& id, std::string_view reason,
                                     const audit::Actor& actor, const CancelOptions& options);
  Result<contract::OrderView> fulfil(const OrderId& id, const audit::Actor& actor);
  Result<contract::OrderView> refund(const RefundRequest& request, const audit::Actor& actor);
  Result<std::optional<contract::OrderView>> cancel_within(const Money& sum_max, const OrderId& id,
                                                           std::string_view reason,
                                                           const audit::Actor& actor,
                                                           const CancelOptions& options);
  Result<std::optional<contract::OrderView>> refund_within(const Money& sum_max,
                                                           const RefundRequest& request,
                                                           const audit::Actor& actor);
  // For shoppers, who take back only what they have not paid; kVersionConflict otherwise.
  Result<contract::OrderView> cancel_open(const OrderId& id, std::string_view reason);

 private:
  // Judges a move that was made in memory, before anything of it is written.
  using Limit = std::function<Status(const OrderRow&)>;
  Result<contract::OrderView> cancel_under(const Limit& limit, const OrderId& id,
                                           std::string_view reason, const audit::Actor& actor,
                                           const CancelOptions& options);
  Result<contract::OrderView> refund_under(const Limit& limit, const RefundRequest& request,
                                           const audit::Actor& actor);
  // `act` is appended to the audit log; none for shoppers.
  template <typename Move>
  Result<contract::OrderView> move_order(const OrderId& id, const audit::Act* act, Move move);

  Ports ports_;
  Hooks hooks_;
  std::mutex mutex_;
  std::unique_ptr<store::Connection> connection_;  // guarded by mutex_
};

}  // namespace dermaga::orders

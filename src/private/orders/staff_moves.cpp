#include "staff_moves.h"

#include <span>
#include <string>

namespace dermaga::orders {

using contract::OrderView;

template <typename Move>
Result<OrderView> StaffMoves::move_order(const OrderId& id, Move move) {
  const std::lock_guard lock(mutex_);
  ASSIGN_OR_RETURN(auto transaction, store::Transaction::begin(*connection_));
  ASSIGN_OR_RETURN(auto orders, lock_orders(*connection_, std::span(&id, 1)));
  if (orders.empty()) {
    return make_error(ErrorCode::kNotFound, "there is no order " + id.str());
  }
  Transitions moves(*connection_, ports_.clock.now(), ports_.payments.name());
  RETURN_IF_ERROR(move(moves, orders.front()));
  RETURN_IF_ERROR(moves.flush());
  if (const Status done = transaction.commit(); !done.has_value()) {
    if (done.error().code() == ErrorCode::kIo) {
      hooks_.fatal(done.error().message());
    }
    return std::unexpected(done.error());
  }
  hooks_.touched(moves.touched());
  if (orders.front().refund_due > 0) {
    hooks_.refund_due();
  }
  return view_of(orders.front());
}

Result<OrderView> StaffMoves::cancel_open(const OrderId& id, std::string_view reason) {
  return move_order(id, [&](Transitions& moves, OrderRow& order) -> Status {
    if (order.status != order_state::OrderStatus::kOpen) {
      return make_error(ErrorCode::kVersionConflict,
                        "an order that is " + std::string(order_state::name(order.status)) +
                            " cannot be taken back any more");
    }
    return moves.cancel(order, reason);
  });
}

Result<OrderView> StaffMoves::cancel(const OrderId& id, std::string_view reason) {
  constexpr std::size_t kReasonBytesMax = 64;
  if (reason.empty() || reason.size() > kReasonBytesMax ||
      reason.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") != std::string_view::npos) {
    return make_error(ErrorCode::kInvalidArgument,
                      "a reason is 1 to 64 characters of a-z, 0-9 and _");
  }
  return move_order(
      id, [&](Transitions& moves, OrderRow& order) { return moves.cancel(order, reason); });
}

Result<OrderView> StaffMoves::fulfil(const OrderId& id) {
  return move_order(id, [](Transitions& moves, OrderRow& order) { return moves.fulfil(order); });
}

}  // namespace dermaga::orders

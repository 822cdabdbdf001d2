#include "staff_moves.h"

#include "declined.h"

#include <span>
#include <string>

namespace dermaga::orders {

using contract::OrderView;

template <typename Move>
Result<OrderView> StaffMoves::move_order(const OrderId& id, const audit::Act* act, Move move) {
  const std::lock_guard lock(mutex_);
  ASSIGN_OR_RETURN(auto transaction, store::Transaction::begin(*connection_));
  ASSIGN_OR_RETURN(auto orders, lock_orders(*connection_, std::span(&id, 1)));
  if (orders.empty()) {
    ASSIGN_OR_RETURN(const auto declined, find_declined(*connection_, id));
    if (declined.has_value()) {
      return make_error(ErrorCode::kVersionConflict,
                        "order " + id.str() + " was declined when its spool delivered it");
    }
    return make_error(ErrorCode::kNotFound, "there is no order " + id.str());
  }
  Transitions moves(*connection_, ports_.clock.now(), ports_.payments.name());
  RETURN_IF_ERROR(move(moves, orders.front()));
  RETURN_IF_ERROR(moves.flush());
  if (act != nullptr) {
    RETURN_IF_ERROR(audit::append(*connection_, std::span(act, 1), ports_.clock.now()));
  }
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
  return move_order(id, nullptr, [&](Transitions& moves, OrderRow& order) -> Status {
    if (order.status != order_state::OrderStatus::kOpen) {
      return make_error(ErrorCode::kVersionConflict,
                        "an order that is " + std::string(order_state::name(order.status)) +
                            " cannot be taken back any more");
    }
    return moves.cancel(order, reason);
  });
}

Result<OrderView> StaffMoves::cancel(const OrderId& id, std::string_view reason,
                                     const audit::Actor& actor, const CancelOptions& options) {
  constexpr std::size_t kReasonBytesMax = 64;
  if (reason.empty() || reason.size() > kReasonBytesMax ||
      reason.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") != std::string_view::npos) {
    return make_error(ErrorCode::kInvalidArgument,
                      "a reason is 1 to 64 characters of a-z, 0-9 and _");
  }
  const audit::Act act{.actor = actor,
                       .action = "order.cancel",
                       .subject = id.str(),
                       .detail = std::string(reason),
                       .reason = options.why.empty() ? std::string(reason) : options.why};
  return move_order(id, &act, [&](Transitions& moves, OrderRow& order) -> Status {
    if (!options.may_refund && is_paid(order)) {
      return make_error(ErrorCode::kForbidden,
                        "the order was paid: whoever cancels it gives money back");
    }
    return moves.cancel(order, reason);
  });
}

namespace {

constexpr std::size_t kTextBytesMax = 200;

// Whether this key was used before, for the same; kAlreadyExists where it was for something else.
Result<bool> was_asked(store::Connection& connection, const RefundRequest& request,
                       std::int64_t order_number) {
  bool asked = false;
  bool same = true;
  const store::Parameter key[] = {std::string_view(request.idempotency_key)};
  RETURN_IF_ERROR(connection.query(
      "SELECT order_number, amount FROM refund_requests WHERE idempotency_key = $1", key,
      [&](const store::Row& row) -> Status {
        asked = true;
        same = row.integer(0) == order_number && row.integer(1) == request.amount;
        return {};
      }));
  return same ? Result<bool>(asked)
              : make_error(ErrorCode::kAlreadyExists,
                           "the idempotency key was used for another refund");
}

Status remember(store::Connection& connection, const RefundRequest& request,
                std::int64_t order_number, const audit::Actor& actor, UtcTime now) {
  const store::Parameter row[] = {std::string_view(request.idempotency_key), order_number,
                                  request.amount, std::string_view(actor.name), to_unix_ms(now)};
  RETURN_IF_ERROR(connection.execute(
      "INSERT INTO refund_requests (idempotency_key, order_number, amount, requested_by, "
      "requested_at) VALUES ($1, $2, $3, $4, $5)",
      row));
  return {};
}

}  // namespace

Result<OrderView> StaffMoves::refund(const RefundRequest& request, const audit::Actor& actor) {
  for (const std::string* text : {&request.reason, &request.idempotency_key}) {
    if (text->empty() || text->size() > kTextBytesMax) {
      return make_error(ErrorCode::kInvalidArgument,
                        "reason and idempotency key have 1 to 200 bytes");
    }
  }
  audit::Act act{.actor = actor,
                 .action = "order.refund",
                 .subject = request.order.str(),
                 .reason = request.reason};
  return move_order(request.order, &act, [&](Transitions& moves, OrderRow& order) -> Status {
    ASSIGN_OR_RETURN(const bool asked, was_asked(*connection_, request, order.number));
    if (asked) {
      act.detail = "asked again: nothing changed";
      return {};
    }
    const std::int64_t amount =
        request.amount == 0 ? order.total.amount() - order.refunded : request.amount;
    act.detail = std::to_string(amount) + " " + std::string(order.total.currency().code());
    RETURN_IF_ERROR(moves.ask_refund(order, amount));
    return remember(*connection_, request, order.number, actor, ports_.clock.now());
  });
}

Result<OrderView> StaffMoves::fulfil(const OrderId& id, const audit::Actor& actor) {
  const audit::Act act{.actor = actor, .action = "order.fulfil", .subject = id.str()};
  return move_order(id, &act,
                    [](Transitions& moves, OrderRow& order) { return moves.fulfil(order); });
}

}  // namespace dermaga::orders

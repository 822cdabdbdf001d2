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

namespace {

constexpr std::size_t kTextBytesMax = 200;

Status no_limit(const OrderRow& /*order*/) {
  return {};
}

// What was asked under one key, forever: a refund of `amount`, 0 for all that was left.
struct Asked {
  std::string_view key;
  std::int64_t order_number = 0;
  std::int64_t amount = 0;
};

// Whether this key was used before, for the same; kAlreadyExists where it was for something else.
Result<bool> was_asked(store::Connection& connection, const Asked& wanted) {
  bool asked = false;
  bool same = true;
  const store::Parameter key[] = {wanted.key};
  RETURN_IF_ERROR(connection.query(
      "SELECT order_number, amount FROM refund_requests WHERE idempotency_key = $1", key,
      [&](const store::Row& row) -> Status {
        asked = true;
        same = row.integer(0) == wanted.order_number && row.integer(1) == wanted.amount;
        return {};
      }));
  return same ? Result<bool>(asked)
              : make_error(ErrorCode::kAlreadyExists,
                           "the idempotency key was used for another refund");
}

Status remember(store::Connection& connection, const Asked& asked, const audit::Actor& actor,
                UtcTime now) {
  const store::Parameter row[] = {asked.key, asked.order_number, asked.amount,
                                  std::string_view(actor.name), to_unix_ms(now)};
  RETURN_IF_ERROR(connection.execute(
      "INSERT INTO refund_requests (idempotency_key, order_number, amount, requested_by, "
      "requested_at) VALUES ($1, $2, $3, $4, $5)",
      row));
  return {};
}

constexpr std::string_view kAskedAgain = "asked again: nothing changed";

std::string agreed_by_two(const std::string& approval) {
  return approval.empty() ? "" : ", agreed by two: " + approval;
}

// `move` with a limit on what the order has given back after it; nothing where it was that which
// refused.
template <typename Move>
Result<std::optional<OrderView>> within(const Money& sum_max, const Move& move) {
  bool is_over = false;
  auto moved = move([&](const OrderRow& order) -> Status {
    // An order in another currency than the limit's cannot be compared with it.
    is_over = order.refund_due > 0 && (order.total.currency() != sum_max.currency() ||
                                       order.refunded + order.refund_due > sum_max.amount());
    return is_over ? make_error(ErrorCode::kForbidden, "a second person must agree to this")
                   : Status();
  });
  if (is_over) {
    return std::optional<OrderView>();
  }
  RETURN_IF_ERROR(moved);
  return std::optional(*std::move(moved));
}

}  // namespace

Result<OrderView> StaffMoves::cancel_under(const Limit& limit, const OrderId& id,
                                           std::string_view reason, const audit::Actor& actor,
                                           const CancelOptions& options) {
  constexpr std::size_t kReasonBytesMax = 64;
  if (reason.empty() || reason.size() > kReasonBytesMax ||
      reason.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") != std::string_view::npos) {
    return make_error(ErrorCode::kInvalidArgument,
                      "a reason is 1 to 64 characters of a-z, 0-9 and _");
  }
  audit::Act act{.actor = actor,
                 .action = "order.cancel",
                 .subject = id.str(),
                 .detail = std::string(reason) + agreed_by_two(options.approval),
                 .reason = options.why.empty() ? std::string(reason) : options.why};
  return move_order(id, &act, [&](Transitions& moves, OrderRow& order) -> Status {
    const Asked asked{.key = options.approval, .order_number = order.number};
    if (!options.approval.empty()) {
      ASSIGN_OR_RETURN(const bool was, was_asked(*connection_, asked));
      if (was) {
        act.detail = kAskedAgain;
        return {};
      }
      RETURN_IF_ERROR(remember(*connection_, asked, actor, ports_.clock.now()));
    }
    if (!options.may_refund && is_paid(order)) {
      return make_error(ErrorCode::kForbidden,
                        "the order was paid: whoever cancels it gives money back");
    }
    RETURN_IF_ERROR(moves.cancel(order, reason));
    return limit(order);
  });
}

Result<OrderView> StaffMoves::cancel(const OrderId& id, std::string_view reason,
                                     const audit::Actor& actor, const CancelOptions& options) {
  return cancel_under(no_limit, id, reason, actor, options);
}

Result<std::optional<OrderView>> StaffMoves::cancel_within(const Money& sum_max, const OrderId& id,
                                                           std::string_view reason,
                                                           const audit::Actor& actor,
                                                           const CancelOptions& options) {
  return within(
      sum_max, [&](const Limit& limit) { return cancel_under(limit, id, reason, actor, options); });
}

Result<OrderView> StaffMoves::refund_under(const Limit& limit, const RefundRequest& request,
                                           const audit::Actor& actor) {
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
    const Asked asked{
        .key = request.idempotency_key, .order_number = order.number, .amount = request.amount};
    ASSIGN_OR_RETURN(const bool was, was_asked(*connection_, asked));
    if (was) {
      act.detail = kAskedAgain;
      return {};
    }
    const std::int64_t amount =
        request.amount == 0 ? order.total.amount() - order.refunded : request.amount;
    act.detail = std::to_string(amount) + " " + std::string(order.total.currency().code()) +
                 agreed_by_two(request.approval);
    RETURN_IF_ERROR(moves.ask_refund(order, amount));
    RETURN_IF_ERROR(limit(order));
    return remember(*connection_, asked, actor, ports_.clock.now());
  });
}

Result<OrderView> StaffMoves::refund(const RefundRequest& request, const audit::Actor& actor) {
  return refund_under(no_limit, request, actor);
}

Result<std::optional<OrderView>> StaffMoves::refund_within(const Money& sum_max,
                                                           const RefundRequest& request,
                                                           const audit::Actor& actor) {
  return within(sum_max, [&](const Limit& limit) { return refund_under(limit, request, actor); });
}

Result<OrderView> StaffMoves::fulfil(const OrderId& id, const audit::Actor& actor) {
  const audit::Act act{.actor = actor, .action = "order.fulfil", .subject = id.str()};
  return move_order(id, &act,
                    [](Transitions& moves, OrderRow& order) { return moves.fulfil(order); });
}

}  // namespace dermaga::orders

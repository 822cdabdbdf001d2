#include "expiry.h"

#include "log/log.h"
#include "outbox/outbox.h"
#include "planted/planted.h"
#include "sealed_calls/sealed_calls.h"

namespace dermaga::orders {
namespace {

constexpr std::int64_t kExpiredAtOnceMax = 500;

}  // namespace

Result<std::int64_t> Expiry::sweep() {
  std::int64_t expired = 0;
  while (true) {
    ASSIGN_OR_RETURN(const std::int64_t some, sweep_some());
    expired += some;
    if (some < kExpiredAtOnceMax) {
      return expired;
    }
  }
}

Result<std::int64_t> Expiry::sweep_some() {
  UtcTime now = clock_.now();
  if (planted::fault(planted::kExpiresEarly)) {
    now += std::chrono::minutes(1);
  }
  std::vector<OrderId> due;
  const store::Parameter page[] = {to_unix_ms(now), kExpiredAtOnceMax};
  RETURN_IF_ERROR(connection_->query(
      "SELECT order_id FROM orders WHERE reserved_until > 0 AND reserved_until <= $1 ORDER BY "
      "reserved_until LIMIT $2",
      page, [&due](const store::Row& row) -> Status {
        ASSIGN_OR_RETURN(auto id, OrderId::parse(row.text(0)));
        due.push_back(std::move(id));
        return {};
      }));
  if (due.empty()) {
    return 0;  // without taking the write lock
  }
  ASSIGN_OR_RETURN(auto transaction, store::Transaction::begin(*connection_));
  ASSIGN_OR_RETURN(const bool ours, connection_->claim("expiry", false));
  if (!ours) {
    return 0;  // another core is at it
  }
  ASSIGN_OR_RETURN(auto orders, lock_orders(*connection_, due));
  Transitions moves(*connection_, now, {});
  std::int64_t expired = 0;
  for (OrderRow& order : orders) {
    // It may have been paid or cancelled since the first look.
    if (order.status == order_state::OrderStatus::kOpen && order.reserved_until <= now) {
      RETURN_IF_ERROR(moves.expire(order));
      ++expired;
    }
  }
  RETURN_IF_ERROR(moves.flush());
  if (const Status committed = transaction.commit(); !committed.has_value()) {
    if (committed.error().code() == ErrorCode::kIo) {
      hooks_.fatal(committed.error().message());
    }
    return std::unexpected(committed.error());
  }
  hooks_.touched(moves.touched());
  if (expired > 0) {
    log::info("holds_expired", {{"orders", expired}});
  }
  return expired;
}

Status Expiry::housekeep() {
  ASSIGN_OR_RETURN(auto transaction, store::Transaction::begin(*connection_));
  ASSIGN_OR_RETURN(const bool ours, connection_->claim("housekeeping", false));
  if (!ours) {
    return {};  // another core is at it
  }
  RETURN_IF_ERROR(sealed_calls::forget_nonces(*connection_, clock_.now()));
  RETURN_IF_ERROR(transaction.commit());
  RETURN_IF_ERROR(outbox::prune(*connection_, clock_.now() - outbox::kKeptFor));
  return {};
}

}  // namespace dermaga::orders

#include "sweeper.h"

#include "log/log.h"
#include "outbox/outbox.h"
#include "sealed_calls.h"

namespace dermaga::orders {
namespace {

constexpr std::int64_t kExpiredAtOnceMax = 500;
constexpr std::chrono::minutes kHousekeepEvery{10};

}  // namespace

Sweeper::Sweeper(std::unique_ptr<store::Connection> connection, const Clock& clock,
                 std::chrono::milliseconds every, Hooks hooks)
    : clock_(clock), every_(every), hooks_(std::move(hooks)), connection_(std::move(connection)) {
  thread_ = std::thread([this] { run(); });
}

Sweeper::~Sweeper() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  woken_.notify_all();
  thread_.join();
}

Result<std::int64_t> Sweeper::sweep() {
  const std::lock_guard lock(connection_mutex_);
  std::int64_t expired = 0;
  while (true) {
    ASSIGN_OR_RETURN(const std::int64_t some, sweep_some());
    expired += some;
    if (some < kExpiredAtOnceMax) {
      return expired;
    }
  }
}

Result<std::int64_t> Sweeper::sweep_some() {
  const UtcTime now = clock_.now();
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

Status Sweeper::housekeep() {
  const std::lock_guard lock(connection_mutex_);
  RETURN_IF_ERROR(forget_nonces(*connection_, clock_.now()));
  RETURN_IF_ERROR(outbox::prune(*connection_, clock_.now() - outbox::kKeptFor));
  return {};
}

void Sweeper::run() {
  auto housekeep_at = std::chrono::steady_clock::now();
  while (true) {
    if (const auto swept = sweep(); !swept.has_value()) {
      log::error("sweep_failed", {{"error", swept.error().message()}});
    }
    if (std::chrono::steady_clock::now() >= housekeep_at) {
      housekeep_at += kHousekeepEvery;
      if (const Status kept = housekeep(); !kept.has_value()) {
        log::error("housekeeping_failed", {{"error", kept.error().message()}});
      }
    }
    hooks_.tick();
    std::unique_lock lock(mutex_);
    if (woken_.wait_for(lock, every_, [this] { return stopping_; })) {
      return;
    }
  }
}

}  // namespace dermaga::orders

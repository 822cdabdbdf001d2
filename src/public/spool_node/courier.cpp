#include "spool_node/courier.h"

#include <algorithm>
#include <future>
#include <utility>

#include "log/log.h"

namespace dermaga::spool_node {
namespace {

using std::chrono::milliseconds;

// A rest is so many times as long as core took, which stays free for shoppers who buy now: their
// p99 shall not double. docs/guides/link-down.md says what was measured.
constexpr int kRests = 5;
constexpr milliseconds kIdle{500};
constexpr milliseconds kDisconnected{100};
constexpr milliseconds kLeaseRest{1'000};  // between two questions for a lease
constexpr milliseconds kSpreadMax{
    1'000};  // so that spools that lost core together do not return together

// The answer of a call that ends within a bounded time.
template <typename Value, typename Start>
Result<Value> wait_for(const Start& start) {
  auto promise = std::make_shared<std::promise<Result<Value>>>();
  auto future = promise->get_future();
  start([promise](Result<Value> answer) { promise->set_value(std::move(answer)); });
  return future.get();
}

}  // namespace

Courier::Courier(Keeper& keeper, CoreDoor& core, const Clock& clock, Random& random,
                 const CourierOptions& options)
    : keeper_(keeper),
      core_(core),
      clock_(clock),
      random_(random),
      options_(options),
      lease_at_(clock.steady_now()),
      lease_asked_at_(clock.steady_now()),
      thread_([this] { run(); }) {}

Courier::~Courier() {
  stopping_ = true;
  thread_.join();
}

void Courier::run() {
  while (!stopping_) {
    const SteadyTime until = clock_.steady_now() + round();
    while (!stopping_ && clock_.steady_now() < until) {
      const auto left = std::chrono::ceil<milliseconds>(until - clock_.steady_now());
      std::this_thread::sleep_for(std::min(left, milliseconds(50)));
    }
  }
}

milliseconds Courier::round() {
  if (!core_.connected()) {
    was_connected_ = false;
    return kDisconnected;
  }
  if (!std::exchange(was_connected_, true)) {
    std::uint32_t draw = 0;
    random_.fill(&draw, sizeof draw);
    return milliseconds(draw % kSpreadMax.count());
  }
  const contract::Delivery delivery =
      keeper_.next_delivery(options_.orders_max, options_.bytes_max);
  if (!delivery.orders.empty()) {
    return deliver(delivery);
  }
  renew_lease();
  keeper_.wait_for_orders(kIdle);
  return milliseconds(0);
}

milliseconds Courier::deliver(const contract::Delivery& delivery) {
  const SteadyTime start = clock_.steady_now();
  const auto outcomes = wait_for<std::vector<contract::PlaceOutcome>>(
      [&](auto done) { core_.deliver(delivery, std::move(done)); });
  if (!outcomes.has_value()) {
    log::warning("spool_delivery_failed",
                 {{"orders", delivery.orders.size()}, {"error", outcomes.error().message()}});
    return after_failure();
  }
  return settle(*outcomes, std::chrono::ceil<milliseconds>(clock_.steady_now() - start));
}

milliseconds Courier::settle(const std::vector<contract::PlaceOutcome>& outcomes,
                             milliseconds took) {
  const auto report = keeper_.delivered(outcomes);
  if (!report.has_value()) {
    return after_failure();
  }
  count(*report);
  if (report->retry_after_s.has_value()) {
    // Core has no room for these now. Waiting longer than it asked for is not needed, but each
    // failure in a row makes it longer.
    return std::max(milliseconds(*report->retry_after_s * 1'000), after_failure());
  }
  failures_ = 0;
  return std::min(kRests * took, options_.rest_max);
}

milliseconds Courier::after_failure() {
  const auto ceiling =
      std::min(options_.retry_max, options_.retry_first * (1 << std::min(failures_, 10)));
  ++failures_;
  std::uint32_t draw = 0;
  random_.fill(&draw, sizeof draw);
  const auto half = ceiling.count() / 2;
  return milliseconds(half + static_cast<std::int64_t>(draw) % (half + 1));
}

// Asks while half of the lease's time is left, so that a core that is away for as long costs
// nothing; and once an outage is over that took units of it. Everything was delivered: nothing sold
// from it is on the disk.
void Courier::renew_lease() {
  const SteadyTime now = clock_.steady_now();
  const bool due =
      now >= lease_at_ || (now >= lease_asked_at_ + kLeaseRest && keeper_.lease_is_used_up());
  if (!options_.leases || !due) {
    return;
  }
  const auto request = keeper_.exchange();
  if (!request.has_value()) {
    return;
  }
  const auto grant =
      wait_for<contract::LeaseGrant>([&](auto done) { core_.exchange(*request, std::move(done)); });
  lease_asked_at_ = now;
  lease_at_ = now + options_.lease_retry;
  // Refused too: what core has of this spool is an operator's to end.
  gave_lease_back_ =
      keeper_.is_draining() &&
      (grant.has_value() ? grant->epoch == 0 : grant.error().code() == ErrorCode::kVersionConflict);
  if (!grant.has_value()) {
    log::warning("spool_lease_refused",
                 {{"epoch", static_cast<std::int64_t>(request->newest_epoch)},
                  {"error", grant.error().message()}});
    return;
  }
  if (grant->epoch == 0) {
    return;
  }
  keeper_.granted(*grant, now);
  if (keeper_.is_draining()) {  // the answer to an earlier question: it goes back
    lease_at_ = now + kLeaseRest;
    return;
  }
  if (const auto until = keeper_.sells_until()) {
    lease_at_ = now + std::max((*until - now) / 2, SteadyTime::duration(std::chrono::seconds(1)));
  }
  log::info("spool_lease_granted", {{"epoch", static_cast<std::int64_t>(grant->epoch)},
                                    {"variants", grant->units.size()}});
}

void Courier::count(const spool_ledger::DeliveryReport& report) {
  if (report.rejected > 0) {
    log::error("spool_orders_set_aside", {{"orders", report.rejected}});
  }
  if (options_.registry == nullptr) {
    return;
  }
  const std::pair<const char*, std::size_t> results[] = {
      {"accepted", report.accepted}, {"declined", report.declined}, {"rejected", report.rejected}};
  for (const auto& [result, orders] : results) {
    options_.registry
        ->counter("dermaga_spool_delivered_orders_total", "Orders that core answered for good.",
                  {{"result", result}})
        .increment(static_cast<double>(orders));
  }
}

}  // namespace dermaga::spool_node

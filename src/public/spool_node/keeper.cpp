#include "spool_node/keeper.h"

#include <utility>

#include "log/log.h"

namespace dermaga::spool_node {
namespace {

using contract::SpoolOutcome;

SpoolOutcome refusal(const char* code, const char* detail, int retry_after_s) {
  return {.outcome = contract::Refused{
              .http_status = 503, .code = code, .detail = detail, .retry_after_s = retry_after_s}};
}

const char* answer_of(const SpoolOutcome& outcome) {
  if (const auto* placed = std::get_if<contract::Placed>(&outcome.outcome)) {
    return placed->deferred ? "deferred" : "leased";
  }
  const auto* refused = std::get_if<contract::Refused>(&outcome.outcome);
  return refused != nullptr && refused->http_status >= 500 ? "full" : "refused";
}

}  // namespace

Keeper::Keeper(std::unique_ptr<spool_ledger::Ledger> ledger, const Clock& clock,
               KeeperOptions options)
    : options_(std::move(options)),
      clock_(clock),
      ledger_(std::move(ledger)),
      thread_([this] { run(); }) {}

Keeper::~Keeper() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  arrived_.notify_all();
  written_.notify_all();
  thread_.join();
}

void Keeper::append(std::vector<contract::SpoolOrder> batch,
                    std::function<void(std::vector<SpoolOutcome>)> done) {
  const std::size_t orders = batch.size();
  if (options_.draining) {
    return done(std::vector<SpoolOutcome>(
        orders, refusal("spool_full", "this spool is being emptied", 30)));
  }
  {
    const std::lock_guard lock(mutex_);
    if (!stopping_ && waiting_orders_ + orders <= options_.waiting_orders_max) {
      waiting_orders_ += orders;
      waiting_.push_back({std::move(batch), std::move(done)});
      arrived_.notify_one();
      return;
    }
  }
  done(std::vector<SpoolOutcome>(orders,
                                 refusal("overloaded", "too many orders wait for the disk", 1)));
}

void Keeper::run() {
  while (true) {
    auto calls = take_group();
    if (calls.empty()) {
      return;
    }
    write_group(std::move(calls));
  }
}

// Waits for orders; empty when all is done.
std::vector<Keeper::Call> Keeper::take_group() {
  std::unique_lock lock(mutex_);
  arrived_.wait(lock, [this] { return !waiting_.empty() || stopping_; });
  std::vector<Call> calls;
  std::size_t bytes = 0;
  while (!waiting_.empty()) {
    for (const contract::SpoolOrder& order : waiting_.front().orders) {
      bytes += spool_ledger::Ledger::encoded_bytes_max(order);
    }
    if (!calls.empty() && bytes > spool_ledger::Ledger::kGroupBytesMax) {
      break;
    }
    waiting_orders_ -= waiting_.front().orders.size();
    calls.push_back(std::move(waiting_.front()));
    waiting_.pop_front();
  }
  return calls;
}

void Keeper::write_group(std::vector<Call> calls) {
  std::vector<contract::SpoolOrder> group;
  std::vector<std::size_t> sizes;
  for (Call& call : calls) {
    sizes.push_back(call.orders.size());
    std::move(call.orders.begin(), call.orders.end(), std::back_inserter(group));
  }
  const SteadyTime start = clock_.steady_now();
  Result<std::vector<SpoolOutcome>> outcomes;
  {
    const std::lock_guard lock(ledger_mutex_);
    if (failed_) {
      return;
    }
    outcomes = ledger_->append(std::move(group));
    if (!usable(outcomes.has_value() ? Status() : std::unexpected(outcomes.error()))) {
      return;
    }
  }
  if (!outcomes.has_value()) {
    return;  // unreachable: append() answers what does not fit
  }
  if (options_.registry != nullptr) {
    options_.registry
        ->histogram("dermaga_spool_append_seconds", "One group of orders written and synced.",
                    {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5})
        .observe(std::chrono::duration<double>(clock_.steady_now() - start).count());
  }
  count(*outcomes);
  auto next = outcomes->begin();
  for (std::size_t i = 0; i < calls.size(); ++i) {
    const auto end = next + static_cast<std::ptrdiff_t>(sizes[i]);
    calls[i].done({std::make_move_iterator(next), std::make_move_iterator(end)});
    next = end;
  }
  {
    const std::lock_guard lock(mutex_);
    ++groups_;
  }
  written_.notify_all();
}

bool Keeper::usable(const Status& status) {
  if (status.has_value() || status.error().code() == ErrorCode::kOverloaded ||
      status.error().code() == ErrorCode::kNotFound ||
      status.error().code() == ErrorCode::kInvalidArgument) {
    return !failed_;
  }
  failed_ = true;
  options_.on_disk_failed(status.error().message());
  return false;
}

void Keeper::count(const std::vector<SpoolOutcome>& outcomes) {
  if (options_.registry == nullptr) {
    return;
  }
  for (const SpoolOutcome& outcome : outcomes) {
    options_.registry
        ->counter("dermaga_spool_orders_total", "Orders that edges brought, by the answer.",
                  {{"answer", answer_of(outcome)}})
        .increment();
  }
}

Result<contract::OrderView> Keeper::order_view(const OrderId& id) {
  const std::lock_guard lock(ledger_mutex_);
  return ledger_->order_view(id);
}

contract::Delivery Keeper::next_delivery(std::size_t orders_max, std::uint64_t bytes_max) {
  const std::lock_guard lock(ledger_mutex_);
  if (failed_) {
    return {};
  }
  auto delivery = ledger_->next_delivery(orders_max, bytes_max);
  usable(delivery.has_value() ? Status() : std::unexpected(delivery.error()));
  return delivery.has_value() ? *std::move(delivery) : contract::Delivery{};
}

std::optional<spool_ledger::DeliveryReport> Keeper::delivered(
    const std::vector<contract::PlaceOutcome>& outcomes) {
  const std::lock_guard lock(ledger_mutex_);
  if (failed_) {
    return std::nullopt;
  }
  auto report = ledger_->delivered(outcomes);
  if (!report.has_value()) {
    usable(std::unexpected(report.error()));
    log::warning("spool_delivery_not_noted", {{"error", report.error().message()}});
    return std::nullopt;
  }
  return *report;
}

std::optional<contract::LeaseRequest> Keeper::exchange() {
  const std::lock_guard lock(ledger_mutex_);
  return failed_ ? std::nullopt : ledger_->exchange(!options_.draining);
}

void Keeper::granted(const contract::LeaseGrant& grant, SteadyTime sent_at) {
  const std::lock_guard lock(ledger_mutex_);
  if (failed_) {
    return;
  }
  const Status noted = ledger_->granted(grant, sent_at);
  usable(noted);
  if (!noted.has_value()) {
    log::warning("spool_lease_not_taken", {{"error", noted.error().message()}});
  }
}

bool Keeper::lease_is_used_up() {
  const std::lock_guard lock(ledger_mutex_);
  return ledger_->lease_is_used_up();
}

std::optional<SteadyTime> Keeper::sells_until() {
  const std::lock_guard lock(ledger_mutex_);
  return ledger_->sells_until();
}

void Keeper::wait_for_orders(std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  const std::uint64_t seen = groups_;
  written_.wait_for(lock, patience, [&] { return groups_ != seen || stopping_; });
}

spool_ledger::LedgerStats Keeper::stats() {
  const std::lock_guard lock(ledger_mutex_);
  return ledger_->stats();
}

void Keeper::update_metrics() {
  if (options_.registry == nullptr) {
    return;
  }
  const spool_ledger::LedgerStats now = stats();
  const auto gauge = [this](const char* name, const char* help, double value) {
    options_.registry->gauge(name, help).set(value);
  };
  gauge("dermaga_spool_undelivered_orders", "Orders that core has not answered.",
        static_cast<double>(now.orders));
  gauge("dermaga_spool_log_bytes", "Size of the log on its disk.", static_cast<double>(now.bytes));
  gauge("dermaga_spool_rejected_orders", "Orders that core cannot name, set aside.",
        static_cast<double>(now.rejected));
  gauge("dermaga_spool_lease_units", "Units that may be sold now.",
        static_cast<double>(now.lease_units));
  gauge("dermaga_spool_lease_epoch", "The newest stock lease, as in `dermaga-core leases list`.",
        static_cast<double>(now.lease_epoch));
  const double age =
      now.oldest_received_at.has_value()
          ? std::chrono::duration<double>(clock_.now() - *now.oldest_received_at).count()
          : 0.0;
  gauge("dermaga_spool_oldest_order_age_seconds", "How long the oldest order has waited.", age);
}

}  // namespace dermaga::spool_node

#include "batcher.h"

#include <algorithm>

#include "wire/limits.h"
#include "wire/messages.h"

namespace dermaga::edge_end {

namespace {

constexpr std::chrono::milliseconds kTimeoutCheckEvery{50};
// With fewer batches under way core would soon be idle: the next one does not wait for company.
constexpr std::size_t kBatchesUnderWay = 3;

void fail_all(const std::vector<PlaceDone>& calls, ErrorCode code, const std::string& why) {
  for (const PlaceDone& done : calls) {
    done(make_error(code, why));
  }
}

// No less than what the order takes in a message: its long texts, and enough for the rest.
std::size_t bytes_of(const contract::PlaceOrder& order) {
  constexpr std::size_t kFixedFields = 2'048;
  constexpr std::size_t kLine = 128;
  return kFixedFields + kLine * order.lines.size() + order.sealed.size() + order.quote.size() +
         order.receipt.size();
}

}  // namespace

Batcher::Batcher(const LinkOptions& options)
    : call_timeout_(options.call_timeout),
      window_(options.batch_window),
      batch_orders_max_(options.batch_orders_max),
      in_flight_max_(options.orders_in_flight_max),
      clock_(options.clock != nullptr ? *options.clock : system_clock()),
      registry_(options.registry),
      thread_([this] { run(); }) {}

Batcher::~Batcher() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    sender_.reset();
  }
  changed_.notify_all();
  thread_.join();
  Calls calls;
  for (Entry& entry : waiting_) {
    calls.push_back(std::move(entry.done));
  }
  for (auto& [id, batch] : batches_) {
    for (std::size_t i = batch.expired; i < batch.entries.size(); ++i) {
      calls.push_back(std::move(batch.entries[i].done));
    }
  }
  fail_all(calls, ErrorCode::kUnavailable, "the link is closing");
}

void Batcher::place(contract::PlaceOrder order, PlaceDone done) {
  if (auto checked = wire::check_order(order); !checked.has_value()) {
    done(std::unexpected(std::move(checked).error()));
    return;
  }
  std::unique_lock lock(mutex_);
  if (sender_ == nullptr) {
    lock.unlock();
    count("unavailable", 1);
    done(make_error(ErrorCode::kUnavailable, "core cannot be reached"));
    return;
  }
  if (in_flight_ >= in_flight_max_) {
    lock.unlock();
    count("overloaded", 1);
    done(make_error(ErrorCode::kOverloaded, "too many orders are in flight"));
    return;
  }
  const SteadyTime now = clock_.steady_now();
  ++in_flight_;
  if (waiting_.empty()) {
    window_end_ = now + window_;
  }
  waiting_orders_.push_back(std::move(order));
  waiting_.push_back({std::move(done), now + call_timeout_});
  const bool wake = waiting_.size() == 1 || waiting_.size() == batch_orders_max_;
  lock.unlock();
  if (wake) {
    changed_.notify_one();
  }
}

void Batcher::attach(std::shared_ptr<BatchSender> sender) {
  {
    const std::lock_guard lock(mutex_);
    sender_ = std::move(sender);
    can_send_ = true;
  }
  changed_.notify_one();
}

void Batcher::drop_waiting(Calls* calls) {
  sender_.reset();
  in_flight_ -= waiting_.size();
  for (Entry& entry : waiting_) {
    calls->push_back(std::move(entry.done));
  }
  waiting_.clear();
  waiting_orders_.clear();
}

void Batcher::retire(const BatchSender* sender, const std::string& why) {
  Calls calls;
  {
    const std::lock_guard lock(mutex_);
    if (sender_.get() != sender) {
      return;
    }
    drop_waiting(&calls);
  }
  count("unavailable", calls.size());
  fail_all(calls, ErrorCode::kUnavailable, why);
}

void Batcher::detach(const BatchSender* sender, const std::string& why) {
  Calls calls;
  {
    const std::lock_guard lock(mutex_);
    if (sender_.get() == sender) {
      drop_waiting(&calls);
    }
    for (auto it = batches_.begin(); it != batches_.end();) {
      Batch& batch = it->second;
      if (batch.sender != sender) {
        ++it;
        continue;
      }
      in_flight_ -= batch.entries.size();
      for (std::size_t i = batch.expired; i < batch.entries.size(); ++i) {
        calls.push_back(std::move(batch.entries[i].done));
      }
      it = batches_.erase(it);
    }
  }
  count("unavailable", calls.size());
  fail_all(calls, ErrorCode::kUnavailable, why);
}

void Batcher::sent(const BatchSender* sender) {
  {
    const std::lock_guard lock(mutex_);
    if (sender_.get() != sender) {
      return;
    }
    can_send_ = true;
  }
  changed_.notify_one();
}

bool Batcher::answered(const BatchSender* sender, std::string_view bytes) {
  auto result = wire::decode<wire::PlaceBatchResult>(bytes);
  if (!result.has_value()) {
    return false;
  }
  Batch batch;
  {
    const std::lock_guard lock(mutex_);
    const auto it = batches_.find(result->batch_id);
    if (it == batches_.end() || it->second.sender != sender ||
        it->second.entries.size() != result->outcomes.size()) {
      return false;
    }
    batch = std::move(it->second);
    batches_.erase(it);
    in_flight_ -= batch.entries.size();
  }
  changed_.notify_one();  // few may be in flight now: the next batch need not wait
  count("answered", batch.entries.size() - batch.expired);
  for (std::size_t i = batch.expired; i < batch.entries.size(); ++i) {
    batch.entries[i].done(std::move(result->outcomes[i]));
  }
  return true;
}

bool Batcher::idle(const BatchSender* sender) const {
  const std::lock_guard lock(mutex_);
  return std::ranges::none_of(batches_,
                              [&](const auto& item) { return item.second.sender == sender; });
}

bool Batcher::stuck(const BatchSender* sender) const {
  const SteadyTime now = clock_.steady_now();
  const std::lock_guard lock(mutex_);
  return std::ranges::any_of(batches_, [&](const auto& item) {
    return item.second.sender == sender &&
           item.second.entries.back().deadline + call_timeout_ < now;
  });
}

void Batcher::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    const SteadyTime now = clock_.steady_now();
    if (Calls expired = take_expired(now); !expired.empty()) {
      lock.unlock();
      count("timeout", expired.size());
      fail_all(expired, ErrorCode::kTimeout, "core did not answer in time");
      lock.lock();
      continue;
    }
    if (should_flush(now)) {
      flush(lock);
      continue;
    }
    if (in_flight_ == 0) {
      changed_.wait(lock);
    } else {
      changed_.wait_for(lock, wake_at(now) - now);
    }
  }
}

bool Batcher::should_flush(SteadyTime now) const {
  return sender_ != nullptr && can_send_ && !waiting_.empty() &&
         (batches_.size() < kBatchesUnderWay || waiting_.size() >= batch_orders_max_ ||
          now >= window_end_);
}

// Large orders make smaller batches: core ends the stream of an edge whose message is too large,
// and with it every order in flight.
std::size_t Batcher::next_batch_size() const {
  const std::size_t most = std::min(waiting_.size(), batch_orders_max_);
  std::size_t bytes = bytes_of(waiting_orders_.front());
  std::size_t size = 1;
  while (size < most && bytes + bytes_of(waiting_orders_[size]) <= wire::kBatchBytesMax) {
    bytes += bytes_of(waiting_orders_[size]);
    ++size;
  }
  return size;
}

void Batcher::flush(std::unique_lock<std::mutex>& lock) {
  const std::size_t size = next_batch_size();
  const auto cut = static_cast<std::ptrdiff_t>(size);
  wire::PlaceBatch message{.batch_id = ++last_id_, .orders = {}};
  message.orders.assign(std::make_move_iterator(waiting_orders_.begin()),
                        std::make_move_iterator(waiting_orders_.begin() + cut));
  waiting_orders_.erase(waiting_orders_.begin(), waiting_orders_.begin() + cut);
  Batch& batch = batches_[message.batch_id];
  batch.sender = sender_.get();
  batch.entries.assign(std::make_move_iterator(waiting_.begin()),
                       std::make_move_iterator(waiting_.begin() + cut));
  waiting_.erase(waiting_.begin(), waiting_.begin() + cut);
  can_send_ = false;
  const std::shared_ptr<BatchSender> sender = sender_;
  lock.unlock();
  sender->send_batch(wire::encode(message));
  lock.lock();
}

Batcher::Calls Batcher::take_expired(SteadyTime now) {
  Calls calls;
  for (auto& [id, batch] : batches_) {
    while (batch.expired < batch.entries.size() && batch.entries[batch.expired].deadline <= now) {
      calls.push_back(std::move(batch.entries[batch.expired].done));
      ++batch.expired;
    }
    if (batch.expired < batch.entries.size()) {
      return calls;  // later batches are younger
    }
  }
  std::size_t late = 0;
  while (late < waiting_.size() && waiting_[late].deadline <= now) {
    calls.push_back(std::move(waiting_[late].done));
    ++late;
  }
  waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(late));
  waiting_orders_.erase(waiting_orders_.begin(),
                        waiting_orders_.begin() + static_cast<std::ptrdiff_t>(late));
  in_flight_ -= late;
  return calls;
}

SteadyTime Batcher::wake_at(SteadyTime now) const {
  if (sender_ != nullptr && can_send_ && !waiting_.empty()) {
    return window_end_;
  }
  return now + kTimeoutCheckEvery;
}

void Batcher::count(const char* result, std::size_t orders) {
  if (registry_ != nullptr && orders > 0) {
    registry_
        ->counter("dermaga_link_orders_total", "Orders handed to the link, by how they ended",
                  {{"result", result}})
        .increment(static_cast<double>(orders));
  }
}

}  // namespace dermaga::edge_end

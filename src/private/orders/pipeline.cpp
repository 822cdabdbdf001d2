#include "pipeline.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <type_traits>

#include "contract/retry_after.h"
#include "log/log.h"

namespace dermaga::orders {
namespace {

using contract::Refused;

// Orders that one preparation thread takes at once. Few, so that a batch of an edge is opened by
// all of them.
constexpr std::size_t kChunk = 8;
constexpr int kPreparationNice = 5;  // above the process's own
constexpr int kNiceMax = 19;
// Chunks of others between two of deliveries, while both wait.
constexpr std::size_t kChunksPerDelivery = 4;

Refused overloaded(std::size_t waiting, double orders_per_second) {
  return {.http_status = 503,
          .code = "overloaded",
          .detail = "too many orders are waiting",
          .retry_after_s = contract::retry_after_s(waiting, orders_per_second)};
}

// After a commit whose outcome is unknown the process is about to end.
Refused stopping() {
  return {.http_status = 503,
          .code = "unavailable",
          .detail = "core is stopping; ask again with the same key",
          .retry_after_s = 5};
}

// Preparation takes most of the processors' time in chunks that may wait a little; the committer
// works a little at a time, and everybody waits for it. On Linux each thread has a nice value of
// its own; raising it needs no privilege, and only speed is lost where it fails.
void lower_own_priority() {
  const auto thread = static_cast<id_t>(::gettid());
  const int present = ::getpriority(PRIO_PROCESS, thread);
  (void)::setpriority(PRIO_PROCESS, thread, std::min(present + kPreparationNice, kNiceMax));
}

class Stopwatch {
 public:
  explicit Stopwatch(std::atomic<std::uint64_t>& total) : total_(total) {}
  Stopwatch(const Stopwatch&) = delete;
  Stopwatch& operator=(const Stopwatch&) = delete;
  ~Stopwatch() {
    const std::chrono::nanoseconds took = std::chrono::steady_clock::now() - start_;
    total_ += static_cast<std::uint64_t>(took.count());
  }

 private:
  std::atomic<std::uint64_t>& total_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace

Pipeline::Pipeline(const Options& options, const Preparer& preparer, Committer committer,
                   Hooks hooks)
    : options_(options),
      preparer_(preparer),
      committer_(std::move(committer)),
      hooks_(std::move(hooks)),
      capacity_(std::max<std::size_t>(1, options.prepare_threads)) {
  for (std::size_t i = 0; i < std::max<std::size_t>(1, options_.prepare_threads); ++i) {
    preparers_.emplace_back([this] { run_preparation(); });
  }
  committer_thread_ = std::thread([this] { run_committer(); });
  acknowledger_ = std::thread([this] { run_acknowledgement(); });
}

Pipeline::~Pipeline() {
  const auto end = [](std::mutex& mutex, std::condition_variable& woken, bool& flag) {
    {
      const std::lock_guard lock(mutex);
      flag = true;
    }
    woken.notify_all();
  };
  end(waiting_mutex_, waiting_added_, preparation_ends_);
  for (std::thread& preparer : preparers_) {
    preparer.join();
  }
  end(prepared_mutex_, prepared_added_, committer_ends_);
  committer_thread_.join();
  end(decided_mutex_, decided_added_, acknowledgement_ends_);
  acknowledger_.join();
}

void Pipeline::place(std::vector<contract::PlaceOrder> batch, Done done) {
  enter(std::move(batch), inside_, options_.queue_max, waiting_, std::move(done));
}

void Pipeline::deliver(contract::Delivery delivery, Done done) {
  enter(std::move(delivery.orders), delivered_inside_, options_.deliveries_max, delivered_,
        std::move(done));
}

template <typename Order>
void Pipeline::enter(std::vector<Order> orders, std::atomic<std::size_t>& inside,
                     std::size_t inside_max, std::deque<Items>& queue, Done done) {
  const std::size_t before = inside.fetch_add(orders.size());
  const std::size_t room = inside_max - std::min(inside_max, before);
  const std::size_t taken = failed_ ? 0 : std::min(room, orders.size());
  inside -= orders.size() - taken;

  counters_.refused += orders.size() - taken;
  constexpr bool kDelivered = std::is_same_v<Order, contract::DeliveredOrder>;
  // Deliveries wait behind shoppers, but for their share.
  const std::size_t before_these =
      kDelivered ? std::min(inside_.load(), inside_max * kChunksPerDelivery) : 0;
  const std::size_t waiting = inside_max + before_these;
  const Refused refusal = failed_ ? stopping() : overloaded(waiting, orders_per_second_);
  if (taken == 0) {
    done(std::vector<contract::PlaceOutcome>(orders.size(), refusal));
    return;
  }
  unjudged_ += kDelivered ? 0 : taken;
  std::vector<Items> chunks;
  for (auto& item : make_items(std::move(orders), taken, refusal, std::move(done))) {
    if (chunks.empty() || chunks.back().size() == kChunk) {
      chunks.emplace_back();
    }
    chunks.back().push_back(std::move(item));
  }
  {
    const std::lock_guard lock(waiting_mutex_);
    std::ranges::move(chunks, std::back_inserter(queue));
  }
  waiting_added_.notify_one();  // who takes from a line that goes on wakes the next
}

// With waiting_mutex_ held; empty when there is nothing to take. Shoppers who wait for their answer
// come first, but deliveries never starve.
Items Pipeline::take_waiting() {
  const bool deliver =
      may_deliver() && (waiting_.empty() || chunks_since_delivery_ >= kChunksPerDelivery);
  std::deque<Items>& queue = deliver ? delivered_ : waiting_;
  if (queue.empty()) {
    return {};
  }
  chunks_since_delivery_ = deliver ? 0 : chunks_since_delivery_ + 1;
  delivering_ = delivering_ || deliver;
  Items chunk = std::move(queue.front());
  queue.pop_front();
  return chunk;
}

void Pipeline::run_preparation() {
  lower_own_priority();
  BlockRandom random(preparer_.random());
  while (true) {
    Items chunk;
    bool more = false;
    {
      std::unique_lock lock(waiting_mutex_);
      waiting_added_.wait(
          lock, [this] { return !waiting_.empty() || may_deliver() || preparation_ends_; });
      chunk = take_waiting();
      if (chunk.empty()) {
        return;  // what is delivered still, the thread that delivers takes
      }
      more = !waiting_.empty() || may_deliver();
    }
    if (more) {
      waiting_added_.notify_one();
    }
    const bool delivered = chunk.front()->is_delivered();
    PrepareTimes times;
    for (const auto& item : chunk) {
      item->prepared = preparer_.prepare(item->order, item->first_answer, random, times);
    }
    counters_.validate_ns += times.validate_ns;
    counters_.open_ns += times.open_ns;
    counters_.seal_ns += times.seal_ns;
    counters_.prepared += chunk.size();
    {
      const std::lock_guard lock(prepared_mutex_);
      std::ranges::move(chunk, std::back_inserter(prepared_));
    }
    prepared_added_.notify_one();
    if (delivered) {
      {
        const std::lock_guard lock(waiting_mutex_);
        delivering_ = false;
      }
      waiting_added_.notify_all();
    }
  }
}

Items Pipeline::take_prepared() {
  std::unique_lock lock(prepared_mutex_);
  prepared_added_.wait(lock, [this] { return !prepared_.empty() || committer_ends_; });
  Items batch;
  const std::size_t size = std::min(prepared_.size(), std::max<std::size_t>(1, options_.batch_max));
  batch.reserve(size);
  for (std::size_t i = 0; i < size; ++i) {
    batch.push_back(std::move(prepared_.front()));
    prepared_.pop_front();
  }
  return batch;
}

void Pipeline::run_committer() {
  while (true) {
    Items batch = take_prepared();
    if (batch.empty()) {
      return;
    }
    commit(std::move(batch));
  }
}

void Pipeline::commit(Items batch) {
  BatchTimes times;
  bool commit_failed = failed_;
  Status status;
  const auto start = std::chrono::steady_clock::now();
  if (!commit_failed) {
    status = committer_.run(batch, times, commit_failed);
  }
  const auto took = std::chrono::steady_clock::now() - start;
  counters_.batches += 1;
  counters_.decide_ns += times.decide_ns;
  counters_.write_ns += times.write_ns;
  counters_.commit_ns += times.commit_ns;
  if (commit_failed) {
    mark_outcome_unknown(batch);
  } else {
    if (!status.has_value()) {
      log::error(status.error().code() == ErrorCode::kTimeout ? "orders_outcome_unknown"
                                                              : "orders_not_stored",
                 {{"orders", batch.size()}, {"error", status.error().message()}});
    }
    measure(batch, took, status);
    hooks_.committed(batch, committer_.touched());
  }
  count(batch);
  {
    const std::lock_guard lock(decided_mutex_);
    decided_.push_back(std::move(batch));
  }
  decided_added_.notify_one();
  if (commit_failed && !failed_.exchange(true)) {
    log::error("commit_failed", {{"error", status.error().message()}});
    hooks_.fatal(status.error().message());
  }
}

void Pipeline::count(const Items& batch) {
  for (const auto& item : batch) {
    const contract::PlaceOutcome& outcome = item->outcome();
    if (item->is_delivered() && (item->placed || item->declined)) {
      (item->placed ? counters_.delivered_accepted : counters_.delivered_declined) += 1;
      const auto* told = std::get_if<contract::Placed>(&outcome);
      if (item->declined && item->lease_epoch != 0 && told != nullptr &&
          breaks_promise(told->order.cancel_reason)) {
        counters_.promises_broken += 1;
      }
    } else if (const auto* placed = std::get_if<contract::Placed>(&outcome)) {
      (placed->replayed ? counters_.replayed : counters_.placed) += 1;
    } else if (std::holds_alternative<contract::OutOfStock>(outcome)) {
      counters_.out_of_stock += 1;
    } else {
      counters_.refused += 1;
    }
  }
}

void Pipeline::measure(const Items& batch, std::chrono::nanoseconds took, const Status& status) {
  const auto shoppers =
      std::ranges::count_if(batch, [](const auto& item) { return !item->is_delivered(); });
  const std::size_t waiting = (unjudged_ -= static_cast<std::size_t>(shoppers));
  const auto written =
      std::ranges::count_if(batch, [](const auto& item) { return item->placed || item->declined; });
  // An order that the database refused for itself says nothing about what core can take.
  const bool failed = !status.has_value() && (status.error().code() == ErrorCode::kUnavailable ||
                                              status.error().code() == ErrorCode::kTimeout ||
                                              status.error().code() == ErrorCode::kIo);
  const auto changed = capacity_.committed(
      {.orders = batch.size(),
       .written = static_cast<std::size_t>(written),
       .took = took,
       .waiting_after = waiting,
       .failed = failed,
       .prepared_total = counters_.prepared,
       .preparing_total =
           std::chrono::nanoseconds(counters_.validate_ns + counters_.open_ns + counters_.seal_ns)},
      std::chrono::steady_clock::now());
  orders_per_second_ = capacity_.orders_per_second();
  if (changed.has_value()) {
    hooks_.capacity_changed(*changed);
  }
}

void Pipeline::run_acknowledgement() {
  while (true) {
    Items batch;
    {
      std::unique_lock lock(decided_mutex_);
      decided_added_.wait(lock, [this] { return !decided_.empty() || acknowledgement_ends_; });
      if (decided_.empty()) {
        return;
      }
      batch = std::move(decided_.front());
      decided_.pop_front();
    }
    acknowledge(batch);
  }
}

void Pipeline::acknowledge(const Items& batch) {
  const Stopwatch stopwatch(counters_.acknowledge_ns);
  for (const auto& item : batch) {
    (item->is_delivered() ? delivered_inside_ : inside_) -= 1;
  }
  orders::acknowledge(batch);
}

Stats Pipeline::stats() const {
  return {.placed = counters_.placed,
          .replayed = counters_.replayed,
          .out_of_stock = counters_.out_of_stock,
          .refused = counters_.refused,
          .delivered_accepted = counters_.delivered_accepted,
          .delivered_declined = counters_.delivered_declined,
          .promises_broken = counters_.promises_broken,
          .batches = counters_.batches,
          .validate_ns = counters_.validate_ns,
          .open_ns = counters_.open_ns,
          .seal_ns = counters_.seal_ns,
          .decide_ns = counters_.decide_ns,
          .write_ns = counters_.write_ns,
          .commit_ns = counters_.commit_ns,
          .acknowledge_ns = counters_.acknowledge_ns,
          .inside = inside_ + delivered_inside_};
}

}  // namespace dermaga::orders

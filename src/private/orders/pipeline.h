#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "capacity.h"
#include "committer.h"
#include "item.h"
#include "orders/orders.h"
#include "prepare.h"

namespace dermaga::orders {

// The threads an order passes: preparation (several), one committer that takes everything waiting
// as one batch, one that acknowledges. While batch N commits, N+1 gathers. Bounded by queue_max
// orders inside, counted from place() to the acknowledgement, and deliveries_max delivered ones.
class Pipeline {
 public:
  struct Hooks {
    // After a commit, on the committer's thread: newly placed orders and touched variants.
    std::function<void(const Items& batch, const std::vector<VariantId>& touched)> committed;
    std::function<void(std::string_view reason)> fatal;
    // On the committer's thread: what core can take has changed noticeably.
    std::function<void(double orders_per_second)> capacity_changed;
  };

  Pipeline(const Options& options, const Preparer& preparer, Committer committer, Hooks hooks);
  // Answers what is inside, then ends the threads.
  ~Pipeline();

  void place(std::vector<contract::PlaceOrder> batch,
             std::function<void(std::vector<contract::PlaceOutcome>)> done);
  void deliver(contract::Delivery delivery,
               std::function<void(std::vector<contract::PlaceOutcome>)> done);
  Stats stats() const;
  // 0: not known yet.
  double orders_per_second() const { return orders_per_second_; }

 private:
  using Done = std::function<void(std::vector<contract::PlaceOutcome>)>;
  template <typename Order>
  void enter(std::vector<Order> orders, std::atomic<std::size_t>& inside, std::size_t inside_max,
             std::deque<Items>& queue, Done done);
  bool may_deliver() const { return !delivered_.empty() && !delivering_; }
  Items take_waiting();
  void run_preparation();
  void run_committer();
  void run_acknowledgement();
  Items take_prepared();
  void commit(Items batch);
  void acknowledge(const Items& batch);
  void count(const Items& batch);
  void measure(const Items& batch, std::chrono::nanoseconds took, const Status& status);

  Options options_;
  const Preparer& preparer_;
  Committer committer_;
  Hooks hooks_;

  std::atomic<std::size_t> inside_{0};
  std::atomic<std::size_t> delivered_inside_{0};
  std::atomic<std::size_t> unjudged_{0};  // of inside_: what no batch has decided yet
  std::atomic<bool> failed_{false};  // a commit's outcome is unknown: nothing is taken any more

  std::mutex waiting_mutex_;
  std::condition_variable waiting_added_;
  std::deque<Items> waiting_;    // in chunks
  std::deque<Items> delivered_;  // in chunks
  bool delivering_ = false;      // one thread prepares deliveries: they stay in the spool's order
  std::size_t chunks_since_delivery_ = 0;
  bool preparation_ends_ = false;

  std::mutex prepared_mutex_;
  std::condition_variable prepared_added_;
  std::deque<std::unique_ptr<Item>> prepared_;
  bool committer_ends_ = false;

  std::mutex decided_mutex_;
  std::condition_variable decided_added_;
  std::deque<Items> decided_;
  bool acknowledgement_ends_ = false;

  struct Counters {
    std::atomic<std::uint64_t> placed{0}, replayed{0}, out_of_stock{0}, refused{0}, batches{0};
    std::atomic<std::uint64_t> validate_ns{0}, open_ns{0}, seal_ns{0};
    std::atomic<std::uint64_t> decide_ns{0}, write_ns{0}, commit_ns{0}, acknowledge_ns{0};
    std::atomic<std::uint64_t> prepared{0}, delivered_accepted{0}, delivered_declined{0},
        promises_broken{0};
  };
  Counters counters_;
  Capacity capacity_;  // of the committer's thread
  std::atomic<double> orders_per_second_{0};

  std::vector<std::thread> preparers_;
  std::thread committer_thread_;
  std::thread acknowledger_;
};

}  // namespace dermaga::orders

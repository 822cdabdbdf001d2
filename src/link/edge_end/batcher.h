#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "contract/order.h"
#include "edge_end/edge_end.h"
#include "result/result.h"

namespace dermaga::edge_end {

// Where batches go: the Place stream of one session. send() takes one encoded batch; the next comes
// only after Batcher::sent().
class BatchSender {
 public:
  virtual ~BatchSender() = default;
  virtual void send_batch(std::string bytes) = 0;
};

using PlaceDone = std::function<void(Result<contract::PlaceOutcome>)>;

// Coalesces orders into batches and brings every answer back to its caller, exactly once. No gRPC
// in here. Thread-safe; callbacks run without the lock.
class Batcher {
 public:
  explicit Batcher(const LinkOptions& options);
  // Fails what is still in flight (kUnavailable).
  ~Batcher();

  void place(contract::PlaceOrder order, PlaceDone done);

  // From now on orders go to this sender. Those in flight through an earlier one stay with it.
  void attach(std::shared_ptr<BatchSender> sender);
  // No more orders for this sender; what it has in flight may still be answered.
  void retire(const BatchSender* sender, const std::string& why);
  // The sender is gone: everything in flight through it fails with kUnavailable.
  void detach(const BatchSender* sender, const std::string& why);
  void sent(const BatchSender* sender);
  // False when the bytes are not the answer to a batch of this sender: the peer is not to be
  // trusted.
  bool answered(const BatchSender* sender, std::string_view bytes);

  bool idle(const BatchSender* sender) const;
  // True when a batch got no answer long after its orders timed out.
  bool stuck(const BatchSender* sender) const;

 private:
  struct Entry {
    PlaceDone done;  // empty: timed out already
    SteadyTime deadline;
  };
  struct Batch {
    const BatchSender* sender = nullptr;
    std::vector<Entry> entries;
    std::size_t expired = 0;  // the first so many entries have timed out
  };
  using Calls = std::vector<PlaceDone>;

  void run();
  bool should_flush(SteadyTime now) const;
  std::size_t next_batch_size() const;
  void flush(std::unique_lock<std::mutex>& lock);
  Calls take_expired(SteadyTime now);
  void drop_waiting(Calls* calls);
  SteadyTime wake_at(SteadyTime now) const;
  void count(const char* result, std::size_t orders);

  const std::chrono::milliseconds call_timeout_;
  const std::chrono::milliseconds window_;
  const std::size_t batch_orders_max_;
  const std::size_t in_flight_max_;
  const Clock& clock_;
  metrics::Registry* const registry_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  std::shared_ptr<BatchSender> sender_;
  bool can_send_ = false;
  std::deque<contract::PlaceOrder> waiting_orders_;
  std::deque<Entry> waiting_;  // as long as waiting_orders_
  SteadyTime window_end_;
  std::map<std::uint64_t, Batch> batches_;  // by id, hence by age
  std::uint64_t last_id_ = 0;
  std::size_t in_flight_ = 0;
  std::thread thread_;
};

}  // namespace dermaga::edge_end

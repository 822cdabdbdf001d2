#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "clock/clock.h"

namespace dermaga::orders {

// What the committer did with one batch.
struct CommittedBatch {
  std::size_t orders = 0;           // judged in it
  std::size_t written = 0;          // of these, placed or declined: only they are written
  std::chrono::nanoseconds took{};  // from its taking to the end of its commit
  std::size_t waiting_after = 0;    // shoppers' orders inside, not yet judged, when it ended
  bool failed = false;              // the database did not take it
  // Of all preparation threads since the start.
  std::uint64_t prepared_total = 0;
  std::chrono::nanoseconds preparing_total{};
};

// Estimates how many orders per second core can take, from what its batches show. In windows of
// half a second or more:
// - While shoppers' orders stand in the queue, what is judged is what core can take: the estimate
//   moves towards it, up or down. (As BBR reads bandwidth from the delivery rate of a sender that
//   was never idle: Cardwell et al., ACM Queue 14(5), 2016. A queue stands when it never empties:
//   CoDel, RFC 8289.)
// - Else the time that batches take is compared with what batches of their size usually take, a
//   slow average (as in Gradient2Limit of Netflix/concurrency-limits: the lowest time ever seen is
//   a matter of luck). Far above it the estimate falls by that ratio, at most by half per window.
//   Near it, and with demand, it rises by a fixed step, never past what preparation can do. What
//   batches do while they run is the least that core can take.
// Without orders nothing changes. Used by one thread; times are given, none is read.
class Capacity {
 public:
  static constexpr double kOrdersPerSecondMin = 10;

  explicit Capacity(std::size_t prepare_threads) : prepare_threads_(prepare_threads) {}

  // Returns the estimate when it differs by a tenth or more from what was returned last.
  std::optional<double> committed(const CommittedBatch& batch, SteadyTime now);

  // 0: nothing known yet.
  double orders_per_second() const { return estimate_; }

 private:
  struct Window {
    SteadyTime start;
    std::size_t batches = 0;
    std::size_t orders = 0;
    std::size_t waiting_least = 0;
    bool failed = false;
    // Of the batches that wrote most of their orders; the others say nothing about commits.
    std::size_t telling = 0;
    std::size_t telling_orders = 0;
    double telling_s = 0;
    double usual_s = 0;              // what they would usually have taken
    std::uint32_t size_classes = 0;  // which they were of, one bit each
  };
  // Of batches with 2^(n-1) to 2^n - 1 written orders: fsync alone makes a small one take long.
  struct Usual {
    double seconds = 0;
    std::uint64_t batches = 0;
  };

  void add(const CommittedBatch& batch, SteadyTime now);
  bool orders_stood() const;
  void judge(double judged_per_s, double prepared_per_s);
  void follow_latency(double judged_per_s);
  double take_preparation_rate(const CommittedBatch& batch);
  void forget_slow_times();

  std::size_t prepare_threads_;
  double estimate_ = 0;
  double normal_ = 0;  // the estimate when batches last took about what they usually take
  double told_ = 0;
  Window window_;
  std::array<Usual, 24> usual_{};  // by size class
  std::uint64_t prepared_before_ = 0;
  std::chrono::nanoseconds preparing_before_{};
};

}  // namespace dermaga::orders

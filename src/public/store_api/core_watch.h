#pragma once

#include <atomic>
#include <chrono>

#include "clock/clock.h"

namespace dermaga::store_api {

// Whether core is worth waiting for. A core that took an order and stays silent costs its shopper
// the link's whole time-out; the next ones are spared that. While core is silent one order every
// kProbeEvery is sent to it all the same; any answer ends it. Thread-safe.
class CoreWatch {
 public:
  static constexpr std::chrono::seconds kProbeEvery{2};

  explicit CoreWatch(const Clock& clock) : clock_(clock) {}

  void answered() { probe_at_ms_.store(0); }
  void timed_out() { probe_at_ms_.store(now_ms() + kProbeEvery / std::chrono::milliseconds(1)); }

  // True for those that should not wait for core. May make the caller the one that tries core.
  bool is_silent() {
    std::int64_t probe_at_ms = probe_at_ms_.load();
    if (probe_at_ms == 0) {
      return false;
    }
    const std::int64_t now = now_ms();
    const std::int64_t next = now + kProbeEvery / std::chrono::milliseconds(1);
    return now < probe_at_ms || !probe_at_ms_.compare_exchange_strong(probe_at_ms, next);
  }

 private:
  std::int64_t now_ms() const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
               clock_.steady_now().time_since_epoch())
        .count();
  }

  const Clock& clock_;
  std::atomic<std::int64_t> probe_at_ms_{0};  // 0: core answers
};

}  // namespace dermaga::store_api

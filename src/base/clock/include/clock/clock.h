#pragma once

#include <chrono>
#include <mutex>
#include <string>
#include <string_view>

#include "result/result.h"

namespace dermaga {

// Wall time, UTC, milliseconds: what is stored and shown. May jump; never used to measure.
using UtcTime = std::chrono::sys_time<std::chrono::milliseconds>;
// Monotonic time: for time-outs, holds in memory and latencies.
using SteadyTime = std::chrono::steady_clock::time_point;

// Time as a dependency, so that tests and the simulator own it. Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual UtcTime now() const = 0;
  virtual SteadyTime steady_now() const = 0;
};

// The operating system's clocks. One shared instance; never destroyed.
const Clock& system_clock();

// Stands still until told otherwise.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(UtcTime start) : now_(start) {}
  UtcTime now() const override;
  SteadyTime steady_now() const override;
  // Moves both clocks.
  void advance(std::chrono::milliseconds by);
  // Moves only the wall clock, as an administrator or NTP would.
  void set_wall(UtcTime to);

 private:
  mutable std::mutex mutex_;
  UtcTime now_;
  SteadyTime steady_{};
};

// "2026-11-22T08:30:00Z" (RFC 3339, whole seconds) and back; parse takes fractions and "Z" only.
std::string format_rfc3339(UtcTime time);
Result<UtcTime> parse_rfc3339(std::string_view text);

// "Sun, 22 Nov 2026 08:30:00 GMT" (RFC 9110 §5.6.7).
std::string format_http_date(UtcTime time);

inline std::int64_t to_unix_ms(UtcTime time) {
  return time.time_since_epoch().count();
}
inline UtcTime from_unix_ms(std::int64_t unix_ms) {
  return UtcTime(std::chrono::milliseconds(unix_ms));
}

}  // namespace dermaga

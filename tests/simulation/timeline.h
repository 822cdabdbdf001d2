#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <utility>

#include "clock/clock.h"

namespace dermaga::simulation {

using namespace std::chrono_literals;
using Milliseconds = std::chrono::milliseconds;

// The one thread of a run: what shall happen, by time, then by the order in which it was planned.
// It is the clock of the code under test as well: the wall clock may jump, the steady one never.
class Timeline final : public Clock {
 public:
  UtcTime now() const override { return wall_start_ + wall_offset_ + elapsed_; }
  SteadyTime steady_now() const override { return SteadyTime(elapsed_); }
  Milliseconds elapsed() const { return elapsed_; }
  void jump_wall(Milliseconds by) {
    latest_offset_ = std::max(latest_offset_, wall_offset_ + by);
    wall_offset_ += by;
  }
  // Never behind what it showed before: what was stamped then does not lie in the future.
  void catch_up_wall() { wall_offset_ = latest_offset_; }

  void after(Milliseconds delay, std::function<void()> act) {
    plan_.emplace(std::pair(elapsed_ + delay, ++planned_), std::move(act));
  }
  // Does what is due up to `end`, one thing after another; false when `keep_on` said to stop.
  bool run_until(Milliseconds end, const std::function<bool()>& keep_on) {
    while (!plan_.empty() && plan_.begin()->first.first <= end) {
      auto node = plan_.extract(plan_.begin());
      elapsed_ = node.key().first;
      node.mapped()();
      ++done_;
      if (!keep_on()) {
        return false;
      }
    }
    elapsed_ = end;
    return true;
  }
  std::uint64_t done() const { return done_; }

 private:
  UtcTime wall_start_ = from_unix_ms(1'795'336'200'000);
  Milliseconds wall_offset_{0};
  Milliseconds latest_offset_{0};
  Milliseconds elapsed_{0};
  std::uint64_t planned_ = 0;
  std::uint64_t done_ = 0;
  std::map<std::pair<Milliseconds, std::uint64_t>, std::function<void()>> plan_;
};

}  // namespace dermaga::simulation

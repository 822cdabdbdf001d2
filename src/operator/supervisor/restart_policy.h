#pragma once

#include <chrono>

namespace dermaga::supervisor {

// How long to wait before a program that died is started again: at once for a rare death, ever
// longer for one that keeps dying. Never gives up.
class RestartPolicy {
 public:
  static constexpr std::chrono::milliseconds kFirstDelay{200};
  static constexpr std::chrono::milliseconds kLongestDelay{15'000};
  static constexpr std::chrono::seconds kStableAfter{60};

  // The program died after it had run for this long.
  std::chrono::milliseconds delay_after(std::chrono::milliseconds ran_for);

 private:
  std::chrono::milliseconds next_ = kFirstDelay;
};

}  // namespace dermaga::supervisor

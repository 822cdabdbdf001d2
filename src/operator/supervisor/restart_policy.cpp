#include "restart_policy.h"

#include <algorithm>

namespace dermaga::supervisor {

std::chrono::milliseconds RestartPolicy::delay_after(std::chrono::milliseconds ran_for) {
  if (ran_for >= kStableAfter) {
    next_ = kFirstDelay;
  }
  const auto delay = next_;
  next_ = std::min(next_ * 2, kLongestDelay);
  return delay;
}

}  // namespace dermaga::supervisor

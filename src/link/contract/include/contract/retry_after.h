#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace dermaga::contract {

inline constexpr int kRetryAfterMin_s = 1;
inline constexpr int kRetryAfterMax_s = 30;     // nobody knows what will be in a minute
inline constexpr int kRetryAfterUnknown_s = 2;  // before anything was measured

// Retry-After of whoever finds a queue full: when what waits in it now will have been worked off.
inline int retry_after_s(std::size_t waiting, double orders_per_second) {
  if (!(orders_per_second > 0)) {
    return kRetryAfterUnknown_s;
  }
  const double seconds = std::ceil(static_cast<double>(waiting) / orders_per_second);
  return static_cast<int>(std::clamp<double>(seconds, kRetryAfterMin_s, kRetryAfterMax_s));
}

}  // namespace dermaga::contract

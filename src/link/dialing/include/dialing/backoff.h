#pragma once

#include <algorithm>
#include <chrono>

#include "random/random.h"

namespace dermaga::dialing {

// How long to wait before the next try: 50 ms doubling to 2 s, each between a half and all of that,
// so that edges that lost core together do not come back together.
class Backoff {
 public:
  explicit Backoff(Random& random) : random_(random) {}

  std::chrono::milliseconds next() {
    const auto ceiling = std::min(kMax, kMin * (1 << std::min(tries_, 6)));
    ++tries_;
    std::uint32_t draw = 0;
    random_.fill(&draw, sizeof draw);
    const auto half = ceiling.count() / 2;
    return std::chrono::milliseconds(half + static_cast<std::int64_t>(draw) % (half + 1));
  }
  void reset() { tries_ = 0; }

 private:
  static constexpr std::chrono::milliseconds kMin{50};
  static constexpr std::chrono::milliseconds kMax{2'000};

  Random& random_;
  int tries_ = 0;
};

}  // namespace dermaga::dialing

#pragma once

#include <cstddef>
#include <map>
#include <mutex>
#include <set>
#include <string>

#include "clock/clock.h"

namespace dermaga::order_box {

// Remembers the nonces of call boxes until they expire, so that a box is taken once. Thread-safe
// and bounded; process memory only: a restarted core forgets, and boxes live 10 minutes at most.
class NonceMemory {
 public:
  static constexpr std::size_t kNoncesMax = 1'000'000;

  explicit NonceMemory(std::size_t nonces_max = kNoncesMax) : nonces_max_(nonces_max) {}

  enum class Answer { kFirstUse, kUsedBefore, kFull };
  Answer remember(const std::string& nonce, UtcTime expires_at, UtcTime now);

 private:
  const std::size_t nonces_max_;
  std::mutex mutex_;
  std::set<std::string> nonces_;
  std::multimap<UtcTime, std::string> by_expiry_;
};

}  // namespace dermaga::order_box

#include "order_box/nonce_memory.h"

namespace dermaga::order_box {

NonceMemory::Answer NonceMemory::remember(const std::string& nonce, UtcTime expires_at,
                                          UtcTime now) {
  const std::lock_guard lock(mutex_);
  const auto alive = by_expiry_.lower_bound(now);
  for (auto it = by_expiry_.begin(); it != alive; it = by_expiry_.erase(it)) {
    nonces_.erase(it->second);
  }
  if (nonces_.contains(nonce)) {
    return Answer::kUsedBefore;
  }
  if (nonces_.size() >= nonces_max_) {
    return Answer::kFull;
  }
  nonces_.insert(nonce);
  by_expiry_.emplace(expires_at, nonce);
  return Answer::kFirstUse;
}

}  // namespace dermaga::order_box

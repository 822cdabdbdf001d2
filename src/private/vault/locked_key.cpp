#include "locked_key.h"

#include <sodium.h>

#include <cstring>
#include <utility>

#include "aead.h"
#include "result/result.h"
#include "vault/secret.h"

namespace dermaga::vault {

LockedKey::LockedKey(std::string& bytes) : memory_(sodium_malloc(kKeyBytes)) {
  CHECK(memory_ != nullptr && bytes.size() == kKeyBytes);
  std::memcpy(memory_, bytes.data(), kKeyBytes);
  wipe(bytes);
  sodium_mprotect_readonly(memory_);
}

LockedKey::LockedKey(LockedKey&& other) noexcept : memory_(std::exchange(other.memory_, nullptr)) {}

LockedKey::~LockedKey() {
  sodium_free(memory_);
}

std::string_view LockedKey::bytes() const {
  return {static_cast<const char*>(memory_), kKeyBytes};
}

}  // namespace dermaga::vault

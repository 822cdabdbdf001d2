#pragma once

#include <string>
#include <string_view>

namespace dermaga::vault {

// 32 bytes in memory of their own: between guard pages, kept out of swap and core dumps where the
// system allows it (libsodium's sodium_malloc), wiped on destruction. Move-only.
class LockedKey {
 public:
  // Copies the bytes and wipes the argument. Needs kKeyBytes.
  explicit LockedKey(std::string& bytes);
  LockedKey(LockedKey&& other) noexcept;
  LockedKey& operator=(LockedKey&&) = delete;
  LockedKey(const LockedKey&) = delete;
  LockedKey& operator=(const LockedKey&) = delete;
  ~LockedKey();

  std::string_view bytes() const;

 private:
  void* memory_;
};

}  // namespace dermaga::vault

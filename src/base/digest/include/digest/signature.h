#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "result/result.h"

namespace dermaga::digest {

// Ed25519 (RFC 8032). Thread-safe once made; the private half is wiped on destruction.
class SigningKey {
 public:
  static SigningKey generate();
  // 32-byte seed.
  static Result<SigningKey> from_seed(std::string_view seed);

  SigningKey(SigningKey&&) noexcept;
  SigningKey& operator=(SigningKey&&) noexcept;
  ~SigningKey();

  const std::string& public_key() const { return public_key_; }  // 32 raw bytes
  std::string seed() const;                                      // 32 raw bytes: keep it private
  std::string sign(std::string_view message) const;              // 64 raw bytes

 private:
  SigningKey() = default;
  std::string secret_;  // libsodium's 64-byte form
  std::string public_key_;
};

bool verify_signature(std::string_view public_key, std::string_view message,
                      std::string_view signature);

}  // namespace dermaga::digest

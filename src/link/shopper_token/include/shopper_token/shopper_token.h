#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "clock/clock.h"
#include "digest/signature.h"
#include "result/result.h"

namespace dermaga::shopper_token {

inline constexpr std::chrono::minutes kLifetime{5};
inline constexpr std::chrono::seconds kClockSkewMax{30};
inline constexpr std::size_t kTokenBytesMax = 1024;
inline constexpr std::size_t kPseudonymBytes = 22;  // 128 bits in base64url

struct Claims {
  std::string audience;   // the shop's id
  std::string pseudonym;  // kPseudonymBytes of base64url
  UtcTime issued_at;      // whole seconds
  UtcTime expires_at;     // whole seconds, kLifetime after it
};

// RFC 7638 thumbprint of the Ed25519 key, as "kid".
std::string key_id(std::string_view public_key);

// The claims' times are cut to whole seconds (RFC 7519 NumericDate). CHECK fails for a pseudonym
// of another length.
std::string sign(const digest::SigningKey& key, const Claims& claims);

// Verifies tokens of one shop. Thread-safe, immutable.
class Verifier {
 public:
  // `public_key` has 32 bytes.
  Verifier(std::string public_key, std::string audience);

  // kUnauthenticated for anything else than a token that core signed for this shop and that holds
  // now; which part is wrong is not said.
  Result<Claims> verify(std::string_view token, UtcTime now) const;

 private:
  std::string public_key_;
  std::string audience_;
  std::string header_;  // in base64url
};

}  // namespace dermaga::shopper_token

#pragma once

#include <string>
#include <string_view>

#include "result/result.h"

namespace dermaga::sealing {

// The curve P-256 (FIPS 186-4) on raw 32-byte big-endian numbers. Straight on OpenSSL's point
// arithmetic with per-thread scratch objects: going through EVP_PKEY costs as much again as the
// multiplication itself. Multiplication takes constant time in the scalar. Thread-safe.
struct Point {
  std::string x;
  std::string y;
};

inline constexpr std::size_t kCoordinateBytes = 32;

// Both coordinates have 32 bytes, are below the field prime and satisfy the curve's equation.
bool is_on_curve(const Point& point);

// 1 ≤ scalar < group order, 32 bytes.
bool is_scalar(std::string_view scalar);

// scalar × generator. Needs is_scalar().
Point public_point(std::string_view scalar);

// The x coordinate of scalar × point: ECDH's shared secret Z. kInvalidArgument when the point is
// not on the curve. Needs is_scalar(). The caller wipes what it gets.
Result<std::string> shared_secret(std::string_view scalar, const Point& point);

// The key that both sides derive from Z: Concat KDF (NIST SP 800-56A §5.8.1, SHA-256, one round)
// with the OtherInfo of RFC 7518 §4.6.2. `key_bytes` is at most 32.
struct KeyDerivation {
  std::string_view algorithm;  // "A256GCM"
  std::string_view party_u;    // apu, decoded
  std::string_view party_v;    // apv, decoded
  std::size_t key_bytes = 32;
};
std::string concat_kdf(std::string_view shared_secret, const KeyDerivation& derivation);

}  // namespace dermaga::sealing

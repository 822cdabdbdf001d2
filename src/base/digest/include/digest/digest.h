#pragma once

#include <string>
#include <string_view>

namespace dermaga::digest {

inline constexpr std::size_t kSha256Bytes = 32;

// SHA-256 (FIPS 180-4); 32 raw bytes.
std::string sha256(std::string_view bytes);

// HMAC-SHA-256 (RFC 2104); 32 raw bytes.
std::string hmac_sha256(std::string_view key, std::string_view message);

// Compares without leaking where the first difference is. Sizes are not secret.
bool equal_constant_time(std::string_view left, std::string_view right);

}  // namespace dermaga::digest

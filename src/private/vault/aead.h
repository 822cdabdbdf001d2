#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "random/random.h"

namespace dermaga::vault {

inline constexpr std::size_t kKeyBytes = 32;
inline constexpr std::size_t kNonceBytes = 24;
inline constexpr std::size_t kAeadTagBytes = 16;

// XChaCha20-Poly1305 (libsodium's IETF variant): random 24-byte nonce ‖ ciphertext ‖ tag. With 192
// random bits nonces never meet, however many fields one key seals.
std::string aead_seal(std::string_view key, std::string_view associated, std::string_view plaintext,
                      Random& random);
// nullopt unless key, associated data and every byte are those it was sealed with.
std::optional<std::string> aead_open(std::string_view key, std::string_view associated,
                                     std::string_view sealed);

// Associated data of several parts, each with its length before it, so that no two lists of parts
// give the same bytes.
std::string associated_data(std::string_view label, std::initializer_list<std::string_view> parts);

std::string u32_bytes(std::uint32_t value);            // big-endian
std::uint32_t u32_value(std::string_view four_bytes);  // needs 4 bytes

}  // namespace dermaga::vault

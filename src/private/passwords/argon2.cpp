#include "argon2.h"

#include <sodium.h>

#include <cerrno>
#include <charconv>
#include <cstdint>

#include "encoding/encoding.h"

namespace dermaga::passwords {
namespace {

constexpr std::string_view kPrefix = "$argon2id$v=19$m=";
constexpr std::size_t kKib = 1024;
constexpr std::size_t kSaltBytesMin = 8;
constexpr std::size_t kHashBytesMin = 16;
constexpr std::size_t kPartBytesMax = 64;

std::unexpected<Error> no_memory() {
  return make_error(ErrorCode::kUnavailable, "no memory to hash a password");
}

bool skip(std::string_view& text, std::string_view expected) {
  const bool there = text.starts_with(expected);
  text.remove_prefix(there ? expected.size() : 0);
  return there;
}

// A decimal number without leading zeros at the front of the text.
std::optional<std::uint32_t> take_number(std::string_view& text) {
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || text.front() == '0') {
    return std::nullopt;
  }
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

// PHC strings have base64 without its padding.
bool is_base64_of(std::string_view text, std::size_t bytes_min) {
  const std::string padded = std::string(text) + std::string((4 - text.size() % 4) % 4, '=');
  const auto bytes = encoding::base64_decode(padded);
  return bytes.has_value() && bytes->size() >= bytes_min && bytes->size() <= kPartBytesMax;
}

bool is_salt_and_hash(std::string_view text) {
  const std::size_t dollar = text.find('$');
  return dollar != std::string_view::npos && is_base64_of(text.substr(0, dollar), kSaltBytesMin) &&
         is_base64_of(text.substr(dollar + 1), kHashBytesMin);
}

}  // namespace

Result<std::string> argon2_hash(const vault::Password& password, const Cost& cost) {
  char phc[crypto_pwhash_STRBYTES];
  const std::string_view text = password.reveal();
  if (crypto_pwhash_str_alg(phc, text.data(), text.size(), cost.passes, cost.memory_bytes,
                            crypto_pwhash_ALG_ARGON2ID13) != 0) {
    return no_memory();
  }
  return std::string(phc);
}

std::optional<Cost> cost_of(std::string_view phc) {
  if (!skip(phc, kPrefix)) {
    return std::nullopt;
  }
  const auto memory_kib = take_number(phc);
  if (!memory_kib || *memory_kib < kMemoryBytesMin / kKib || *memory_kib > kMemoryBytesMax / kKib ||
      !skip(phc, ",t=")) {
    return std::nullopt;
  }
  const auto passes = take_number(phc);
  if (!passes || *passes > kPassesMax || !skip(phc, ",p=1$") || !is_salt_and_hash(phc)) {
    return std::nullopt;
  }
  return Cost{.memory_bytes = *memory_kib * kKib, .passes = *passes};
}

Result<bool> argon2_verify(const vault::Password& password, const std::string& phc) {
  if (!cost_of(phc).has_value()) {
    return make_error(ErrorCode::kCorrupt, "a stored password hash is not one of Argon2id");
  }
  const std::string_view text = password.reveal();
  errno = 0;
  if (crypto_pwhash_str_verify(phc.c_str(), text.data(), text.size()) == 0) {
    return true;
  }
  // libsodium says EINVAL once it has computed another hash, and only then.
  if (errno == EINVAL) {
    return false;
  }
  return no_memory();
}

std::string nobodys_phc(const Cost& cost) {
  // 16 and 32 bytes of zeros.
  return std::string(kPrefix) + std::to_string(cost.memory_bytes / kKib) +
         ",t=" + std::to_string(cost.passes) + ",p=1$" + std::string(22, 'A') + "$" +
         std::string(43, 'A');
}

}  // namespace dermaga::passwords

#include "digest/digest.h"

// The low-level functions are deprecated but not gone: EVP costs as much again as hashing a short
// message, and libsodium has no code for the processor's SHA instructions (five times slower).
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>
#include <sodium.h>

#include <algorithm>
#include <array>

namespace dermaga::digest {

namespace {

using Block = std::array<unsigned char, SHA256_CBLOCK>;

unsigned char* bytes_of(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}

// One pass of HMAC: the hash over the key's block, each byte changed by `pad`, and the message.
void hash_keyed(const Block& key, unsigned char pad, std::string_view message, unsigned char* out) {
  Block block = key;
  for (unsigned char& byte : block) {
    byte ^= pad;
  }
  SHA256_CTX state;
  SHA256_Init(&state);
  SHA256_Update(&state, block.data(), block.size());
  SHA256_Update(&state, message.data(), message.size());
  SHA256_Final(out, &state);
  sodium_memzero(block.data(), block.size());
  sodium_memzero(&state, sizeof state);
}

}  // namespace

std::string sha256(std::string_view bytes) {
  std::string out(kSha256Bytes, '\0');
  SHA256_CTX state;
  SHA256_Init(&state);
  SHA256_Update(&state, bytes.data(), bytes.size());
  SHA256_Final(bytes_of(out), &state);
  return out;
}

std::string hmac_sha256(std::string_view key, std::string_view message) {
  Block block{};
  if (key.size() > block.size()) {
    std::string shorter = sha256(key);
    std::ranges::copy(shorter, block.begin());
    sodium_memzero(shorter.data(), shorter.size());
  } else {
    std::ranges::copy(key, block.begin());
  }
  std::string inner(kSha256Bytes, '\0');
  std::string out(kSha256Bytes, '\0');
  hash_keyed(block, 0x36, message, bytes_of(inner));
  hash_keyed(block, 0x5c, inner, bytes_of(out));
  sodium_memzero(block.data(), block.size());
  return out;
}

bool equal_constant_time(std::string_view left, std::string_view right) {
  return left.size() == right.size() && sodium_memcmp(left.data(), right.data(), left.size()) == 0;
}

}  // namespace dermaga::digest

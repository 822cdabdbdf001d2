#include "aead.h"

#include <sodium.h>

#include "result/result.h"
#include "vault/secret.h"

namespace dermaga::vault {

static_assert(kKeyBytes == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);
static_assert(kNonceBytes == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES);
static_assert(kAeadTagBytes == crypto_aead_xchacha20poly1305_ietf_ABYTES);

namespace {

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

void wipe(std::string& text) {
  sodium_memzero(text.data(), text.size());
  text.clear();
}

std::string aead_seal(std::string_view key, std::string_view associated, std::string_view plaintext,
                      Random& random) {
  CHECK(key.size() == kKeyBytes);
  std::string sealed(kNonceBytes + plaintext.size() + kAeadTagBytes, '\0');
  random.fill(sealed.data(), kNonceBytes);
  auto* out = reinterpret_cast<unsigned char*>(sealed.data());
  crypto_aead_xchacha20poly1305_ietf_encrypt(out + kNonceBytes, nullptr, bytes_of(plaintext),
                                             plaintext.size(), bytes_of(associated),
                                             associated.size(), nullptr, out, bytes_of(key));
  return sealed;
}

std::optional<std::string> aead_open(std::string_view key, std::string_view associated,
                                     std::string_view sealed) {
  CHECK(key.size() == kKeyBytes);
  if (sealed.size() < kNonceBytes + kAeadTagBytes) {
    return std::nullopt;
  }
  std::string plaintext(sealed.size() - kNonceBytes - kAeadTagBytes, '\0');
  const unsigned char* in = bytes_of(sealed);
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(reinterpret_cast<unsigned char*>(plaintext.data()),
                                                 nullptr, nullptr, in + kNonceBytes,
                                                 sealed.size() - kNonceBytes, bytes_of(associated),
                                                 associated.size(), in, bytes_of(key)) != 0) {
    return std::nullopt;
  }
  return plaintext;
}

std::string u32_bytes(std::uint32_t value) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) {
    bytes.push_back(static_cast<char>((value >> shift) & 0xff));
  }
  return bytes;
}

std::uint32_t u32_value(std::string_view four_bytes) {
  CHECK(four_bytes.size() == 4);
  std::uint32_t value = 0;
  for (const char byte : four_bytes) {
    value = (value << 8) | static_cast<unsigned char>(byte);
  }
  return value;
}

std::string associated_data(std::string_view label, std::initializer_list<std::string_view> parts) {
  std::string associated(label);
  for (const std::string_view part : parts) {
    associated += u32_bytes(static_cast<std::uint32_t>(part.size()));
    associated += part;
  }
  return associated;
}

}  // namespace dermaga::vault

#include "digest/signature.h"

#include <sodium.h>

#include <utility>

namespace dermaga::digest {

namespace {

unsigned char* bytes_of(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}
const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

void wipe(std::string& secret) {
  sodium_memzero(secret.data(), secret.size());
  secret.clear();
}

}  // namespace

SigningKey SigningKey::generate() {
  CHECK(sodium_init() >= 0);
  SigningKey key;
  key.secret_.resize(crypto_sign_SECRETKEYBYTES);
  key.public_key_.resize(crypto_sign_PUBLICKEYBYTES);
  crypto_sign_keypair(bytes_of(key.public_key_), bytes_of(key.secret_));
  return key;
}

Result<SigningKey> SigningKey::from_seed(std::string_view seed) {
  if (seed.size() != crypto_sign_SEEDBYTES) {
    return make_error(ErrorCode::kCorrupt, "an Ed25519 seed has 32 bytes");
  }
  SigningKey key;
  key.secret_.resize(crypto_sign_SECRETKEYBYTES);
  key.public_key_.resize(crypto_sign_PUBLICKEYBYTES);
  crypto_sign_seed_keypair(bytes_of(key.public_key_), bytes_of(key.secret_), bytes_of(seed));
  return key;
}

SigningKey::SigningKey(SigningKey&& other) noexcept
    : secret_(other.secret_), public_key_(std::move(other.public_key_)) {
  wipe(other.secret_);
}

SigningKey& SigningKey::operator=(SigningKey&& other) noexcept {
  if (this != &other) {
    wipe(secret_);
    secret_ = other.secret_;
    public_key_ = std::move(other.public_key_);
    wipe(other.secret_);
  }
  return *this;
}

SigningKey::~SigningKey() {
  wipe(secret_);
}

std::string SigningKey::seed() const {
  return secret_.substr(0, crypto_sign_SEEDBYTES);
}

std::string SigningKey::sign(std::string_view message) const {
  std::string signature(crypto_sign_BYTES, '\0');
  crypto_sign_detached(bytes_of(signature), nullptr, bytes_of(message), message.size(),
                       bytes_of(std::string_view(secret_)));
  return signature;
}

bool verify_signature(std::string_view public_key, std::string_view message,
                      std::string_view signature) {
  return public_key.size() == crypto_sign_PUBLICKEYBYTES && signature.size() == crypto_sign_BYTES &&
         crypto_sign_verify_detached(bytes_of(signature), bytes_of(message), message.size(),
                                     bytes_of(public_key)) == 0;
}

}  // namespace dermaga::digest

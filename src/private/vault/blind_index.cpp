#include <utility>

#include "aead.h"
#include "digest/digest.h"
#include "vault/vault.h"

namespace dermaga::vault {

BlindIndex::BlindIndex(BlindIndex&& other) noexcept : key_(other.key_) {
  wipe(other.key_);
}

BlindIndex& BlindIndex::operator=(BlindIndex&& other) noexcept {
  if (this != &other) {
    wipe(key_);
    key_ = other.key_;
    wipe(other.key_);
  }
  return *this;
}

BlindIndex::~BlindIndex() {
  wipe(key_);
}

std::string BlindIndex::of(std::string_view kind, const SecretText& text) const {
  return digest::hmac_sha256(key_,
                             associated_data("dermaga.blind-index.v1", {kind, text.reveal()}));
}

}  // namespace dermaga::vault

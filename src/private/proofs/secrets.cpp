#include "proofs/secrets.h"

#include "digest/digest.h"
#include "encoding/encoding.h"

namespace dermaga::proofs {
namespace {

constexpr std::size_t kSecretBytes = 32;

}  // namespace

std::string hash_of(std::string_view secret) {
  return digest::sha256(secret);
}

std::string random_secret(Random& random) {
  return encoding::base64url(random.bytes(kSecretBytes));
}

}  // namespace dermaga::proofs

#include "public_key.h"

#include <fido.h>
#include <fido/eddsa.h>
#include <fido/es256.h>
#include <fido/rs256.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include <memory>

namespace dermaga::webauthn {
namespace {

constexpr std::size_t kEs256KeyBytes = 64;
constexpr std::size_t kEdDsaKeyBytes = 32;
constexpr std::size_t kRs256KeyBytes = 256 + 3;

static_assert(kEs256 == COSE_ES256 && kEdDsa == COSE_EDDSA && kRs256 == COSE_RS256);

struct Free {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  void operator()(fido_cred_t* credential) const { fido_cred_free(&credential); }
  void operator()(es256_pk_t* key) const { es256_pk_free(&key); }
  void operator()(eddsa_pk_t* key) const { eddsa_pk_free(&key); }
  void operator()(rs256_pk_t* key) const { rs256_pk_free(&key); }
};
template <typename T>
using Owned = std::unique_ptr<T, Free>;

// OpenSSL keeps what went wrong per thread, and a TLS connection served next would take it for its
// own.
struct ForgetErrors {
  ForgetErrors() = default;
  ForgetErrors(const ForgetErrors&) = delete;
  ForgetErrors& operator=(const ForgetErrors&) = delete;
  ~ForgetErrors() { ERR_clear_error(); }
};

const unsigned char* bytes_of(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

template <typename Key>
Owned<EVP_PKEY> open_key(Key* key, int (*from_bytes)(Key*, const void*, std::size_t),
                         EVP_PKEY* (*to_openssl)(const Key*), std::string_view bytes) {
  const Owned<Key> owned(key);
  CHECK(owned != nullptr);
  if (from_bytes(key, bytes.data(), bytes.size()) != FIDO_OK) {
    return nullptr;
  }
  return Owned<EVP_PKEY>(to_openssl(key));
}

// Null where it is no key: a point that is not on the curve, say.
Owned<EVP_PKEY> open_key(std::int32_t algorithm, std::string_view bytes) {
  if (algorithm == kEs256 && bytes.size() == kEs256KeyBytes) {
    return open_key(es256_pk_new(), es256_pk_from_ptr, es256_pk_to_EVP_PKEY, bytes);
  }
  if (algorithm == kEdDsa && bytes.size() == kEdDsaKeyBytes) {
    return open_key(eddsa_pk_new(), eddsa_pk_from_ptr, eddsa_pk_to_EVP_PKEY, bytes);
  }
  if (algorithm == kRs256 && bytes.size() == kRs256KeyBytes) {
    return open_key(rs256_pk_new(), rs256_pk_from_ptr, rs256_pk_to_EVP_PKEY, bytes);
  }
  return nullptr;
}

}  // namespace

Result<Credential> attested_key(std::string_view authenticator_data) {
  const ForgetErrors forget;
  // libfido2 wants to be told the algorithm that it will find.
  for (const std::int32_t algorithm : {kEs256, kEdDsa, kRs256}) {
    const Owned<fido_cred_t> parsed(fido_cred_new());
    CHECK(parsed != nullptr && fido_cred_set_type(parsed.get(), algorithm) == FIDO_OK);
    if (fido_cred_set_authdata_raw(parsed.get(), bytes_of(authenticator_data),
                                   authenticator_data.size()) != FIDO_OK) {
      continue;
    }
    Credential found{
        .id = {},
        .public_key = {reinterpret_cast<const char*>(fido_cred_pubkey_ptr(parsed.get())),
                       fido_cred_pubkey_len(parsed.get())},
        .algorithm = algorithm,
        .sign_count = 0};
    if (open_key(algorithm, found.public_key) != nullptr) {
      return found;
    }
  }
  return make_error(ErrorCode::kInvalidArgument,
                    "the public key is not a valid one of ES256, EdDSA or RS256");
}

// Not fido_assert_verify() and fido_cred_verify_self(): these refuse extensions that were not asked
// for, where the specification has them ignored, and browsers do ask for some by themselves.
Status verify_signature(const Credential& credential, std::string_view message,
                        std::string_view signature) {
  const ForgetErrors forget;
  const Owned<EVP_PKEY> key = open_key(credential.algorithm, credential.public_key);
  if (key == nullptr) {
    return make_error(ErrorCode::kInvalidArgument,
                      "the credential has no valid key of ES256, EdDSA or RS256");
  }
  const Owned<EVP_MD_CTX> context(EVP_MD_CTX_new());
  CHECK(context != nullptr);
  // Ed25519 hashes by itself.
  const EVP_MD* const hash = credential.algorithm == kEdDsa ? nullptr : EVP_sha256();
  if (EVP_DigestVerifyInit(context.get(), nullptr, hash, nullptr, key.get()) != 1 ||
      EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(message),
                       message.size()) != 1) {
    return make_error(ErrorCode::kForbidden, "the signature is not by the credential's key");
  }
  return {};
}

}  // namespace dermaga::webauthn

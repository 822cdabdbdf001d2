#include "test_authenticator/test_authenticator.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "digest/digest.h"
#include "encoding/encoding.h"
#include "json/writer.h"
#include "random/random.h"
#include "result/result.h"

namespace dermaga::test_authenticator {
namespace {

// CBOR's major types.
constexpr unsigned kUnsigned = 0;
constexpr unsigned kNegative = 1;
constexpr unsigned kBytes = 2;
constexpr unsigned kText = 3;
constexpr unsigned kMap = 5;

constexpr char kUserPresent = 0x01;
constexpr char kUserVerified = 0x04;
constexpr char kAttestedCredential = 0x40;
constexpr unsigned char kExtensions = 0x80;

std::string big_endian(std::uint32_t value, int bytes) {
  std::string out;
  for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) {
    out.push_back(static_cast<char>(value >> shift & 0xff));
  }
  return out;
}

std::string cbor_head(unsigned major, std::size_t value) {
  const auto initial = [major](unsigned info) {
    return std::string(1, static_cast<char>(major << 5 | info));
  };
  if (value < 24) {
    return initial(static_cast<unsigned>(value));
  }
  const auto number = static_cast<std::uint32_t>(value);
  return value < 256 ? initial(24) + big_endian(number, 1) : initial(25) + big_endian(number, 2);
}

std::string cbor_integer(std::int32_t value) {
  return value < 0 ? cbor_head(kNegative, static_cast<std::size_t>(-1 - value))
                   : cbor_head(kUnsigned, static_cast<std::size_t>(value));
}

std::string cbor_bytes(std::string_view bytes) {
  return cbor_head(kBytes, bytes.size()) + std::string(bytes);
}

std::string cbor_text(std::string_view text) {
  return cbor_head(kText, text.size()) + std::string(text);
}

EVP_PKEY* generate(Algorithm algorithm) {
  switch (algorithm) {
    case Algorithm::kEs256:
      return EVP_EC_gen("P-256");
    case Algorithm::kEs384:
      return EVP_EC_gen("P-384");
    case Algorithm::kEdDsa:
      return EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
    case Algorithm::kRs256:
      return EVP_RSA_gen(2048);
  }
  return nullptr;
}

}  // namespace

struct Authenticator::Key {
  explicit Key(Algorithm algorithm_in) : algorithm(algorithm_in), key(generate(algorithm_in)) {
    CHECK(key != nullptr);
  }
  ~Key() { EVP_PKEY_free(key); }
  Key(const Key&) = delete;
  Key& operator=(const Key&) = delete;

  std::string cose() const;

  Algorithm algorithm;
  EVP_PKEY* key;

 private:
  // A member of the COSE key that holds bytes.
  static std::string member(std::int32_t label, std::string_view bytes) {
    return cbor_integer(label) + cbor_bytes(bytes);
  }
  std::string elliptic(std::int32_t curve) const;
  std::string edwards() const;
  std::string rsa() const;
};

std::string Authenticator::Key::elliptic(std::int32_t curve) const {
  unsigned char* encoded = nullptr;
  const std::size_t size = EVP_PKEY_get1_encoded_public_key(key, &encoded);
  CHECK(size > 1 && encoded[0] == 4);  // uncompressed
  const std::string point(reinterpret_cast<const char*>(encoded) + 1, size - 1);
  OPENSSL_free(encoded);
  return cbor_integer(-1) + cbor_integer(curve) + member(-2, point.substr(0, point.size() / 2)) +
         member(-3, point.substr(point.size() / 2));
}

std::string Authenticator::Key::edwards() const {
  std::string point(32, '\0');
  std::size_t size = point.size();
  CHECK(EVP_PKEY_get_raw_public_key(key, reinterpret_cast<unsigned char*>(point.data()), &size) ==
        1);
  return cbor_integer(-1) + cbor_integer(6) + member(-2, point);
}

std::string Authenticator::Key::rsa() const {
  BIGNUM* modulus = nullptr;
  CHECK(EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N, &modulus) == 1);
  std::string bytes(static_cast<std::size_t>(BN_num_bytes(modulus)), '\0');
  BN_bn2bin(modulus, reinterpret_cast<unsigned char*>(bytes.data()));
  BN_free(modulus);
  return member(-1, bytes) + member(-2, std::string("\x01\x00\x01", 3));
}

std::string Authenticator::Key::cose() const {
  const auto start = [this](std::size_t members, std::int32_t type) {
    return cbor_head(kMap, members) + cbor_integer(1) + cbor_integer(type) + cbor_integer(3) +
           cbor_integer(static_cast<std::int32_t>(algorithm));
  };
  switch (algorithm) {
    case Algorithm::kEs256:
      return start(5, 2) + elliptic(1);
    case Algorithm::kEs384:
      return start(5, 2) + elliptic(2);
    case Algorithm::kEdDsa:
      return start(4, 1) + edwards();
    case Algorithm::kRs256:
      return start(4, 3) + rsa();
  }
  return {};
}

Authenticator::Authenticator(Algorithm algorithm, std::size_t credential_id_bytes)
    : algorithm_(algorithm),
      key_(std::make_unique<Key>(algorithm)),
      credential_id_(system_random().bytes(credential_id_bytes)) {}
Authenticator::~Authenticator() = default;

std::string Authenticator::sign(std::string_view message) const {
  EVP_MD_CTX* const context = EVP_MD_CTX_new();
  const EVP_MD* const hash = algorithm_ == Algorithm::kEdDsa   ? nullptr
                             : algorithm_ == Algorithm::kEs384 ? EVP_sha384()
                                                               : EVP_sha256();
  CHECK(EVP_DigestSignInit(context, nullptr, hash, nullptr, key_->key) == 1);
  const auto* const bytes = reinterpret_cast<const unsigned char*>(message.data());
  std::size_t size = 0;
  CHECK(EVP_DigestSign(context, nullptr, &size, bytes, message.size()) == 1);
  std::string signature(size, '\0');
  CHECK(EVP_DigestSign(context, reinterpret_cast<unsigned char*>(signature.data()), &size, bytes,
                       message.size()) == 1);
  signature.resize(size);
  EVP_MD_CTX_free(context);
  return signature;
}

std::string Authenticator::client_data(std::string_view type, const Request& request) const {
  std::string json;
  json::Writer writer(json);
  writer.object();
  writer.field("type", type);
  writer.field("challenge", encoding::base64url(request.challenge));
  writer.field("origin", request.origin);
  writer.field_bool("crossOrigin", behaviour_.is_cross_origin);
  writer.end_object();
  return json;
}

std::string Authenticator::authenticator_data(std::string_view rp_id, bool with_credential) {
  int flags = (behaviour_.is_user_present ? kUserPresent : 0) |
              (behaviour_.is_user_verified ? kUserVerified : 0) |
              (with_credential ? kAttestedCredential : 0) |
              (behaviour_.extensions.empty() ? 0 : kExtensions);
  std::string data =
      digest::sha256(rp_id) + static_cast<char>(flags) + big_endian(behaviour_.counter, 4);
  if (behaviour_.counter != 0) {
    ++behaviour_.counter;
  }
  if (with_credential) {
    const std::string aaguid(16, '\0');
    data += aaguid + big_endian(static_cast<std::uint32_t>(credential_id_.size()), 2) +
            credential_id_ + key_->cose();
  }
  return data + behaviour_.extensions;
}

Created Authenticator::create(const Request& request, std::string_view user_handle) {
  user_handle_ = user_handle;
  const std::string client = client_data("webauthn.create", request);
  const std::string data = authenticator_data(request.rp_id, true);
  std::string statement = cbor_head(kMap, 0);
  if (behaviour_.attests_itself) {
    statement = cbor_head(kMap, 2) + cbor_text("alg") +
                cbor_integer(static_cast<std::int32_t>(algorithm_)) + cbor_text("sig") +
                cbor_bytes(sign(data + digest::sha256(client)));
  }
  return {.credential_id = credential_id_,
          .client_data_json = client,
          .attestation_object = cbor_head(kMap, 3) + cbor_text("fmt") +
                                cbor_text(behaviour_.attests_itself ? "packed" : "none") +
                                cbor_text("attStmt") + statement + cbor_text("authData") +
                                cbor_bytes(data)};
}

Got Authenticator::get(const Request& request) {
  const std::string client = client_data("webauthn.get", request);
  const std::string data = authenticator_data(request.rp_id, false);
  return {.credential_id = credential_id_,
          .client_data_json = client,
          .authenticator_data = data,
          .signature = sign(data + digest::sha256(client)),
          .user_handle = user_handle_};
}

}  // namespace dermaga::test_authenticator

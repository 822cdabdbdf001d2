#include "sealing/sealing.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "digest/digest.h"
#include "encoding/encoding.h"
#include "json/writer.h"
#include "sealing/jwe.h"

namespace dermaga::sealing {

namespace {

unsigned char* bytes_of(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}
const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

// Fetched once per process: OpenSSL 3.0 looks a cipher up under a lock at every implicit fetch.
const EVP_CIPHER* aes_256_gcm() {
  static const EVP_CIPHER* const cipher = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
  CHECK(cipher != nullptr);
  return cipher;
}

// Reset after every use, which wipes the key schedule and keeps the allocation.
class EncryptContext {
 public:
  EncryptContext() : context_(EVP_CIPHER_CTX_new()) { CHECK(context_ != nullptr); }
  ~EncryptContext() { EVP_CIPHER_CTX_free(context_); }
  EncryptContext(const EncryptContext&) = delete;
  EncryptContext& operator=(const EncryptContext&) = delete;
  EVP_CIPHER_CTX* get() { return context_; }

 private:
  EVP_CIPHER_CTX* context_;
};

struct Sealed {
  std::string ciphertext;
  std::string tag;
};

Sealed encrypt(std::string_view key, std::string_view iv, std::string_view associated,
               std::string_view plaintext) {
  static thread_local EncryptContext thread_context;
  EVP_CIPHER_CTX* const context = thread_context.get();
  Sealed sealed{std::string(plaintext.size(), '\0'), std::string(kTagBytes, '\0')};
  int written = 0;
  CHECK(EVP_EncryptInit_ex2(context, aes_256_gcm(), bytes_of(key), bytes_of(iv), nullptr) == 1);
  CHECK(EVP_EncryptUpdate(context, nullptr, &written, bytes_of(associated),
                          static_cast<int>(associated.size())) == 1);
  CHECK(EVP_EncryptUpdate(context, bytes_of(sealed.ciphertext), &written, bytes_of(plaintext),
                          static_cast<int>(plaintext.size())) == 1);
  CHECK(EVP_EncryptFinal_ex(context, nullptr, &written) == 1);
  CHECK(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, kTagBytes, sealed.tag.data()) == 1);
  EVP_CIPHER_CTX_reset(context);
  return sealed;
}

// A uniform scalar: numbers outside the range (about one in 2^32) are drawn again.
std::string random_scalar(Random& random) {
  std::string scalar = random.bytes(kCoordinateBytes);
  while (!is_scalar(scalar)) {
    scalar = random.bytes(kCoordinateBytes);
  }
  return scalar;
}

std::string header_json(const std::string& kid, const Point& ephemeral) {
  std::string json;
  json::Writer writer(json);
  writer.object();
  writer.field("alg", "ECDH-ES");
  writer.field("enc", "A256GCM");
  if (!kid.empty()) {
    writer.field("kid", kid);
  }
  writer.key("epk");
  writer.object();
  writer.field("kty", "EC");
  writer.field("crv", "P-256");
  writer.field("x", encoding::base64url(ephemeral.x));
  writer.field("y", encoding::base64url(ephemeral.y));
  writer.end_object();
  writer.end_object();
  return json;
}

std::string pad(std::string_view plaintext) {
  std::string padded(plaintext);
  padded.resize((plaintext.size() + kPaddingStepBytes - 1) / kPaddingStepBytes * kPaddingStepBytes,
                ' ');
  return padded;
}

}  // namespace

Result<std::string> seal(const PublicKey& recipient, std::string_view plaintext, Random& random) {
  if (plaintext.empty() || plaintext.size() > kPlaintextBytesMax) {
    return make_error(ErrorCode::kInvalidArgument,
                      "a box holds 1 to " + std::to_string(kPlaintextBytesMax) + " bytes");
  }
  std::string scalar = random_scalar(random);
  const Point ephemeral = public_point(scalar);
  auto secret = shared_secret(scalar, recipient.point);
  OPENSSL_cleanse(scalar.data(), scalar.size());
  if (!secret.has_value()) {
    return std::unexpected(std::move(secret).error());
  }
  std::string key = concat_kdf(*secret, {.algorithm = "A256GCM"});
  OPENSSL_cleanse(secret->data(), secret->size());

  const std::string iv = random.bytes(kIvBytes);
  std::string padded = pad(plaintext);
  std::string box = encoding::base64url(header_json(recipient.kid, ephemeral));
  const Sealed sealed = encrypt(key, iv, box, padded);
  OPENSSL_cleanse(key.data(), key.size());
  OPENSSL_cleanse(padded.data(), padded.size());
  box += "..";
  box += encoding::base64url(iv);
  box += '.';
  box += encoding::base64url(sealed.ciphertext);
  box += '.';
  box += encoding::base64url(sealed.tag);
  return box;
}

std::string clear_hash(const ClearPart& clear) {
  std::string json;
  json::Writer writer(json);
  writer.object();
  writer.field("currency", clear.total.currency().code());
  writer.key("destination");
  writer.object();
  writer.field("country", clear.destination.country);
  writer.field("postal_code", clear.destination.postal_code);
  writer.field("region", clear.destination.region);
  writer.end_object();
  writer.key("lines");
  writer.array();
  for (const ClearPart::Line& line : clear.lines) {
    writer.object();
    writer.field("quantity", line.quantity);
    writer.field("variant_id", line.variant_id);
    writer.end_object();
  }
  writer.end_array();
  writer.field("shipping_method", clear.shipping_method);
  writer.field("total", clear.total.amount());
  writer.end_object();
  return encoding::base64url(digest::sha256(json));
}

}  // namespace dermaga::sealing

#include "unsealing/unsealing.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <utility>

#include "encoding/encoding.h"
#include "json/reader.h"
#include "json/writer.h"
#include "random/random.h"
#include "sealing/jwe.h"
#include "sealing/p256.h"

namespace dermaga::unsealing {

namespace {

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

void wipe(std::string& secret) {
  OPENSSL_cleanse(secret.data(), secret.size());
  secret.clear();
}

// Fetched once per process: OpenSSL 3.0 looks a cipher up under a lock at every implicit fetch.
const EVP_CIPHER* aes_256_gcm() {
  static const EVP_CIPHER* const cipher = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
  CHECK(cipher != nullptr);
  return cipher;
}

// Reset after every use, which wipes the key schedule and keeps the allocation.
class DecryptContext {
 public:
  DecryptContext() : context_(EVP_CIPHER_CTX_new()) { CHECK(context_ != nullptr); }
  ~DecryptContext() { EVP_CIPHER_CTX_free(context_); }
  DecryptContext(const DecryptContext&) = delete;
  DecryptContext& operator=(const DecryptContext&) = delete;
  EVP_CIPHER_CTX* get() { return context_; }

 private:
  EVP_CIPHER_CTX* context_;
};

// The plaintext is released only after its tag was found right.
Result<std::string> decrypt(std::string_view key, sealing::Box& box) {
  static thread_local DecryptContext thread_context;
  EVP_CIPHER_CTX* const context = thread_context.get();
  std::string plaintext(box.ciphertext.size(), '\0');
  int written = 0;
  CHECK(EVP_DecryptInit_ex2(context, aes_256_gcm(), bytes_of(key), bytes_of(box.iv), nullptr) == 1);
  CHECK(EVP_DecryptUpdate(context, nullptr, &written, bytes_of(box.header_segment),
                          static_cast<int>(box.header_segment.size())) == 1);
  CHECK(EVP_DecryptUpdate(context, reinterpret_cast<unsigned char*>(plaintext.data()), &written,
                          bytes_of(box.ciphertext), static_cast<int>(box.ciphertext.size())) == 1);
  CHECK(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_SET_TAG, sealing::kTagBytes, box.tag.data()) ==
        1);
  const bool authentic = EVP_DecryptFinal_ex(context, nullptr, &written) == 1;
  EVP_CIPHER_CTX_reset(context);
  if (!authentic) {
    wipe(plaintext);
    return make_error(ErrorCode::kInvalidArgument, "box_unreadable");
  }
  plaintext.resize(plaintext.find_last_not_of(' ') + 1);
  return plaintext;
}

}  // namespace

struct Opener::Impl {
  Impl(std::string scalar_in, sealing::PublicKey key)
      : scalar(std::move(scalar_in)), public_key(std::move(key)) {}
  ~Impl() { wipe(scalar); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  std::string scalar;  // 32 bytes, 1 ≤ scalar < group order
  sealing::PublicKey public_key;
};

Opener::Opener(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Opener::Opener(Opener&&) noexcept = default;
Opener& Opener::operator=(Opener&&) noexcept = default;
Opener::~Opener() = default;

Result<Opener> Opener::generate() {
  std::string scalar = system_random().bytes(sealing::kCoordinateBytes);
  while (!sealing::is_scalar(scalar)) {
    scalar = system_random().bytes(sealing::kCoordinateBytes);
  }
  sealing::PublicKey key{.kid = {}, .point = sealing::public_point(scalar)};
  key.kid = key.thumbprint();
  return Opener(std::make_unique<Impl>(std::move(scalar), std::move(key)));
}

Result<Opener> Opener::from_jwk_json(std::string_view jwk_json) {
  const auto corrupt = [](std::string message) {
    return make_error(ErrorCode::kCorrupt, std::move(message));
  };
  const auto document = json::Document::parse(jwk_json);
  if (!document.has_value()) {
    return corrupt("the private key is not a JSON text");
  }
  auto reader = json::ObjectReader::of(document->root());
  if (!reader.has_value()) {
    return corrupt("the private key is not a JWK");
  }
  const auto read = [&reader](std::string_view name, std::size_t bytes_max) {
    auto text = reader->string(name, bytes_max);
    return text.has_value() ? *std::move(text) : std::string();
  };
  std::string d_text = read("d", 43);
  auto scalar = encoding::base64url_decode(d_text);
  wipe(d_text);
  if (read("kty", 16) != "EC" || read("crv", 16) != "P-256" || !scalar.has_value() ||
      !sealing::is_scalar(*scalar)) {
    return corrupt("the private key is not a P-256 JWK with a valid \"d\"");
  }
  sealing::PublicKey key{.kid = read("kid", sealing::kKeyIdBytesMax),
                         .point = sealing::public_point(*scalar)};
  if (read("x", 43) != encoding::base64url(key.point.x) ||
      read("y", 43) != encoding::base64url(key.point.y)) {
    wipe(*scalar);
    return corrupt("the private key's \"d\" does not belong to its x and y");
  }
  if (key.kid.empty()) {
    key.kid = key.thumbprint();
  }
  return Opener(std::make_unique<Impl>(*std::move(scalar), std::move(key)));
}

const sealing::PublicKey& Opener::public_key() const {
  return impl_->public_key;
}

std::string Opener::to_private_jwk_json() const {
  std::string json;
  json::Writer writer(json);
  writer.object();
  writer.field("alg", "ECDH-ES");
  writer.field("crv", "P-256");
  writer.field("d", encoding::base64url(impl_->scalar));
  writer.field("kid", impl_->public_key.kid);
  writer.field("kty", "EC");
  writer.field("use", "enc");
  writer.field("x", encoding::base64url(impl_->public_key.point.x));
  writer.field("y", encoding::base64url(impl_->public_key.point.y));
  writer.end_object();
  return json;
}

Result<std::string> Opener::open(std::string_view compact_jwe) const {
  ASSIGN_OR_RETURN(sealing::Box box, sealing::take_apart(compact_jwe));
  return open(std::move(box));
}

Result<std::string> Opener::open(sealing::Box box) const {
  if (!box.kid.empty() && box.kid != impl_->public_key.kid) {
    return make_error(ErrorCode::kInvalidArgument, "box_unknown_key");
  }
  auto secret = sealing::shared_secret(impl_->scalar, box.ephemeral);
  if (!secret.has_value()) {
    return make_error(ErrorCode::kInvalidArgument, std::string(sealing::kBoxMalformed));
  }
  std::string key = sealing::concat_kdf(*secret, {.algorithm = "A256GCM"});
  wipe(*secret);
  auto plaintext = decrypt(key, box);
  wipe(key);
  return plaintext;
}

}  // namespace dermaga::unsealing

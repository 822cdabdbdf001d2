#include "shopper_token/shopper_token.h"

#include <utility>

#include "digest/digest.h"
#include "encoding/encoding.h"
#include "json/reader.h"
#include "json/writer.h"

namespace dermaga::shopper_token {
namespace {

using std::chrono::seconds;

constexpr std::size_t kPublicKeyBytes = 32;
constexpr std::size_t kSignatureBytes = 64;
constexpr std::size_t kAudienceBytesMax = 200;
constexpr std::int64_t kTimeMax = std::int64_t{1} << 40;  // seconds

std::string header_of(std::string_view public_key) {
  std::string json;
  json::Writer writer(json);
  writer.object();
  writer.field("alg", "EdDSA");
  writer.field("kid", key_id(public_key));
  writer.field("typ", "dermaga-shopper+jwt");
  writer.end_object();
  return encoding::base64url(json);
}

std::int64_t seconds_of(UtcTime time) {
  return std::chrono::floor<seconds>(time.time_since_epoch()).count();
}

std::unexpected<Error> refused() {
  return make_error(ErrorCode::kUnauthenticated, "the shopper token is not valid; get a new one");
}

Result<Claims> read_claims(std::string_view json) {
  ASSIGN_OR_RETURN(const auto document, json::Document::parse(json));
  ASSIGN_OR_RETURN(auto reader, json::ObjectReader::of(document.root()));
  Claims claims;
  ASSIGN_OR_RETURN(claims.audience, reader.string("aud", kAudienceBytesMax));
  ASSIGN_OR_RETURN(const auto expires_at, reader.integer("exp", 0, kTimeMax));
  ASSIGN_OR_RETURN(const auto issued_at, reader.integer("iat", 0, kTimeMax));
  ASSIGN_OR_RETURN(claims.pseudonym, reader.string("sub", kPseudonymBytes));
  RETURN_IF_ERROR(reader.finish());
  claims.expires_at = UtcTime(seconds(expires_at));
  claims.issued_at = UtcTime(seconds(issued_at));
  return claims;
}

}  // namespace

std::string key_id(std::string_view public_key) {
  CHECK(public_key.size() == kPublicKeyBytes);
  std::string jwk;
  json::Writer writer(jwk);
  writer.object();
  writer.field("crv", "Ed25519");
  writer.field("kty", "OKP");
  writer.field("x", encoding::base64url(public_key));
  writer.end_object();
  return encoding::base64url(digest::sha256(jwk));
}

std::string sign(const digest::SigningKey& key, const Claims& claims) {
  CHECK(claims.pseudonym.size() == kPseudonymBytes);
  std::string json;
  json::Writer writer(json);
  writer.object();
  writer.field("aud", claims.audience);
  writer.field("exp", seconds_of(claims.expires_at));
  writer.field("iat", seconds_of(claims.issued_at));
  writer.field("sub", claims.pseudonym);
  writer.end_object();
  const std::string signed_part = header_of(key.public_key()) + "." + encoding::base64url(json);
  return signed_part + "." + encoding::base64url(key.sign(signed_part));
}

Verifier::Verifier(std::string public_key, std::string audience)
    : public_key_(std::move(public_key)),
      audience_(std::move(audience)),
      header_(header_of(public_key_)) {}

Result<Claims> Verifier::verify(std::string_view token, UtcTime now) const {
  if (token.size() > kTokenBytesMax) {
    return refused();
  }
  const std::size_t first = token.find('.');
  const std::size_t last = token.rfind('.');
  if (first == token.npos || last == first || token.substr(0, first) != header_) {
    return refused();
  }
  const auto signature = encoding::base64url_decode(token.substr(last + 1));
  if (!signature.has_value() || signature->size() != kSignatureBytes ||
      !digest::verify_signature(public_key_, token.substr(0, last), *signature)) {
    return refused();
  }
  const auto payload = encoding::base64url_decode(token.substr(first + 1, last - first - 1));
  auto claims = payload.has_value() ? read_claims(*payload) : refused();
  if (!claims.has_value() || claims->audience != audience_ ||
      claims->pseudonym.size() != kPseudonymBytes || now >= claims->expires_at ||
      claims->issued_at > now + kClockSkewMax ||
      claims->expires_at > claims->issued_at + kLifetime) {
    return refused();
  }
  return claims;
}

}  // namespace dermaga::shopper_token

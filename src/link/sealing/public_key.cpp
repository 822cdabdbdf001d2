#include <algorithm>

#include "digest/digest.h"
#include "encoding/encoding.h"
#include "json/reader.h"
#include "json/writer.h"
#include "sealing/jwe.h"
#include "sealing/sealing.h"

namespace dermaga::sealing {

namespace {

constexpr std::size_t kCoordinateTextBytesMax = 43;

// What a JWE header of ours can carry without escapes.
bool is_plain(std::string_view kid) {
  return std::all_of(kid.begin(), kid.end(),
                     [](char c) { return c > 0x20 && c < 0x7f && c != '"' && c != '\\'; });
}

Result<std::string> read_coordinate(json::ObjectReader& reader, std::string_view name) {
  ASSIGN_OR_RETURN(const std::string text, reader.string(name, kCoordinateTextBytesMax));
  return encoding::base64url_decode(text);
}

}  // namespace

Result<PublicKey> PublicKey::from_jwk_json(std::string_view jwk_json) {
  ASSIGN_OR_RETURN(const auto document, json::Document::parse(jwk_json));
  return from_jwk(document.root());
}

Result<PublicKey> PublicKey::from_jwk(const json::Value& jwk) {
  ASSIGN_OR_RETURN(auto reader, json::ObjectReader::of(jwk));
  ASSIGN_OR_RETURN(const std::string type, reader.string("kty", 16));
  ASSIGN_OR_RETURN(const std::string curve, reader.string("crv", 16));
  if (type != "EC" || curve != "P-256") {
    return make_error(ErrorCode::kInvalidArgument, "a sealing key is of type EC on curve P-256");
  }
  if (reader.optional("d").has_value()) {
    return make_error(ErrorCode::kInvalidArgument, "a private key where a public one belongs");
  }
  PublicKey key;
  ASSIGN_OR_RETURN(const auto kid, reader.optional_string("kid", kKeyIdBytesMax));
  key.kid = kid.value_or("");
  if (!is_plain(key.kid)) {
    return make_error(ErrorCode::kInvalidArgument, "kid must be visible ASCII without quotes");
  }
  ASSIGN_OR_RETURN(key.point.x, read_coordinate(reader, "x"));
  ASSIGN_OR_RETURN(key.point.y, read_coordinate(reader, "y"));
  if (!is_on_curve(key.point)) {
    return make_error(ErrorCode::kInvalidArgument, "the key's point is not on P-256");
  }
  return key;
}

std::string PublicKey::to_jwk_json() const {
  std::string json;
  json::Writer writer(json);
  writer.object();
  writer.field("alg", "ECDH-ES");
  writer.field("crv", "P-256");
  if (!kid.empty()) {
    writer.field("kid", kid);
  }
  writer.field("kty", "EC");
  writer.field("use", "enc");
  writer.field("x", encoding::base64url(point.x));
  writer.field("y", encoding::base64url(point.y));
  writer.end_object();
  return json;
}

std::string PublicKey::thumbprint() const {
  std::string json;
  json::Writer writer(json);
  writer.object();
  writer.field("crv", "P-256");
  writer.field("kty", "EC");
  writer.field("x", encoding::base64url(point.x));
  writer.field("y", encoding::base64url(point.y));
  writer.end_object();
  return encoding::base64url(digest::sha256(json));
}

}  // namespace dermaga::sealing

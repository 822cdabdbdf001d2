#include "sealing/key_set.h"

#include "digest/signature.h"
#include "encoding/encoding.h"
#include "json/reader.h"
#include "json/writer.h"

namespace dermaga::sealing {

namespace {

constexpr std::string_view kLabel = "dermaga.sealing-keys.v1\n";

std::string keys_array(const std::vector<PublicKey>& keys) {
  std::string json;
  json::Writer writer(json);
  writer.array();
  for (const PublicKey& key : keys) {
    writer.raw(key.to_jwk_json());
  }
  writer.end_array();
  return json;
}

std::string signed_text(const std::string& keys_json) {
  return std::string(kLabel) + "{\"keys\":" + keys_json + "}";
}

}  // namespace

std::string write_key_set(const std::vector<PublicKey>& keys,
                          const std::function<std::string(std::string_view)>& sign) {
  const std::string array = keys_array(keys);
  std::string json;
  json::Writer writer(json);
  writer.object();
  writer.key("keys");
  writer.raw(array);
  writer.field("signature", encoding::base64url(sign(signed_text(array))));
  writer.end_object();
  return json;
}

Result<std::vector<PublicKey>> read_key_set(std::string_view json,
                                            std::string_view catalog_public_key) {
  ASSIGN_OR_RETURN(const auto document, json::Document::parse(json));
  ASSIGN_OR_RETURN(auto reader, json::ObjectReader::of(document.root()));
  ASSIGN_OR_RETURN(const auto list, reader.required("keys"));
  ASSIGN_OR_RETURN(const auto items, list.as_array(kKeySetKeysMax));
  ASSIGN_OR_RETURN(const std::string signature_text, reader.string("signature", 128));
  RETURN_IF_ERROR(reader.finish());
  std::vector<PublicKey> keys;
  for (const json::Value& item : items) {
    ASSIGN_OR_RETURN(PublicKey key, PublicKey::from_jwk(item));
    keys.push_back(std::move(key));
  }
  if (keys.empty()) {
    return make_error(ErrorCode::kInvalidArgument, "the key set is empty");
  }
  ASSIGN_OR_RETURN(const std::string signature, encoding::base64url_decode(signature_text));
  // Written again from what was read: members that we do not know are not covered, and not used.
  if (!catalog_public_key.empty() &&
      !digest::verify_signature(catalog_public_key, signed_text(keys_array(keys)), signature)) {
    return make_error(ErrorCode::kForbidden, "the key set's signature is not the catalog key's");
  }
  return keys;
}

}  // namespace dermaga::sealing

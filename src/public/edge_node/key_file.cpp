#include "key_file.h"

#include "encoding/encoding.h"
#include "files/files.h"
#include "json/reader.h"
#include "json/writer.h"

namespace dermaga::edge_node {
namespace {

constexpr std::uint64_t kFileBytesMax = 256 * 1024;
constexpr std::size_t kKeyTextBytes = 64;
constexpr std::size_t kKeyBytes = 32;

Result<std::string> key_of(std::string_view text, std::string_view name) {
  ASSIGN_OR_RETURN(std::string key, encoding::base64url_decode(text));
  if (key.size() != kKeyBytes) {
    return make_error(ErrorCode::kCorrupt, std::string(name) + " must have 32 bytes");
  }
  return key;
}

Result<std::string> read_key(json::ObjectReader& reader, std::string_view name) {
  ASSIGN_OR_RETURN(const std::string text, reader.string(name, kKeyTextBytes));
  return key_of(text, name);
}

Result<contract::EdgeKeys> parse(std::string_view text) {
  ASSIGN_OR_RETURN(const auto document, json::Document::parse(text));
  ASSIGN_OR_RETURN(auto reader, json::ObjectReader::of(document.root()));
  contract::EdgeKeys keys;
  ASSIGN_OR_RETURN(keys.derivation_key, read_key(reader, "derivation_key"));
  ASSIGN_OR_RETURN(keys.catalog_public_key, read_key(reader, "catalog_public_key"));
  ASSIGN_OR_RETURN(keys.sealing_keys_json, reader.string("sealing_keys", kFileBytesMax));
  ASSIGN_OR_RETURN(const auto token_key,
                   reader.optional_string("shopper_token_key", kKeyTextBytes));
  if (token_key.has_value()) {
    ASSIGN_OR_RETURN(keys.shopper_token_key, key_of(*token_key, "shopper_token_key"));
  }
  RETURN_IF_ERROR(reader.finish());
  return keys;
}

}  // namespace

Status write_key_file(const std::string& path, const contract::EdgeKeys& keys) {
  std::string text;
  json::Writer writer(text);
  writer.object();
  writer.field("derivation_key", encoding::base64url(keys.derivation_key));
  writer.field("catalog_public_key", encoding::base64url(keys.catalog_public_key));
  writer.field("sealing_keys", keys.sealing_keys_json);
  if (!keys.shopper_token_key.empty()) {
    writer.field("shopper_token_key", encoding::base64url(keys.shopper_token_key));
  }
  writer.end_object();
  return files::write_file_atomically(path, text, 0600);
}

Result<contract::EdgeKeys> read_key_file(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string text, files::read_secret_file(path, kFileBytesMax));
  auto keys = parse(text);
  if (!keys) {
    return std::unexpected(std::move(keys).error().with_context(path));
  }
  return keys;
}

}  // namespace dermaga::edge_node

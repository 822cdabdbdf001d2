#include "assets.h"

#include <utility>

#include "files/files.h"
#include "json/reader.h"

namespace dermaga::storefront {

namespace {

constexpr std::uint64_t kManifestBytesMax = 256 * 1024;

bool is_plain_path(std::string_view path) {
  return !path.empty() && !path.starts_with('/') && path.find("..") == std::string_view::npos &&
         path.find_first_not_of(
             "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./") ==
             std::string_view::npos;
}

// The address of one source file; the other members of its entry are for other readers.
Result<std::string> address(json::ObjectReader& manifest, std::string_view source) {
  ASSIGN_OR_RETURN(const json::Value chunk, manifest.required(source));
  ASSIGN_OR_RETURN(auto reader, json::ObjectReader::of(chunk));
  ASSIGN_OR_RETURN(const std::string file, reader.string("file", 200));
  if (!is_plain_path(file)) {
    return make_error(ErrorCode::kInvalidArgument,
                      std::string(source) + " names an odd file: '" + file + "'");
  }
  return "/assets/app/" + file;
}

Result<Assets> read_manifest(std::string_view text) {
  ASSIGN_OR_RETURN(const json::Document document, json::Document::parse(text));
  ASSIGN_OR_RETURN(auto manifest, json::ObjectReader::of(document.root()));
  Assets assets;
  ASSIGN_OR_RETURN(assets.script, address(manifest, "src/main.ts"));
  ASSIGN_OR_RETURN(assets.style, address(manifest, "src/storefront.css"));
  ASSIGN_OR_RETURN(assets.icon, address(manifest, "src/images/icon.svg"));
  return assets;
}

}  // namespace

Result<Assets> Assets::load(const std::string& folder) {
  if (folder.empty()) {
    return Assets{};
  }
  const std::string path = folder + "/manifest.json";
  ASSIGN_OR_RETURN(const std::string text, files::read_file(path, kManifestBytesMax));
  Result<Assets> assets = read_manifest(text);
  if (!assets.has_value()) {
    return std::unexpected(std::move(assets).error().with_context(path));
  }
  return assets;
}

}  // namespace dermaga::storefront

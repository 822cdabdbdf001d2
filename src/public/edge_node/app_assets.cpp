#include "app_assets.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "files/files.h"

namespace dermaga::edge_node {
namespace {

struct Kind {
  std::string_view extension;
  std::string_view content_type;
  bool compressible;
};
constexpr Kind kKinds[] = {{".js", "text/javascript; charset=utf-8", true},
                           {".css", "text/css; charset=utf-8", true},
                           {".svg", "image/svg+xml", true},
                           {".json", "application/json", true},
                           {".txt", "text/plain; charset=utf-8", true},
                           {".webmanifest", "application/manifest+json", true},
                           {".ico", "image/x-icon", true},
                           {".woff2", "font/woff2", false},
                           {".png", "image/png", false},
                           {".webp", "image/webp", false},
                           {".avif", "image/avif", false},
                           {".jpg", "image/jpeg", false}};

const Kind* kind_of(const std::string& extension) {
  const auto* found = std::find_if(std::begin(kKinds), std::end(kKinds),
                                   [&](const Kind& kind) { return kind.extension == extension; });
  return found == std::end(kKinds) ? nullptr : found;
}

// "main-BkE3x_9a.js": the build put a hash of the contents behind the last '-' (or '.').
bool has_hashed_name(const std::string& stem) {
  constexpr std::size_t kHashCharsMin = 8;
  const std::size_t at = stem.find_last_of("-.");
  return at != std::string::npos && stem.size() - at - 1 >= kHashCharsMin;
}

std::unique_ptr<const catalog_view::Document> make_document(const std::filesystem::path& path,
                                                            const Kind& kind, std::string bytes) {
  const bool is_hashed = has_hashed_name(path.stem().string());
  catalog_view::DocumentOptions options{
      .content_type = std::string(kind.content_type),
      .cache_control =
          std::string(is_hashed ? catalog_view::kCacheImmutable : catalog_view::kCacheShared),
      .headers = {{"Cross-Origin-Resource-Policy", "same-origin"}},
      .vary = kind.compressible ? "Accept-Encoding" : "",
      .compressible = kind.compressible};
  if (kind.extension == ".svg") {
    options.headers.emplace_back("Content-Security-Policy",
                                 "default-src 'none'; style-src 'unsafe-inline'; sandbox");
  }
  auto document =
      std::make_unique<const catalog_view::Document>(std::move(options), std::move(bytes));
  for (const char* coding : {"", "gzip", "br", "zstd"}) {
    for (const bool secure : {false, true}) {
      document->answer(coding, "", secure);
    }
  }
  return document;
}

}  // namespace

Result<AppAssets> AppAssets::load(const std::string& folder) {
  AppAssets assets;
  if (folder.empty()) {
    return assets;
  }
  std::error_code error;
  std::filesystem::recursive_directory_iterator entries(folder, error);
  if (error) {
    return make_error(ErrorCode::kNotFound, "web assets " + folder + ": " + error.message() +
                                                "; build them or give another --assets");
  }
  for (const auto& entry : entries) {
    const std::filesystem::path& path = entry.path();
    const std::string name = path.filename().string();
    if (!entry.is_regular_file() || name.front() == '.' || name == "manifest.json" ||
        path.extension() == ".map") {
      continue;
    }
    const Kind* kind = kind_of(path.extension().string());
    if (kind == nullptr) {
      return make_error(ErrorCode::kInvalidArgument,
                        "web assets: " + path.string() + " is of no kind that is served");
    }
    if (assets.documents_.size() == kFilesMax) {
      return make_error(ErrorCode::kInvalidArgument,
                        "web assets: more than 1000 files in " + folder);
    }
    ASSIGN_OR_RETURN(std::string bytes, files::read_file(path.string(), kFileBytesMax));
    assets.documents_.emplace(std::filesystem::relative(path, folder).generic_string(),
                              make_document(path, *kind, std::move(bytes)));
  }
  return assets;
}

const catalog_view::Document* AppAssets::find(std::string_view path) const {
  const auto found = documents_.find(std::string(path));
  return found == documents_.end() ? nullptr : found->second.get();
}

}  // namespace dermaga::edge_node

#include "console_files.h"

#include <filesystem>
#include <utility>
#include <vector>

#include "files/files.h"

namespace dermaga::admin_api {
namespace {

constexpr std::uint64_t kBytesMax = std::uint64_t{16} * 1024 * 1024;
constexpr std::string_view kIndex = "/index.html";

std::string_view content_type(std::string_view path) {
  constexpr std::pair<std::string_view, std::string_view> kTypes[] = {
      {".html", "text/html; charset=utf-8"},
      {".js", "text/javascript; charset=utf-8"},
      {".css", "text/css; charset=utf-8"},
      {".svg", "image/svg+xml"},
      {".png", "image/png"},
      {".ico", "image/x-icon"},
      {".json", "application/json"},
      {".txt", "text/plain; charset=utf-8"},
  };
  for (const auto& [ending, type] : kTypes) {
    if (path.ends_with(ending)) {
      return type;
    }
  }
  return "application/octet-stream";
}

// Names below /assets/ carry a hash of their content.
std::string_view caching(std::string_view path) {
  return path.starts_with("/assets/") ? "public, max-age=31536000, immutable" : "no-cache";
}

std::shared_ptr<const http::PreparedResponse> prepare_file(std::string_view path,
                                                           std::string content) {
  http::Response response{200, security_headers(), std::move(content)};
  response.headers.emplace_back("Content-Type", content_type(path));
  response.headers.emplace_back("Cache-Control", caching(path));
  return http::prepare(response);
}

}  // namespace

std::vector<http::Header> security_headers() {
  return {{"Content-Security-Policy",
           "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
           "connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; "
           "frame-ancestors 'none'"},
          {"X-Content-Type-Options", "nosniff"},
          {"X-Frame-Options", "DENY"},
          {"Referrer-Policy", "no-referrer"},
          {"Cross-Origin-Opener-Policy", "same-origin"},
          {"Cross-Origin-Resource-Policy", "same-origin"},
          {"Permissions-Policy",
           "camera=(), microphone=(), geolocation=(), publickey-credentials-get=(self), "
           "publickey-credentials-create=(self)"},
          {"Strict-Transport-Security", "max-age=31536000"}};
}

Result<ConsoleFiles> ConsoleFiles::load(const std::string& folder) {
  ConsoleFiles console;
  if (folder.empty()) {
    return console;
  }
  std::uint64_t bytes = 0;
  std::error_code failure;
  std::filesystem::recursive_directory_iterator entry(folder, failure);
  for (; !failure && entry != std::filesystem::recursive_directory_iterator();
       entry.increment(failure)) {
    std::error_code unknown;
    const std::string file = entry->path().string();
    if (!entry->is_regular_file(unknown) || entry->path().filename().string().starts_with(".")) {
      continue;
    }
    const std::string path = file.substr(folder.size() + (folder.ends_with('/') ? -1 : 0));
    ASSIGN_OR_RETURN(std::string content, files::read_file(file, kBytesMax - bytes));
    bytes += content.size();
    console.files_.emplace(path, prepare_file(path, std::move(content)));
  }
  if (failure) {
    return make_errno_error("read " + folder, failure.value());
  }
  if (!console.files_.contains(kIndex)) {
    return make_error(ErrorCode::kInvalidArgument,
                      folder + " holds no console: there is no index.html");
  }
  return console;
}

std::shared_ptr<const http::PreparedResponse> ConsoleFiles::find(std::string_view path) const {
  const auto found = files_.find(path);
  if (found != files_.end()) {
    return found->second;
  }
  if (path.find('.') != path.npos) {
    return nullptr;
  }
  const auto index = files_.find(kIndex);
  return index == files_.end() ? nullptr : index->second;
}

}  // namespace dermaga::admin_api

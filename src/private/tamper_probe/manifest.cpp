#include "tamper_probe/manifest.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "digest/digest.h"
#include "encoding/encoding.h"
#include "files/files.h"
#include "json/reader.h"
#include "json/writer.h"

namespace dermaga::tamper_probe {

namespace {

constexpr std::size_t kFilesMax = 500;
constexpr std::uint64_t kBuildBytesMax = std::uint64_t{32} * 1024 * 1024;
constexpr std::uint64_t kBuildManifestBytesMax = 256 * 1024;
constexpr std::size_t kPathBytesMax = 200;
constexpr std::size_t kTextBytesMax = 1024;
constexpr std::string_view kSigned = "dermaga.storefront-manifest.v1\n";

bool is_plain_path(std::string_view path) {
  return !path.empty() && path.size() <= kPathBytesMax && !path.starts_with('/') &&
         !path.contains("..") &&
         path.find_first_not_of(
             "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./") == path.npos;
}

// Vite's manifest names the entries; the other members are for other readers.
Result<std::string> entry(json::ObjectReader& build, std::string_view source) {
  ASSIGN_OR_RETURN(const json::Value chunk, build.required(source));
  ASSIGN_OR_RETURN(auto reader, json::ObjectReader::of(chunk));
  return reader.string("file", kPathBytesMax);
}

Status read_entries(const std::string& folder, Manifest& manifest) {
  ASSIGN_OR_RETURN(const std::string text,
                   files::read_file(folder + "/manifest.json", kBuildManifestBytesMax));
  ASSIGN_OR_RETURN(const json::Document document, json::Document::parse(text));
  ASSIGN_OR_RETURN(auto build, json::ObjectReader::of(document.root()));
  ASSIGN_OR_RETURN(manifest.script, entry(build, "src/main.ts"));
  ASSIGN_OR_RETURN(manifest.style, entry(build, "src/storefront.css"));
  ASSIGN_OR_RETURN(manifest.icon, entry(build, "src/images/icon.svg"));
  for (const std::string* file : {&manifest.script, &manifest.style, &manifest.icon}) {
    if (!manifest.files.contains(*file)) {
      return make_error(ErrorCode::kInvalidArgument,
                        "its manifest names " + *file + ", which is not there");
    }
  }
  return {};
}

// As edges do it: neither hidden files, nor the build's own manifest, nor source maps.
bool is_served(const std::filesystem::path& path) {
  const std::string name = path.filename().string();
  return name.front() != '.' && name != "manifest.json" && path.extension() != ".map";
}

Status hash_files(const std::string& folder, Manifest& manifest) {
  std::error_code failure;
  std::filesystem::recursive_directory_iterator entries(folder, failure);
  std::uint64_t bytes_left = kBuildBytesMax;
  for (; !failure && entries != std::filesystem::recursive_directory_iterator();
       entries.increment(failure)) {
    if (!entries->is_regular_file() || !is_served(entries->path())) {
      continue;
    }
    const std::string path = std::filesystem::relative(entries->path(), folder).generic_string();
    if (!is_plain_path(path) || manifest.files.size() == kFilesMax) {
      return make_error(ErrorCode::kInvalidArgument,
                        "a file too many, or with an odd name: " + path);
    }
    ASSIGN_OR_RETURN(const std::string bytes,
                     files::read_file(entries->path().string(), bytes_left));
    bytes_left -= bytes.size();
    manifest.files[path] = encoding::hex(digest::sha256(bytes));
  }
  return failure ? Status(make_errno_error("list " + folder, failure.value())) : Status();
}

std::string to_json(const Manifest& manifest) {
  std::string out;
  json::Writer writer(out);
  writer.object();
  writer.field("accepted_at", format_rfc3339(manifest.accepted_at));
  writer.field("accepted_by", manifest.accepted_by);
  writer.key("files");
  writer.object();
  for (const auto& [path, hash] : manifest.files) {
    writer.field(path, hash);
  }
  writer.end_object();
  writer.field("icon", manifest.icon);
  writer.field("reason", manifest.reason);
  writer.field("script", manifest.script);
  writer.field("style", manifest.style);
  writer.end_object();
  return out;
}

Result<Manifest> from_json(std::string_view text) {
  ASSIGN_OR_RETURN(const json::Document document, json::Document::parse(text));
  ASSIGN_OR_RETURN(auto reader, json::ObjectReader::of(document.root()));
  Manifest manifest;
  ASSIGN_OR_RETURN(const std::string accepted_at, reader.string("accepted_at", kTextBytesMax));
  ASSIGN_OR_RETURN(manifest.accepted_at, parse_rfc3339(accepted_at));
  ASSIGN_OR_RETURN(manifest.accepted_by, reader.string("accepted_by", kTextBytesMax));
  ASSIGN_OR_RETURN(manifest.icon, reader.string("icon", kPathBytesMax));
  ASSIGN_OR_RETURN(manifest.reason, reader.string("reason", kTextBytesMax));
  ASSIGN_OR_RETURN(manifest.script, reader.string("script", kPathBytesMax));
  ASSIGN_OR_RETURN(manifest.style, reader.string("style", kPathBytesMax));
  ASSIGN_OR_RETURN(const json::Value files, reader.required("files"));
  ASSIGN_OR_RETURN(const auto members, files.as_members(kFilesMax));
  for (const auto& [path, hash] : members) {
    ASSIGN_OR_RETURN(const std::string_view hex, hash.as_string(2 * digest::kSha256Bytes));
    manifest.files[path] = hex;
  }
  RETURN_IF_ERROR(reader.finish());
  return manifest;
}

}  // namespace

Result<Manifest> read_build(const std::string& folder) {
  Manifest manifest;
  Status read = hash_files(folder, manifest);
  if (read.has_value()) {
    read = read_entries(folder, manifest);
  }
  if (!read.has_value()) {
    return std::unexpected(
        std::move(read).error().with_context(folder + " is not a build of the storefront"));
  }
  return manifest;
}

std::string to_file(const Manifest& manifest, const digest::SigningKey& key) {
  const std::string body = to_json(manifest);
  return body + "\n" + encoding::base64url(key.sign(std::string(kSigned) + body)) + "\n";
}

Result<Manifest> from_file(std::string_view bytes, const std::string& public_key) {
  const auto damaged = [] {
    return make_error(ErrorCode::kCorrupt,
                      "the accepted build's manifest was not signed by this shop: accept the build "
                      "again, and find out who wrote the file");
  };
  const std::size_t end = bytes.find('\n');
  if (end == bytes.npos || !bytes.ends_with('\n')) {
    return damaged();
  }
  const std::string_view body = bytes.substr(0, end);
  const auto signature = encoding::base64url_decode(bytes.substr(end + 1, bytes.size() - end - 2));
  if (!signature.has_value() ||
      !digest::verify_signature(public_key, std::string(kSigned) + std::string(body), *signature)) {
    return damaged();
  }
  return from_json(body);
}

}  // namespace dermaga::tamper_probe

#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.h"

namespace dermaga::catalog_view {

enum class Coding { kIdentity, kGzip, kBrotli, kZstd };
inline constexpr std::size_t kCodingCount = 4;

// The coding to answer with: the client's highest q-value; among equals brotli, zstd, gzip,
// identity (the smallest first). Unreadable headers mean identity.
Coding negotiate_coding(std::string_view accept_encoding);

// Compressed bytes at the level that suits answers made once per change.
std::string encode(Coding coding, std::string_view body);

// Sets of headers that every answer of a kind carries.
inline constexpr std::string_view kCacheShared = "public, max-age=60, stale-while-revalidate=600";
inline constexpr std::string_view kCacheImmutable = "public, max-age=31536000, immutable";

struct DocumentOptions {
  int status = 200;
  std::string content_type;
  std::string cache_control = std::string(kCacheShared);
  std::vector<http::Header> headers;  // further ones, for instance Content-Security-Policy
  std::string vary = "Accept-Encoding";
  bool compressible = true;  // false for images that are compressed already
};

// A body that is sent again and again. Each coding is made at most once, when it is first asked
// for; every answer has ETag (strong, one per coding), Vary, Cache-Control and nosniff, and over
// TLS Strict-Transport-Security. Immutable to its users and thread-safe.
class Document {
 public:
  Document(DocumentOptions options, std::string body);

  const std::string& body() const { return body_; }
  std::size_t bytes() const;  // what it holds in memory now, roughly

  // 200 (or the document's status), or 304 when If-None-Match names the coding's ETag or "*".
  std::shared_ptr<const http::PreparedResponse> answer(const http::Request& request) const;
  std::shared_ptr<const http::PreparedResponse> answer(std::string_view accept_encoding,
                                                       std::string_view if_none_match,
                                                       bool secure) const;

 private:
  struct Form {  // one coding, plain or over TLS
    std::once_flag once;
    std::shared_ptr<const http::PreparedResponse> full;
    std::shared_ptr<const http::PreparedResponse> not_modified;
    std::string etag;
  };
  const Form& form(Coding coding, bool secure) const;

  DocumentOptions options_;
  std::string body_;
  mutable std::array<Form, 2 * kCodingCount> forms_;
  mutable std::atomic<std::size_t> encoded_bytes_{0};
};

}  // namespace dermaga::catalog_view

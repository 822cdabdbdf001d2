#include "catalog_view/document.h"

#include <utility>

#include "digest/digest.h"
#include "encoding/encoding.h"
#include "page_policy/page_policy.h"

namespace dermaga::catalog_view {
namespace {

constexpr std::size_t kCompressFrom = 256;  // bytes; below it a coding saves nothing
constexpr std::string_view kCodingNames[kCodingCount] = {"", "gzip", "br", "zstd"};

// True when the header names this tag; weak forms of it count too (RFC 9110 13.1.2).
bool names_tag(std::string_view if_none_match, std::string_view etag) {
  if (if_none_match.find_first_not_of(" \t") == std::string_view::npos) {
    return false;
  }
  if (if_none_match == "*") {
    return true;
  }
  // A tag is quoted and has no quote inside, so it cannot be part of another.
  return if_none_match.find(etag) != std::string_view::npos;
}

}  // namespace

Document::Document(DocumentOptions options, std::string body)
    : options_(std::move(options)), body_(std::move(body)) {
  options_.compressible = options_.compressible && body_.size() >= kCompressFrom;
}

std::size_t Document::bytes() const {
  return sizeof(*this) + body_.size() + encoded_bytes_.load(std::memory_order_relaxed);
}

const Document::Form& Document::form(Coding coding, bool secure) const {
  const auto index = static_cast<std::size_t>(coding);
  Form& form = forms_[2 * index + (secure ? 1 : 0)];
  std::call_once(form.once, [&] {
    http::Response response;
    response.status = options_.status;
    response.body = encode(coding, body_);
    // Strong: over the very bytes sent, so that no two codings share one.
    form.etag = "\"" + encoding::base64url(digest::sha256(response.body).substr(0, 15)) + "-" +
                std::to_string(index) + "\"";
    http::Response unchanged;
    unchanged.status = 304;
    for (http::Response* each : {&response, &unchanged}) {
      each->headers.emplace_back("ETag", form.etag);
      each->headers.emplace_back("Cache-Control", options_.cache_control);
      if (!options_.vary.empty()) {
        each->headers.emplace_back("Vary", options_.vary);
      }
      if (secure) {
        each->headers.emplace_back("Strict-Transport-Security",
                                   std::string(page_policy::kStrictTransportSecurity));
      }
      for (const http::Header& header : options_.headers) {
        each->headers.push_back(header);
      }
    }
    response.headers.emplace_back("Content-Type", options_.content_type);
    response.headers.emplace_back("X-Content-Type-Options",
                                  std::string(page_policy::kContentTypeOptions));
    if (coding != Coding::kIdentity) {
      response.headers.emplace_back("Content-Encoding", std::string(kCodingNames[index]));
    }
    form.full = http::prepare(response);
    form.not_modified = http::prepare(unchanged);
    encoded_bytes_.fetch_add(
        form.full->body.size() + form.full->head.size() + form.not_modified->head.size(),
        std::memory_order_relaxed);
  });
  return form;
}

std::shared_ptr<const http::PreparedResponse> Document::answer(std::string_view accept_encoding,
                                                               std::string_view if_none_match,
                                                               bool secure) const {
  const Coding coding =
      options_.compressible ? negotiate_coding(accept_encoding) : Coding::kIdentity;
  const Form& chosen = form(coding, secure);
  if (options_.status == 200 && names_tag(if_none_match, chosen.etag)) {
    return chosen.not_modified;
  }
  return chosen.full;
}

std::shared_ptr<const http::PreparedResponse> Document::answer(const http::Request& request) const {
  return answer(request.header("Accept-Encoding"), request.header("If-None-Match"), request.secure);
}

}  // namespace dermaga::catalog_view

#include "page_policy/page_policy.h"

#include <set>
#include <string_view>
#include <utility>

namespace dermaga::page_policy {
namespace {

constexpr std::size_t kImageHostsMax = 20;

// "https://host[:port]" of an https address; empty for anything else, so that no address can write
// into the policy.
std::string origin_of(const std::string& url) {
  constexpr std::string_view kScheme = "https://";
  if (!url.starts_with(kScheme)) {
    return {};
  }
  const std::string host =
      url.substr(kScheme.size(), url.find_first_of("/?#", kScheme.size()) - kScheme.size());
  constexpr std::string_view kAllowed =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:";
  if (host.empty() || host.find_first_not_of(kAllowed) != std::string::npos) {
    return {};
  }
  return std::string(kScheme) + host;
}

std::string image_sources(const product::Assortment& assortment) {
  std::set<std::string> origins;
  for (const product::Product& product : assortment.products) {
    for (const product::Image& image : product.images) {
      if (std::string origin = origin_of(image.remote_url); !origin.empty()) {
        origins.insert(std::move(origin));
      }
    }
  }
  if (origins.size() > kImageHostsMax) {
    return " https:";
  }
  std::string out;
  for (const std::string& origin : origins) {
    out += " " + origin;
  }
  return out;
}

}  // namespace

std::string content_security_policy(const product::Assortment& assortment) {
  return "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'" +
         image_sources(assortment) +
         "; font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; "
         "base-uri 'none'; frame-ancestors 'none'";
}

std::vector<Header> page_security_headers(const std::string& content_security_policy) {
  return {{"Content-Security-Policy", content_security_policy},
          {"Referrer-Policy", "strict-origin-when-cross-origin"},
          {"Permissions-Policy",
           "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()"},
          {"Cross-Origin-Opener-Policy", "same-origin"},
          {"Cross-Origin-Resource-Policy", "same-origin"},
          {"X-Frame-Options", "DENY"}};
}

}  // namespace dermaga::page_policy

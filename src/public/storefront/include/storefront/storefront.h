#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "catalog_view/view.h"
#include "http/message.h"
#include "result/result.h"

namespace dermaga::storefront {

// What a page may depend on. Views into the http::Request.
struct PageRequest {
  std::string_view path;   // not decoded
  std::string_view query;  // without '?', not decoded
  std::string_view accept_language;
  std::string_view cookie;  // the Cookie header
  bool secure = false;
};

// The server-rendered pages: home, category, search, product, cart, checkout, order status,
// account.
// Thread-safe.
class Storefront {
 public:
  struct Options {
    std::string assets_folder;  // the built web assets, served by the edge at /assets/app/<path>
    std::string public_url;     // "https://shop.example", for canonical links; may be empty
  };
  static Result<std::unique_ptr<Storefront>> create(const Options& options);
  virtual ~Storefront() = default;

  // The page, a redirect or a 404 page; nullopt when the path is none of its own. The edge adds
  // security headers, content codings, ETag and 304, and keeps a page in the view's memo under
  // path, query and the accepted languages when its Cache-Control begins with "public": such a
  // page must not depend on the cookie.
  virtual std::optional<http::Response> page(const PageRequest& request,
                                             const catalog_view::View& view) const = 0;

  // For people, where there is no page and perhaps not even a catalog yet: 404, 500, 503.
  virtual http::Response error_page(int status, const PageRequest& request) const = 0;
};

}  // namespace dermaga::storefront

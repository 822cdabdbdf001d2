#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "app_assets.h"
#include "catalog_images.h"
#include "catalog_view/view.h"
#include "http/server.h"
#include "store_api/store_api.h"
#include "storefront/storefront.h"

namespace dermaga::edge_node {

// Shoppers' requests, by path: store API, catalog images, web assets, pages. Adds what every answer
// of its kind carries. Thread-safe.
class Router final : public http::Handler {
 public:
  struct Parts {
    const catalog_view::Holder* views = nullptr;
    store_api::StoreApi* api = nullptr;
    CatalogImages* images = nullptr;
    const AppAssets* assets = nullptr;
    const storefront::Storefront* storefront = nullptr;
    bool access_log = false;
    bool log_addresses = false;
  };
  explicit Router(const Parts& parts);

  // Takes over the image hosts of a new catalog.
  void use(const catalog_view::View& view);

  void handle(const http::Request& request, http::Responder responder) override;

 private:
  void dispatch(const http::Request& request, const store_api::Reply& reply);
  store_api::Answer page(const http::Request& request) const;
  store_api::Answer finish_page(http::Response response) const;

  const Parts parts_;
  std::atomic<std::shared_ptr<const std::string>> policy_;
};

}  // namespace dermaga::edge_node

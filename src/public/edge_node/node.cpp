#include "edge_node/node.h"

#include <utility>

#include "app_assets.h"
#include "catalog_images.h"
#include "catalog_keeper.h"
#include "files/files.h"
#include "internal_handler.h"
#include "log/log.h"
#include "router.h"

namespace dermaga::edge_node {
namespace {

class EdgeNode final : public Node {
 public:
  EdgeNode(const NodeOptions& options, AppAssets assets, EdgeLink& link,
           const storefront::Storefront& storefront, const Clock& clock)
      : assets_(std::move(assets)),
        api_(views_, link, clock, options.api),
        images_(std::make_shared<CatalogImages>(options.data_folder + "/images", link)),
        router_(std::make_shared<Router>(Router::Parts{.views = &views_,
                                                       .api = &api_,
                                                       .images = images_.get(),
                                                       .assets = &assets_,
                                                       .storefront = &storefront,
                                                       .access_log = options.access_log,
                                                       .log_addresses = options.log_addresses})),
        internal_(std::make_shared<InternalHandler>(*options.registry, views_)),
        connected_(options.registry->gauge("dermaga_edge_link_connected",
                                           "1 while the link to core is up.")),
        core_capacity_(
            options.registry->gauge("dermaga_edge_core_orders_per_second",
                                    "Orders per second that core says it can take; 0: not known.")),
        keeper_({.folder = options.data_folder,
                 .registry = options.registry,
                 .use_keys = [this](const contract::EdgeKeys& keys) { return api_.set_keys(keys); },
                 .use_catalog =
                     [this](const catalog_view::View& view) {
                       router_->use(view);
                       images_->use(view);
                     }},
                views_) {
    keeper_.load();
  }
  ~EdgeNode() override { images_->stop(); }

  std::uint64_t loaded_version() const override { return keeper_.loaded_version(); }

  void on_connected(bool connected) override {
    connected_.set(connected ? 1 : 0);
    log::info(connected ? "link_connected" : "link_lost");
    if (connected) {
      images_->fetch_missing();
    }
  }
  void on_keys(const contract::EdgeKeys& keys) override { keeper_.on_keys(keys); }
  void on_snapshot(contract::SignedSnapshot snapshot) override {
    keeper_.on_snapshot(std::move(snapshot));
  }
  void on_capacity(const contract::CapacityUpdate& update) override {
    api_.set_core_capacity(update.orders_per_second);
    core_capacity_.set(update.orders_per_second);
    keeper_.on_capacity(update);
  }

  std::shared_ptr<http::Handler> public_handler() override { return router_; }
  std::shared_ptr<http::Handler> internal_handler() override { return internal_; }
  void set_listening(bool listening) override { internal_->set_listening(listening); }

 private:
  const AppAssets assets_;
  catalog_view::Holder views_;
  store_api::StoreApi api_;
  std::shared_ptr<CatalogImages> images_;
  std::shared_ptr<Router> router_;
  std::shared_ptr<InternalHandler> internal_;
  metrics::Gauge& connected_;
  metrics::Gauge& core_capacity_;
  CatalogKeeper keeper_;  // last: its thread uses all of the above
};

}  // namespace

Result<std::unique_ptr<Node>> Node::open(const NodeOptions& options, EdgeLink& link,
                                         const storefront::Storefront& storefront,
                                         const Clock& clock) {
  CHECK(options.registry != nullptr);
  RETURN_IF_ERROR(files::make_directories(options.data_folder + "/images", 0700));
  ASSIGN_OR_RETURN(auto assets, AppAssets::load(options.assets_folder));
  return std::make_unique<EdgeNode>(options, std::move(assets), link, storefront, clock);
}

}  // namespace dermaga::edge_node

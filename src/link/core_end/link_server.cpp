#include "core_end/core_end.h"
#include "core_methods.h"

namespace dermaga::core_end {

namespace {

class LinkServerImpl final : public LinkServer {
 public:
  LinkServerImpl(std::shared_ptr<contract::CoreService> core,
                 std::shared_ptr<contract::DeliveryService> spools, metrics::Registry* registry)
      : methods_(std::move(core), std::move(spools), registry) {}

  Status listen(LinkServerOptions options) {
    ASSIGN_OR_RETURN(server_, serving::Server::start(std::move(options), methods_.methods()));
    return {};
  }

  int port() const override { return server_->port(); }
  void stop(std::chrono::milliseconds patience) override { server_->stop(patience); }

 private:
  CoreMethods methods_;
  std::unique_ptr<serving::Server> server_;  // last: its threads use the methods
};

}  // namespace

Result<std::unique_ptr<LinkServer>> LinkServer::start(
    LinkServerOptions options, std::shared_ptr<contract::CoreService> core,
    std::shared_ptr<contract::DeliveryService> spools) {
  auto server =
      std::make_unique<LinkServerImpl>(std::move(core), std::move(spools), options.registry);
  RETURN_IF_ERROR(server->listen(std::move(options)));
  return server;
}

}  // namespace dermaga::core_end

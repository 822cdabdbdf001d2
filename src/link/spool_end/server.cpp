#include "spool_end/server.h"

#include <utility>

#include "wire/messages.h"

namespace dermaga::spool_end {
namespace {

using serving::Methods;
using serving::Role;

class SpoolServerImpl final : public SpoolServer {
 public:
  explicit SpoolServerImpl(std::shared_ptr<contract::SpoolService> spool)
      : spool_(std::move(spool)) {}

  Status listen(serving::ServerOptions options) {
    ASSIGN_OR_RETURN(server_, serving::Server::start(std::move(options), methods()));
    return {};
  }
  int port() const override { return server_->port(); }
  void stop(std::chrono::milliseconds patience) override { server_->stop(patience); }

 private:
  Methods methods() {
    Methods methods;
    methods.add_single(
        "/dermaga.link.v1.Spool/Append",
        [spool = spool_](const std::string& bytes, const Role&, Methods::Reply reply) {
          auto request = wire::decode<wire::SpoolAppend>(bytes);
          if (!request.has_value()) {
            reply(std::unexpected(std::move(request).error()));
            return;
          }
          spool->append(std::move(request->orders),
                        [reply = std::move(reply)](std::vector<contract::SpoolOutcome> outcomes) {
                          reply(wire::encode(wire::SpoolAppendAnswer{std::move(outcomes)}));
                        });
        });
    methods.add_blocking(
        "/dermaga.link.v1.Spool/View",
        [spool = spool_](const std::string& bytes, const Role&) -> Result<std::string> {
          ASSIGN_OR_RETURN(const auto request, wire::decode<wire::SpoolView>(bytes));
          ASSIGN_OR_RETURN(const auto view, spool->order_view(request.id));
          return wire::encode(view);
        });
    return methods;
  }

  const std::shared_ptr<contract::SpoolService> spool_;
  std::unique_ptr<serving::Server> server_;
};

}  // namespace

Result<std::unique_ptr<SpoolServer>> SpoolServer::start(
    serving::ServerOptions options, std::shared_ptr<contract::SpoolService> spool) {
  auto server = std::make_unique<SpoolServerImpl>(std::move(spool));
  RETURN_IF_ERROR(server->listen(std::move(options)));
  return server;
}

}  // namespace dermaga::spool_end

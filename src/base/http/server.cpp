#include "http/server.h"

#include <thread>
#include <vector>

#include "listen_socket.h"
#include "loop.h"
#include "server_state.h"

namespace dermaga::http {
namespace {

constexpr unsigned kThreadsMax = 256;

Status check_options(const ServerOptions& options) {
  const auto refuse = [](std::string what) {
    return make_error(ErrorCode::kInvalidArgument, "http server: " + std::move(what));
  };
  if (options.listeners.empty()) {
    return refuse("no listener");
  }
  if (options.threads == 0 || options.threads > kThreadsMax) {
    return refuse("threads must be from 1 to " + std::to_string(kThreadsMax));
  }
  if (options.header_bytes_max < 256 || options.header_bytes_max > 1024 * 1024) {
    return refuse("header_bytes_max must be from 256 to 1048576");
  }
  for (const Listener& listener : options.listeners) {
    if (listener.tls && (options.certificate_file.empty() || options.private_key_file.empty())) {
      return refuse("a TLS listener needs a certificate and a private key");
    }
  }
  return {};
}

class LoopServer final : public Server {
 public:
  LoopServer(ServerOptions options, std::shared_ptr<Handler> handler)
      : state_(std::move(options), std::move(handler)) {}

  ~LoopServer() override { stop(); }

  Status open() {
    const ServerOptions& options = state_.options;
    if (uses_tls()) {
      RETURN_IF_ERROR(reload_certificate());
    }
    for (unsigned i = 0; i < options.threads; ++i) {
      loops_.push_back(std::make_unique<Loop>(state_));
    }
    for (const Listener& listener : options.listeners) {
      ASSIGN_OR_RETURN(ListenSockets sockets, listen_on(listener, options.threads));
      ports_.push_back(sockets.port);
      const std::vector<int> descriptors = sockets.release();
      for (std::size_t i = 0; i < descriptors.size(); ++i) {
        loops_[i]->add_listener(descriptors[i], listener.tls);
      }
    }
    for (const auto& loop : loops_) {
      threads_.emplace_back([&loop = *loop] { loop.run(); });
    }
    return {};
  }

  std::uint16_t port(std::size_t listener_index) const override {
    CHECK(listener_index < ports_.size());
    return ports_[listener_index];
  }

  Status reload_certificate() override {
    ASSIGN_OR_RETURN(SslContext context, server_tls_context(state_.options.certificate_file,
                                                            state_.options.private_key_file));
    state_.tls.set(std::move(context));
    return {};
  }

  void drain(std::chrono::milliseconds patience) override {
    if (threads_.empty()) {
      return;  // drained before
    }
    for (const auto& loop : loops_) {
      loop->begin_drain();
    }
    state_.wait_until_idle(patience);
    stop();
  }

 private:
  bool uses_tls() const {
    for (const Listener& listener : state_.options.listeners) {
      if (listener.tls) {
        return true;
      }
    }
    return false;
  }

  void stop() {
    for (std::size_t i = 0; i < threads_.size(); ++i) {
      loops_[i]->stop();
    }
    threads_.clear();  // joins
  }

  ServerState state_;
  std::vector<std::unique_ptr<Loop>> loops_;
  std::vector<std::uint16_t> ports_;
  std::vector<std::jthread> threads_;
};

}  // namespace

Result<std::unique_ptr<Server>> Server::start(ServerOptions options,
                                              std::shared_ptr<Handler> handler) {
  CHECK(handler != nullptr);
  RETURN_IF_ERROR(check_options(options));
  auto server = std::make_unique<LoopServer>(std::move(options), std::move(handler));
  RETURN_IF_ERROR(server->open());
  return server;
}

}  // namespace dermaga::http

#include "server_state.h"

namespace dermaga::http {

ServerState::ServerState(ServerOptions server_options, std::shared_ptr<Handler> request_handler)
    : options(std::move(server_options)), handler(std::move(request_handler)) {
  if (options.registry != nullptr) {
    metrics.emplace(*options.registry);
  }
}

bool ServerState::claim_connection() {
  if (connections_.fetch_add(1) >= options.connections_max) {
    release_connection();
    return false;
  }
  return true;
}

void ServerState::release_connection() {
  if (connections_.fetch_sub(1) == 1) {
    const std::lock_guard lock(mutex_);
    idle_.notify_all();
  }
}

bool ServerState::wait_until_idle(std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  return idle_.wait_for(lock, patience, [this] { return connections_.load() == 0; });
}

}  // namespace dermaga::http

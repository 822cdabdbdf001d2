#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>

#include "http/server.h"
#include "server_metrics.h"
#include "tls_context.h"

namespace dermaga::http {

// What all loops of one server share. Thread-safe; `options` does not change.
class ServerState {
 public:
  ServerState(ServerOptions server_options, std::shared_ptr<Handler> request_handler);

  const ServerOptions options;
  const std::shared_ptr<Handler> handler;
  TlsContextHolder tls;
  std::optional<ServerMetrics> metrics;

  // False when connections_max are open; otherwise release_connection() is owed.
  bool claim_connection();
  void release_connection();
  // Counts as one connection, without a limit; release_connection() is owed.
  void hold() { connections_.fetch_add(1); }
  // True when no connection is left before `patience` ends.
  bool wait_until_idle(std::chrono::milliseconds patience);

 private:
  std::atomic<std::size_t> connections_{0};
  std::mutex mutex_;
  std::condition_variable idle_;
};

}  // namespace dermaga::http

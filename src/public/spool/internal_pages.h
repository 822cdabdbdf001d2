#pragma once

#include <atomic>

#include "http/server.h"
#include "metrics/metrics.h"
#include "spool_node/keeper.h"

namespace dermaga::spool {

// /metrics, /healthz and /readyz for the private monitoring port.
class InternalPages final : public http::Handler {
 public:
  InternalPages(metrics::Registry& registry, spool_node::Keeper& keeper)
      : registry_(registry), keeper_(keeper) {}

  void set_ready(bool ready) { ready_ = ready; }
  void handle(const http::Request& request, http::Responder responder) override;

 private:
  http::Response answer(const http::Request& request);

  metrics::Registry& registry_;
  spool_node::Keeper& keeper_;
  std::atomic<bool> ready_ = false;
};

}  // namespace dermaga::spool

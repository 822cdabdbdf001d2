#pragma once

#include <atomic>

#include "catalog_view/view.h"
#include "http/server.h"
#include "metrics/metrics.h"

namespace dermaga::edge_node {

// /metrics, /healthz and /readyz on the private monitoring port.
class InternalHandler final : public http::Handler {
 public:
  InternalHandler(const metrics::Registry& registry, const catalog_view::Holder& views)
      : registry_(registry), views_(views) {}

  void set_listening(bool listening) { listening_ = listening; }
  void handle(const http::Request& request, http::Responder responder) override;

 private:
  http::Response answer(const http::Request& request) const;

  const metrics::Registry& registry_;
  const catalog_view::Holder& views_;
  std::atomic<bool> listening_{false};
};

}  // namespace dermaga::edge_node

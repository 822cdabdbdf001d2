#pragma once

#include <atomic>
#include <memory>
#include <mutex>

#include "files/volume.h"
#include "http/server.h"
#include "metrics/metrics.h"
#include "shop/shop.h"

namespace dermaga::core {

// /healthz, /readyz and /metrics on the internal port: for the supervisor and Prometheus, never for
// the internet. Thread-safe.
class InternalPages final : public http::Handler {
 public:
  InternalPages(metrics::Registry& registry, files::VolumeEncryption private_volume);
  void handle(const http::Request& request, http::Responder responder) override;

  void set_ready(bool ready) { ready_ = ready; }
  // Whose figures /metrics shows besides the registry's; nullptr: nobody's.
  void observe(std::shared_ptr<shop::Shop> shop);

 private:
  void refresh_order_metrics();
  void refresh_lease_metrics();

  metrics::Registry& registry_;
  std::atomic<bool> ready_ = false;
  std::mutex mutex_;
  std::shared_ptr<shop::Shop> shop_;
};

}  // namespace dermaga::core

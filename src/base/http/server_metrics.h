#pragma once

#include <array>
#include <chrono>

#include "metrics/metrics.h"

namespace dermaga::http {

// The server's own metrics; thread-safe as the registry's handles are.
class ServerMetrics {
 public:
  explicit ServerMetrics(metrics::Registry& registry);

  void answered(int status, std::chrono::steady_clock::duration took);
  void connections_changed(int by);

 private:
  std::array<metrics::Counter*, 4> requests_;  // 2xx to 5xx
  metrics::Histogram* durations_;
  metrics::Gauge* connections_;
};

}  // namespace dermaga::http

#include "server_metrics.h"

#include <algorithm>

namespace dermaga::http {

ServerMetrics::ServerMetrics(metrics::Registry& registry) {
  constexpr std::array kClasses{"2xx", "3xx", "4xx", "5xx"};
  for (std::size_t i = 0; i < requests_.size(); ++i) {
    requests_[i] =
        &registry.counter("dermaga_http_requests_total", "Requests answered, by class of status.",
                          {{"code", kClasses[i]}});
  }
  durations_ =
      &registry.histogram("dermaga_http_request_duration_seconds",
                          "From the complete request to its answer.", metrics::latency_buckets());
  connections_ = &registry.gauge("dermaga_http_connections", "Open connections.");
}

void ServerMetrics::answered(int status, std::chrono::steady_clock::duration took) {
  requests_[static_cast<std::size_t>(std::clamp(status / 100, 2, 5) - 2)]->increment();
  durations_->observe(std::chrono::duration<double>(took).count());
}

void ServerMetrics::connections_changed(int by) {
  connections_->add(by);
}

}  // namespace dermaga::http

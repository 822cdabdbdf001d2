#pragma once

#include "metrics/metrics.h"

namespace dermaga::core_end {

// Counts orders that came in batches; does nothing without a registry. Thread-safe.
class BatchMetrics {
 public:
  explicit BatchMetrics(metrics::Registry* registry) {
    if (registry != nullptr) {
      orders_ =
          &registry->counter("dermaga_link_server_orders_total", "Orders received in batches");
      batch_orders_ = &registry->histogram("dermaga_link_server_batch_orders", "Orders per batch",
                                           {1, 2, 5, 10, 20, 50, 100, 200, 500, 1'000});
    }
  }

  void batch(std::size_t orders) {
    if (orders_ != nullptr) {
      orders_->increment(static_cast<double>(orders));
      batch_orders_->observe(static_cast<double>(orders));
    }
  }

 private:
  metrics::Counter* orders_ = nullptr;
  metrics::Histogram* batch_orders_ = nullptr;
};

}  // namespace dermaga::core_end

#pragma once

#include <map>
#include <string>

#include "metrics/metrics.h"

namespace dermaga::core_end {

// What the server counts; does nothing without a registry. Thread-safe.
class LinkMetrics {
 public:
  explicit LinkMetrics(metrics::Registry* registry);

  enum class Verdict { kAccepted, kDenied, kOverloaded };
  void call(const std::string& method, Verdict verdict);
  void batch(std::size_t orders);

 private:
  std::map<std::pair<std::string, Verdict>, metrics::Counter*> calls_;
  metrics::Counter* orders_ = nullptr;
  metrics::Histogram* batch_orders_ = nullptr;
};

}  // namespace dermaga::core_end

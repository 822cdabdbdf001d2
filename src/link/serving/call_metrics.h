#pragma once

#include <map>
#include <string>
#include <utility>

#include "metrics/metrics.h"

namespace dermaga::serving {

// What the server counts; does nothing without a registry. Thread-safe.
class CallMetrics {
 public:
  explicit CallMetrics(metrics::Registry* registry);

  enum class Verdict { kAccepted, kDenied, kOverloaded };
  void call(const std::string& method, Verdict verdict);

 private:
  std::map<std::pair<std::string, Verdict>, metrics::Counter*> calls_;
};

}  // namespace dermaga::serving

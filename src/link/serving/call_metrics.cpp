#include "call_metrics.h"

#include "wire/messages.h"

namespace dermaga::serving {

CallMetrics::CallMetrics(metrics::Registry* registry) {
  if (registry == nullptr) {
    return;
  }
  const std::pair<Verdict, const char*> verdicts[] = {{Verdict::kAccepted, "accepted"},
                                                      {Verdict::kDenied, "denied"},
                                                      {Verdict::kOverloaded, "overloaded"}};
  for (const std::string& method : wire::method_names()) {
    for (const auto& [verdict, name] : verdicts) {
      calls_[{method, verdict}] =
          &registry->counter("dermaga_link_server_calls_total", "Calls received over the link",
                             {{"method", method}, {"verdict", name}});
    }
  }
}

void CallMetrics::call(const std::string& method, Verdict verdict) {
  // A method that link.proto does not name has no entry: labels stay a bounded set.
  if (const auto it = calls_.find({method, verdict}); it != calls_.end()) {
    it->second->increment();
  }
}

}  // namespace dermaga::serving

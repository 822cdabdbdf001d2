#include "link_metrics.h"

#include "wire/messages.h"

namespace dermaga::core_end {

LinkMetrics::LinkMetrics(metrics::Registry* registry) {
  if (registry == nullptr) {
    return;
  }
  const std::pair<Verdict, const char*> verdicts[] = {{Verdict::kAccepted, "accepted"},
                                                      {Verdict::kDenied, "denied"},
                                                      {Verdict::kOverloaded, "overloaded"}};
  for (const std::string& method : wire::method_names()) {
    for (const auto& [verdict, name] : verdicts) {
      calls_[{method, verdict}] =
          &registry->counter("dermaga_link_server_calls_total", "Calls that core received",
                             {{"method", method}, {"verdict", name}});
    }
  }
  orders_ = &registry->counter("dermaga_link_server_orders_total", "Orders received in batches");
  batch_orders_ = &registry->histogram("dermaga_link_server_batch_orders", "Orders per batch",
                                       {1, 2, 5, 10, 20, 50, 100, 200, 500, 1'000});
}

void LinkMetrics::call(const std::string& method, Verdict verdict) {
  // A method that link.proto does not name has no entry: labels stay a bounded set.
  if (const auto it = calls_.find({method, verdict}); it != calls_.end()) {
    it->second->increment();
  }
}

void LinkMetrics::batch(std::size_t orders) {
  if (orders_ != nullptr) {
    orders_->increment(static_cast<double>(orders));
    batch_orders_->observe(static_cast<double>(orders));
  }
}

}  // namespace dermaga::core_end

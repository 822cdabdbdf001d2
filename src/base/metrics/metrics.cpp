#include "metrics/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <mutex>
#include <stdexcept>

#include "result/result.h"

namespace dermaga::metrics {

void Counter::increment(double by) {
  static_cast<prometheus::Counter*>(impl_)->Increment(by);
}
void Gauge::set(double value) {
  static_cast<prometheus::Gauge*>(impl_)->Set(value);
}
void Gauge::add(double by) {
  static_cast<prometheus::Gauge*>(impl_)->Increment(by);
}
void Histogram::observe(double value) {
  static_cast<prometheus::Histogram*>(impl_)->Observe(value);
}

namespace {

// prometheus-cpp throws on malformed names and on one name for two kinds: our own mistakes.
template <typename Add>
auto& added_or_abort(const Add& add) {
  decltype(&add()) metric = nullptr;
  try {
    metric = &add();
  } catch (const std::exception&) {
    metric = nullptr;
  }
  CHECK(metric != nullptr && "metric name or labels are malformed or of another kind");
  return *metric;
}

// The handle of a metric; the same one every time.
template <typename Handle>
class Handles {
 public:
  Handle& of(void* metric) { return handles_.try_emplace(metric, metric).first->second; }

 private:
  std::map<void*, Handle> handles_;
};

}  // namespace

struct Registry::Impl {
  std::mutex mutex;
  prometheus::Registry registry{prometheus::Registry::InsertBehavior::Merge};
  Handles<Counter> counters;
  Handles<Gauge> gauges;
  Handles<Histogram> histograms;
};

Registry::Registry() : impl_(std::make_unique<Impl>()) {}
Registry::~Registry() = default;

Counter& Registry::counter(const std::string& name, const std::string& help, const Labels& labels) {
  const std::scoped_lock lock(impl_->mutex);
  return impl_->counters.of(&added_or_abort([&]() -> prometheus::Counter& {
    return prometheus::BuildCounter().Name(name).Help(help).Register(impl_->registry).Add(labels);
  }));
}

Gauge& Registry::gauge(const std::string& name, const std::string& help, const Labels& labels) {
  const std::scoped_lock lock(impl_->mutex);
  return impl_->gauges.of(&added_or_abort([&]() -> prometheus::Gauge& {
    return prometheus::BuildGauge().Name(name).Help(help).Register(impl_->registry).Add(labels);
  }));
}

Histogram& Registry::histogram(const std::string& name, const std::string& help,
                               const std::vector<double>& bucket_bounds, const Labels& labels) {
  const std::scoped_lock lock(impl_->mutex);
  return impl_->histograms.of(&added_or_abort([&]() -> prometheus::Histogram& {
    return prometheus::BuildHistogram()
        .Name(name)
        .Help(help)
        .Register(impl_->registry)
        .Add(labels, bucket_bounds);
  }));
}

std::string Registry::exposition() const {
  return prometheus::TextSerializer().Serialize(impl_->registry.Collect());
}

const std::vector<double>& latency_buckets() {
  static const std::vector<double> kBuckets = {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                               0.1,    0.25,  0.5,    1,     2.5,  5,     10};
  return kBuckets;
}

}  // namespace dermaga::metrics

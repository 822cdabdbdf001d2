#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace dermaga::metrics {

// Prometheus metrics behind handles that are cheap to keep and to touch from any thread. Names
// follow Prometheus conventions (dermaga_…_total, …_seconds, …_bytes); labels are bounded sets.
using Labels = std::map<std::string, std::string>;

class Counter {
 public:
  void increment(double by = 1.0);
  explicit Counter(void* impl) : impl_(impl) {}

 private:
  void* impl_;
};

class Gauge {
 public:
  void set(double value);
  void add(double by);
  explicit Gauge(void* impl) : impl_(impl) {}

 private:
  void* impl_;
};

class Histogram {
 public:
  void observe(double value);
  explicit Histogram(void* impl) : impl_(impl) {}

 private:
  void* impl_;
};

// Owns every family; the handles live as long as it does. One per process, passed to those who
// measure, so that tests own theirs.
class Registry {
 public:
  Registry();
  ~Registry();
  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;

  Counter& counter(const std::string& name, const std::string& help, const Labels& labels = {});
  Gauge& gauge(const std::string& name, const std::string& help, const Labels& labels = {});
  Histogram& histogram(const std::string& name, const std::string& help,
                       const std::vector<double>& bucket_bounds, const Labels& labels = {});

  // Prometheus text exposition format 0.0.4.
  std::string exposition() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Seconds: 0.5 ms to 10 s, for request latencies.
const std::vector<double>& latency_buckets();

}  // namespace dermaga::metrics

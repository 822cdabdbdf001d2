#include "capacity.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace dermaga::orders {
namespace {

constexpr std::chrono::milliseconds kWindow{500};
// Fewer say nothing about a time that varies.
constexpr std::size_t kBatchesMin = 5;
// A queue that takes this long to empty stands.
constexpr double kStanding_s = 0.1;
// What batches usually take: an average over about so many of one size, and how fast it forgets
// when they take less than half of it now.
constexpr double kUsualBatches = 600;
constexpr double kForget = 0.9;
// The ratio of usual to present time.
constexpr double kNear = 0.8;
constexpr double kFar = 0.5;
constexpr double kFallMost = 0.5;  // the factor of one window
constexpr double kRise = 50;       // orders per second and window
constexpr double kToldStep = 0.1;

double seconds(std::chrono::nanoseconds time) {
  return std::max(std::chrono::duration<double>(time).count(), 1e-6);
}

std::size_t size_class(std::size_t orders) {
  return std::min<std::size_t>(std::bit_width(orders), 23);
}

}  // namespace

std::optional<double> Capacity::committed(const CommittedBatch& batch, SteadyTime now) {
  add(batch, now);
  const bool enough = window_.telling >= kBatchesMin || window_.failed || orders_stood();
  if (now - window_.start < kWindow || !enough) {
    return std::nullopt;
  }
  judge(static_cast<double>(window_.orders) / seconds(now - window_.start),
        take_preparation_rate(batch));
  window_ = {};
  if (estimate_ == 0 || std::abs(estimate_ - told_) < kToldStep * told_) {
    return std::nullopt;
  }
  told_ = estimate_;
  return told_;
}

void Capacity::add(const CommittedBatch& batch, SteadyTime now) {
  if (window_.batches == 0) {
    window_.start = now - batch.took;  // time without orders belongs to no window
    window_.waiting_least = batch.waiting_after;
  }
  ++window_.batches;
  window_.waiting_least = std::min(window_.waiting_least, batch.waiting_after);
  if (batch.failed) {
    window_.failed = true;
    return;
  }
  window_.orders += batch.orders;
  if (batch.written == 0 || batch.written * 2 < batch.orders) {
    return;
  }
  const double took_s = seconds(batch.took);
  const std::size_t of_size = size_class(batch.written);
  Usual& usual = usual_[of_size];
  ++usual.batches;
  usual.seconds +=
      (took_s - usual.seconds) / std::min(static_cast<double>(usual.batches), kUsualBatches);
  ++window_.telling;
  window_.telling_orders += batch.orders;
  window_.telling_s += took_s;
  window_.usual_s += usual.seconds;
  window_.size_classes |= std::uint32_t{1} << of_size;
}

bool Capacity::orders_stood() const {
  return window_.waiting_least > 0 &&
         static_cast<double>(window_.waiting_least) >= kStanding_s * estimate_;
}

void Capacity::judge(double judged_per_s, double prepared_per_s) {
  if (window_.failed) {
    estimate_ *= kFallMost;
    normal_ = estimate_;
  } else if (orders_stood()) {
    estimate_ = estimate_ == 0 ? judged_per_s : (estimate_ + judged_per_s) / 2;
    normal_ = estimate_;
  } else {
    follow_latency(judged_per_s);
    estimate_ = prepared_per_s == 0 ? estimate_ : std::min(estimate_, prepared_per_s);
  }
  forget_slow_times();
  if (estimate_ > 0) {
    estimate_ = std::max(estimate_, kOrdersPerSecondMin);
  }
}

void Capacity::follow_latency(double judged_per_s) {
  const double shown = static_cast<double>(window_.telling_orders) / window_.telling_s;
  const double ratio = std::min(1.0, window_.usual_s / window_.telling_s);
  if (ratio < kFar) {
    // Towards what the usual estimate comes to at this pace, however long it lasts.
    estimate_ = std::max({estimate_ * std::max(ratio, kFallMost), normal_ * ratio, shown});
    return;
  }
  if (shown > estimate_) {
    estimate_ = estimate_ == 0 ? shown : (estimate_ + shown) / 2;
  } else if (ratio >= kNear && judged_per_s * 2 >= estimate_) {
    estimate_ += kRise;
  }
  normal_ = estimate_;
}

// After a slow time the slow average would call everything fast for long.
void Capacity::forget_slow_times() {
  if (window_.usual_s <= window_.telling_s * 2) {
    return;
  }
  for (std::size_t i = 0; i < usual_.size(); ++i) {
    if ((window_.size_classes >> i & 1) != 0) {
      usual_[i].seconds *= kForget;
    }
  }
}

// Orders per second that all preparation threads can do, from those since the last window.
double Capacity::take_preparation_rate(const CommittedBatch& batch) {
  const auto prepared = static_cast<double>(batch.prepared_total - prepared_before_);
  const auto took = batch.preparing_total - preparing_before_;
  prepared_before_ = batch.prepared_total;
  preparing_before_ = batch.preparing_total;
  return prepared / seconds(took) * static_cast<double>(prepare_threads_);
}

}  // namespace dermaga::orders

#include "sweeper.h"

#include "log/log.h"

namespace dermaga::orders {
namespace {

constexpr std::chrono::minutes kHousekeepEvery{10};

}  // namespace

Sweeper::Sweeper(Expiry expiry, std::chrono::milliseconds every)
    : every_(every), expiry_(std::move(expiry)) {
  thread_ = std::thread([this] { run(); });
}

Sweeper::~Sweeper() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  woken_.notify_all();
  thread_.join();
}

Result<std::int64_t> Sweeper::sweep() {
  const std::lock_guard lock(expiry_mutex_);
  return expiry_.sweep();
}

Status Sweeper::housekeep() {
  const std::lock_guard lock(expiry_mutex_);
  return expiry_.housekeep();
}

void Sweeper::run() {
  auto housekeep_at = std::chrono::steady_clock::now();
  while (true) {
    if (const auto swept = sweep(); !swept.has_value()) {
      log::error("sweep_failed", {{"error", swept.error().message()}});
    }
    if (std::chrono::steady_clock::now() >= housekeep_at) {
      housekeep_at += kHousekeepEvery;
      if (const Status kept = housekeep(); !kept.has_value()) {
        log::error("housekeeping_failed", {{"error", kept.error().message()}});
      }
    }
    std::unique_lock lock(mutex_);
    if (woken_.wait_for(lock, every_, [this] { return stopping_; })) {
      return;
    }
  }
}

}  // namespace dermaga::orders

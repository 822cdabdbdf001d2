#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "clock/clock.h"
#include "contract/spool.h"
#include "metrics/metrics.h"
#include "random/random.h"
#include "result/result.h"
#include "spool_node/keeper.h"

namespace dermaga::spool_node {

// Core as a courier sees it; spool_end::CoreClient is the real one. Every `done` runs once, within
// a bounded time, from any thread.
class CoreDoor {
 public:
  virtual ~CoreDoor() = default;
  virtual bool connected() const = 0;
  virtual void deliver(const contract::Delivery& delivery,
                       std::function<void(Result<std::vector<contract::PlaceOutcome>>)> done) = 0;
  virtual void exchange(const contract::LeaseRequest& request,
                        std::function<void(Result<contract::LeaseGrant>)> done) = 0;
};

struct CourierOptions {
  std::size_t orders_max = 32;  // of one delivery: a shopper who buys now waits behind so many
  std::uint64_t bytes_max = std::uint64_t{4} << 20;
  std::chrono::milliseconds rest_max{5'000};   // after an answer
  std::chrono::milliseconds retry_first{200};  // after a failure, doubling
  std::chrono::milliseconds retry_max{10'000};
  std::chrono::milliseconds lease_retry{30'000};  // where core granted nothing
  bool leases = true;                             // asks for stock leases
  metrics::Registry* registry = nullptr;
};

// The thread that takes orders to core and keeps the lease young.
class Courier {
 public:
  // All outlive the courier.
  Courier(Keeper& keeper, CoreDoor& core, const Clock& clock, Random& random,
          const CourierOptions& options);
  // Ends after the call that is under way.
  ~Courier();
  // The spool is being drained and core has answered that it has no lease any more.
  bool gave_lease_back() const { return gave_lease_back_; }

 private:
  void run();
  // How long to wait before the next round; zero: there is more to do.
  std::chrono::milliseconds round();
  std::chrono::milliseconds deliver(const contract::Delivery& delivery);
  std::chrono::milliseconds settle(const std::vector<contract::PlaceOutcome>& outcomes,
                                   std::chrono::milliseconds took);
  void renew_lease();
  std::chrono::milliseconds after_failure();
  void count(const spool_ledger::DeliveryReport& report);

  Keeper& keeper_;
  CoreDoor& core_;
  const Clock& clock_;
  Random& random_;
  const CourierOptions options_;
  int failures_ = 0;
  bool was_connected_ = false;
  SteadyTime lease_at_;        // when to ask for a lease
  SteadyTime lease_asked_at_;  // last
  std::atomic<bool> gave_lease_back_ = false;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

}  // namespace dermaga::spool_node

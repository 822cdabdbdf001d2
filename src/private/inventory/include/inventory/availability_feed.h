#pragma once

#include <functional>
#include <memory>
#include <span>

#include "contract/catalog.h"
#include "contract/core_service.h"
#include "ids/ids.h"
#include "result/result.h"
#include "store/database.h"

namespace dermaga::inventory {

// Tells edges how much of each variant shoppers may still take: whoever commits a change of stock
// says which variants it touched; at most 100 ms later every subscriber hears about those whose
// availability differs from what it heard last. On a shared database it also hears of what other
// cores commit, within the same time, from the outbox. One thread of its own unless only opened;
// thread-safe.
class AvailabilityFeed {
 public:
  static Result<std::unique_ptr<AvailabilityFeed>> start(store::Database& database);
  // Without the thread: the owner calls deliver_touched() himself.
  static Result<std::unique_ptr<AvailabilityFeed>> open(store::Database& database);
  ~AvailabilityFeed();

  // After the commit. Cheap.
  void touched(std::span<const VariantId> variants);
  // Tells subscribers what changed since the last time; a failed read is tried again with the next.
  void deliver_touched();
  // What CapacityUpdate::orders_per_second says from now on; a change is sent with the next update.
  void set_orders_per_second(double orders_per_second);

  // As contract::CoreService::on_capacity. The callback must not subscribe or unsubscribe.
  std::unique_ptr<contract::Subscription> subscribe(
      std::function<void(const contract::CapacityUpdate&)> changed);

 private:
  struct Impl;
  explicit AvailabilityFeed(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace dermaga::inventory

#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "audit/audit.h"
#include "clock/clock.h"
#include "contract/spool.h"
#include "ids/ids.h"
#include "result/result.h"
#include "store/database.h"

namespace dermaga::leases {

struct Policy {
  std::int64_t share_percent = 0;  // of a variant's available units; 0: nothing is leased
  std::int64_t units_max = 100;    // of one variant in one lease
  std::int64_t keep_units = 10;    // of one variant are never leased
  std::chrono::milliseconds valid_for{std::chrono::minutes(60)};
};
// Of one lease; those with the most units first. Bounds how long the stock rows are locked.
inline constexpr std::size_t kVariantsMax = 2'000;

// What is for sale now.
struct OnSale {
  std::uint64_t catalog_version = 0;
  std::function<bool(const VariantId&)> sells;
};

enum class LeaseState : std::int64_t { kOpen = 0, kDelivered = 1, kAbandoned = 2 };
std::string_view name(LeaseState state);

struct Lease {
  std::uint64_t epoch = 0;
  std::string spool_id;
  std::string log_id;
  std::uint64_t predecessor = 0;
  LeaseState state = LeaseState::kOpen;
  std::uint64_t catalog_version = 0;
  std::chrono::milliseconds valid_for{0};
  UtcTime granted_at;
  std::int64_t units_granted = 0;
  UtcTime closed_at;  // zero while open
  std::int64_t units_returned = 0;
  std::string abandon_reason;
};

struct Stats {
  std::int64_t open = 0;
  std::int64_t leased_units = 0;
  std::int64_t units_returned = 0;  // when leases ended, since the start of this process
  UtcTime oldest_granted_at;        // of the open ones; zero without any
};

// Grants stock to spools and takes back what they did not sell. Nothing in it hangs on core's
// clock: units come back only when their epoch is delivered or abandoned. Thread-safe.
class Lessor {
 public:
  // `touched` hears of variants whose availability changed, after the commit.
  Lessor(store::Database& database, const Clock& clock, Policy policy,
         std::function<void(const std::vector<VariantId>&)> touched)
      : database_(database), clock_(clock), policy_(policy), touched_(std::move(touched)) {}

  // As contract::DeliveryService::exchange_lease.
  Result<contract::LeaseGrant> exchange(const contract::LeaseRequest& request,
                                        const OnSale& on_sale);
  // Ends an open lease whose spool does not come back: its units return, orders that still come
  // from it are judged like those without a lease. kNotFound, kVersionConflict when it is not open,
  // kInvalidArgument without a reason of 1 to 200 bytes. With an entry in the audit log.
  Result<Lease> abandon(const std::string& spool_id, std::uint64_t epoch, const audit::Actor& actor,
                        std::string_view reason);
  // Newest first.
  Result<std::vector<Lease>> list(std::size_t limit);
  Result<Stats> stats();

 private:
  store::Database& database_;
  const Clock& clock_;
  const Policy policy_;
  const std::function<void(const std::vector<VariantId>&)> touched_;
  std::atomic<std::int64_t> units_returned_{0};
};

}  // namespace dermaga::leases

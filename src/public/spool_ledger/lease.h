#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "clock/clock.h"
#include "contract/spool.h"
#include "spool_log/disk.h"

namespace dermaga::spool_ledger {

// The units that core set aside for this spool. What is on the disk is only which grant was the
// newest: a process that starts cannot know how much monotonic time has passed since it was sent
// for, so it sells from none that it did not receive itself. Not thread-safe.
class Lease {
 public:
  static Result<std::unique_ptr<Lease>> open(spool_log::Disk& disk, const Clock& clock,
                                             std::string log_id);

  std::uint64_t newest_epoch() const { return newest_epoch_; }

  // Takes the units of an order: the lease's epoch, or 0 where not every line fits, the price is of
  // another catalog version, or there is nothing to sell from.
  std::uint64_t sell(const std::vector<contract::OrderLine>& lines, std::uint64_t quoted_version);
  void take_back(std::uint64_t epoch, const std::vector<contract::OrderLine>& lines);

  // Nothing is sold any more until the next grant.
  void retire() { sells_until_.reset(); }
  // Written down before it is sold from.
  Status granted(const contract::LeaseGrant& grant, SteadyTime sent_at);

  bool sells() const { return sells_until_.has_value() && clock_.steady_now() < *sells_until_; }
  std::optional<SteadyTime> sells_until() const { return sells_until_; }
  std::int64_t units() const { return sells() ? units_left_ : 0; }
  // Less is left than was granted.
  bool sold_from() const { return sells() && units_left_ < units_granted_; }

 private:
  Lease(spool_log::Disk& disk, const Clock& clock, std::string log_id)
      : disk_(disk), clock_(clock), log_id_(std::move(log_id)) {}

  spool_log::Disk& disk_;
  const Clock& clock_;
  const std::string log_id_;
  std::uint64_t newest_epoch_ = 0;
  std::optional<SteadyTime> sells_until_;
  std::uint64_t catalog_version_ = 0;
  std::unordered_map<VariantId, std::int64_t> units_;
  std::int64_t units_left_ = 0;
  std::int64_t units_granted_ = 0;
};

}  // namespace dermaga::spool_ledger

#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "clock/clock.h"
#include "contract/spool.h"
#include "ids/ids.h"
#include "random/random.h"
#include "result/result.h"
#include "spool_log/spool_log.h"

namespace dermaga::spool_ledger {

class Lease;

struct LedgerOptions {
  std::string spool_id;  // "spool-1"
  spool_log::SpoolLogOptions log;
};

// What core made of a delivery.
struct DeliveryReport {
  std::size_t accepted = 0;          // open, or further on by now
  std::size_t declined = 0;          // cancelled
  std::size_t rejected = 0;          // core cannot name it: set aside
  std::optional<int> retry_after_s;  // core took no more than these: wait, then deliver again
};

struct LedgerStats {
  std::uint64_t orders = 0;  // undelivered
  std::uint64_t bytes = 0;   // on the disk
  std::uint64_t rejected = 0;
  std::optional<UtcTime> oldest_received_at;
  std::uint64_t lease_epoch = 0;  // the newest; 0: none
  std::int64_t lease_units = 0;   // that may be sold now
};

// What one spool knows: every order in its log by id, what was promised for it, and the units that
// it may sell. Rebuilt from the log at the start.
//
// Invariants: nothing is answered before it is in the log durably. An id is decided once; other
// bytes under it are refused. A lease is sold from only after it is on the disk, only by the
// process that received it, only before its time (monotonic, less a margin) and never again once
// core was asked to close it. The order's id is derived from its idempotency key by MAC, so the id
// stands for the key.
//
// An Error of any method but kOverloaded, kNotFound or kInvalidArgument means that the disk cannot
// be trusted any more: the process must stop, without answering. Not thread-safe; no threads in
// here.
class Ledger {
 public:
  // kCorrupt with what to do. Disk, random and clock must outlive the ledger.
  static Result<std::unique_ptr<Ledger>> open(spool_log::Disk& disk, Random& random,
                                              const Clock& clock, LedgerOptions options);
  ~Ledger();

  // One group commit: everything in one frame and one sync, durable on return. As many outcomes as
  // orders. At most kGroupBytesMax of orders (encoded_bytes_max()) in one group.
  Result<std::vector<contract::SpoolOutcome>> append(std::vector<contract::SpoolOrder> group);
  static constexpr std::size_t kGroupBytesMax = std::size_t{32} << 20;
  // An upper bound for what the order takes in the log.
  static std::size_t encoded_bytes_max(const contract::SpoolOrder& order);

  Result<contract::OrderView> order_view(const OrderId& id) const;

  // The oldest undelivered orders; empty: there are none. The next call gives the same again unless
  // delivered() came in between.
  Result<contract::Delivery> next_delivery(std::size_t orders_max, std::uint64_t bytes_max);
  // Core's outcomes for what next_delivery() gave, all of them or the first so many. What is final
  // is forgotten here, durably. kOverloaded: no room to note it, nothing was forgotten, try again.
  Result<DeliveryReport> delivered(const std::vector<contract::PlaceOutcome>& outcomes);

  // What to ask core for now; none while something sold under the newest lease is undelivered. From
  // here on nothing is sold under the present lease, whether or not core's answer ever comes.
  std::optional<contract::LeaseRequest> exchange(bool wants_units);
  // Core's grant for the request that was sent at this time. kOverloaded: no room to write it down,
  // nothing is sold from it.
  Status granted(const contract::LeaseGrant& grant, SteadyTime sent_at);
  // Something was sold from it and all of that delivered: the next one has those units again.
  bool lease_is_used_up() const;
  // Until when units may be sold; none where there is no lease.
  std::optional<SteadyTime> sells_until() const;

  LedgerStats stats() const;
  const std::string& log_id() const { return log_->log_id(); }
  std::uint64_t torn_bytes() const { return log_->torn_bytes(); }

 private:
  struct Entry {
    std::uint64_t sequence = 0;  // of its newest record
    std::uint64_t lease_epoch = 0;
    std::array<char, 32> body_sha256{};
    Money total;
    UtcTime received_at;
  };
  struct Group;  // one append() while it is put together

  explicit Ledger(LedgerOptions options);

  Status replay();
  void stage(contract::SpoolOrder order, Group& group);
  void stage_known(contract::SpoolOrder order, Entry& known, Group& group);
  void take_back(const Group& group);
  void set_epoch(Entry& entry, std::uint64_t epoch);
  void forget(const OrderId& id, std::uint64_t released);
  void remember_delivered(const OrderId& id);
  contract::OrderView view_of(const OrderId& id, const Entry& entry) const;

  const LedgerOptions options_;
  std::unique_ptr<spool_log::SpoolLog> log_;
  // The newest orders that core has answered, since this process started: a shopper who asks again
  // while core is away again must not be promised what core may have declined.
  std::unordered_set<OrderId> delivered_;
  std::deque<OrderId> delivered_in_order_;
  std::unique_ptr<Lease> lease_;
  std::unordered_map<OrderId, Entry> entries_;
  std::map<std::uint64_t, std::uint64_t> sold_;  // undelivered orders by lease epoch
  std::optional<UtcTime> oldest_received_at_;
  // What next_delivery() gave.
  std::vector<spool_log::Entry> in_delivery_;
  std::vector<OrderId> in_delivery_ids_;
};

}  // namespace dermaga::spool_ledger

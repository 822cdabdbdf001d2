#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "contract/order.h"
#include "ids/ids.h"
#include "result/result.h"

namespace dermaga::contract {

// Orders while core is away (DESIGN §6.5): an edge hands them to one or two spools, which keep them
// on disk and deliver them when core is back. With a stock lease a spool may promise units that
// core set aside for it; without one it only promises that core will judge the order.

// An order as an edge hands it to a spool.
struct SpoolOrder {
  PlaceOrder order;
  // Catalog version of the order's quote, which the edge found to be one of this shop's, for this
  // basket and total, and valid at order.received_at. 0: no such quote; then never sold from a
  // lease.
  std::uint64_t quoted_version = 0;
  // What another spool decided about the same order: the lease that it was sold from, 0 for none.
  // Absent: this spool decides.
  std::optional<std::uint64_t> lease_epoch;
  // Asks whether the spool has this order: one that it does not have is Refused 404
  // "order_unknown", and not kept.
  bool only_if_known = false;
};

// What the spool made of it. Placed is on the spool's disk: status open when it was sold from a
// lease (answered 201), pending_acceptance otherwise (deferred, answered 202).
struct SpoolOutcome {
  PlaceOutcome outcome;
  std::uint64_t lease_epoch = 0;  // for the copy on a second spool
};

// What a spool does for edges. Thread-safe and bounded.
class SpoolService {
 public:
  virtual ~SpoolService() = default;
  // One batch in, as many outcomes out in the same order, once, possibly from another thread.
  // Refused 503 "spool_full" beyond the bound; 422 "idempotency_key_reused" for other bytes under a
  // known key.
  virtual void append(std::vector<SpoolOrder> batch,
                      std::function<void(std::vector<SpoolOutcome>)> done) = 0;
  // Status of an order that lies here undelivered; kNotFound otherwise. Edges check the shopper's
  // access token themselves.
  virtual Result<OrderView> order_view(const OrderId& id) = 0;
};

// An order as a spool delivers it to core.
struct DeliveredOrder {
  PlaceOrder order;
  std::uint64_t lease_epoch = 0;  // sold from this lease, answered 201; 0: answered 202
};
struct Delivery {
  std::string spool_id;                // "spool-1": [a-z0-9-], 1 to 64
  std::vector<DeliveredOrder> orders;  // in the order of the log
};

// A spool asks for units to sell while core is away. Lease epochs of one spool follow each other:
// a grant closes the one before it.
struct LeaseRequest {
  std::string spool_id;
  std::string log_id;              // 32 lower-case hex digits, made with the spool's disk: a spool
                                   // that lost its disk is told apart from one that kept it
  std::uint64_t newest_epoch = 0;  // the last grant that is on the spool's disk; 0: none
  bool delivered = false;          // everything sold under newest_epoch has been delivered
  bool wants_units = true;         // false: only close (the spool is being drained)
};

struct LeasedUnits {
  VariantId variant_id;
  std::int64_t units = 0;
};

struct LeaseGrant {
  std::uint64_t epoch = 0;  // 0: nothing was granted; the spool takes orders for later judgement
  std::chrono::milliseconds valid_for{0};  // from when the spool sent its request, monotonic
  std::uint64_t catalog_version = 0;       // quotes of this version only are sold from the lease
  std::vector<LeasedUnits> units;
};

// What core does for spools. Thread-safe and bounded.
class DeliveryService {
 public:
  virtual ~DeliveryService() = default;
  // One batch in, as many outcomes out in the same order, once, possibly from another thread. Every
  // answer but Refused 5xx is durable and final, and the spool may forget the order: Placed with
  // status open (accepted), cancelled (declined, with its reason) or whatever the order is by now
  // (replayed). Refused 5xx: nothing was stored, deliver again. Refused 4xx: core cannot even name
  // the order (its id or receipt is not this shop's); the spool counts it and sets it aside.
  virtual void deliver_orders(Delivery delivery,
                              std::function<void(std::vector<PlaceOutcome>)> done) = 0;
  // Closes the spool's newest epoch where all of it was delivered, and grants the next. The same
  // request again, its answer lost, gets the same grant; for an abandoned epoch, all of it
  // delivered, the next is granted. kVersionConflict for an epoch that is not the spool's newest,
  // or that was abandoned and is not all delivered, or for another log_id while the old one's lease
  // is open.
  virtual Result<LeaseGrant> exchange_lease(const LeaseRequest& request) = 0;
};

}  // namespace dermaga::contract

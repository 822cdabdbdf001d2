#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "contract/order.h"
#include "contract/spool.h"
#include "orders/first_answer.h"
#include "payments/payments.h"
#include "prepare.h"

namespace dermaga::orders {

// One call of place(): answered once, when its last order is decided.
struct Group {
  std::vector<contract::PlaceOutcome> outcomes;
  std::atomic<std::size_t> waiting{0};
  std::function<void(std::vector<contract::PlaceOutcome>)> done;
};

// One order on its way through the pipeline.
struct Item {
  std::shared_ptr<Group> group;
  std::size_t index = 0;  // in the group
  contract::PlaceOrder order;
  FirstAnswer first_answer = FirstAnswer::kByCore;
  std::uint64_t lease_epoch = 0;  // a spool sold it from this lease
  Prepared prepared;
  // Set by the committer.
  std::int64_t order_number = 0;  // of a newly placed order
  bool placed = false;
  bool declined = false;
  bool from_lease = false;  // its units are those of lease_epoch
  bool unanswered = false;  // decided in a transaction whose commit was not answered

  bool is_delivered() const { return first_answer != FirstAnswer::kByCore; }
  contract::PlaceOutcome& outcome() { return group->outcomes[index]; }
};
using Items = std::vector<std::unique_ptr<Item>>;

// The first `taken` orders (at least one) as items of one group; every outcome starts as `outcome`.
Items make_items(std::vector<contract::PlaceOrder> orders, std::size_t taken,
                 const contract::PlaceOutcome& outcome,
                 std::function<void(std::vector<contract::PlaceOutcome>)> done);
// The same of what a spool delivers.
Items make_items(std::vector<contract::DeliveredOrder> orders, std::size_t taken,
                 const contract::PlaceOutcome& outcome,
                 std::function<void(std::vector<contract::PlaceOutcome>)> done);
// Whether these were stored is not known.
void mark_outcome_unknown(std::span<const std::unique_ptr<Item>> batch);
// Calls `done` of every group of which these were the last to be decided.
void acknowledge(std::span<const std::unique_ptr<Item>> batch);
// What the newly placed ones cost; takes their payment tokens.
std::vector<payments::Charge> take_charges(std::span<const std::unique_ptr<Item>> batch);

}  // namespace dermaga::orders

#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "contract/order.h"
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
  Prepared prepared;
  // Set by the committer.
  std::int64_t order_number = 0;  // of a newly placed order
  bool placed = false;

  contract::PlaceOutcome& outcome() { return group->outcomes[index]; }
};
using Items = std::vector<std::unique_ptr<Item>>;

}  // namespace dermaga::orders

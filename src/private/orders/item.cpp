#include "item.h"

#include "planted/planted.h"

namespace dermaga::orders {
namespace {

contract::PlaceOrder&& order_of(contract::PlaceOrder& order) {
  return std::move(order);
}
contract::PlaceOrder&& order_of(contract::DeliveredOrder& delivered) {
  return std::move(delivered.order);
}
FirstAnswer first_answer_of(const contract::PlaceOrder&) {
  return FirstAnswer::kByCore;
}
FirstAnswer first_answer_of(const contract::DeliveredOrder& delivered) {
  return delivered.lease_epoch == 0 ? FirstAnswer::kDeferred : FirstAnswer::kLeased;
}

std::uint64_t lease_of(const contract::PlaceOrder&) {
  return 0;
}
std::uint64_t lease_of(const contract::DeliveredOrder& delivered) {
  return delivered.lease_epoch;
}

template <typename Order>
Items items_of(std::vector<Order> orders, std::size_t taken, const contract::PlaceOutcome& outcome,
               std::function<void(std::vector<contract::PlaceOutcome>)> done) {
  auto group = std::make_shared<Group>();
  group->outcomes.resize(orders.size(), outcome);
  group->waiting = taken;
  group->done = std::move(done);
  Items items;
  items.reserve(taken);
  for (std::size_t i = 0; i < taken; ++i) {
    auto item = std::make_unique<Item>();
    item->group = group;
    item->index = i;
    item->first_answer = first_answer_of(orders[i]);
    item->lease_epoch = lease_of(orders[i]);
    item->order = order_of(orders[i]);
    items.push_back(std::move(item));
  }
  return items;
}

}  // namespace

Items make_items(std::vector<contract::PlaceOrder> orders, std::size_t taken,
                 const contract::PlaceOutcome& outcome,
                 std::function<void(std::vector<contract::PlaceOutcome>)> done) {
  return items_of(std::move(orders), taken, outcome, std::move(done));
}

Items make_items(std::vector<contract::DeliveredOrder> orders, std::size_t taken,
                 const contract::PlaceOutcome& outcome,
                 std::function<void(std::vector<contract::PlaceOutcome>)> done) {
  return items_of(std::move(orders), taken, outcome, std::move(done));
}

void mark_outcome_unknown(std::span<const std::unique_ptr<Item>> batch) {
  for (const auto& item : batch) {
    item->outcome() = contract::Refused{
        .http_status = 503,
        .code = "outcome_unknown",
        .detail = "the order may or may not have been stored; ask again with the same key",
        .retry_after_s = 5};
    item->placed = false;
    item->declined = false;
  }
}

void acknowledge(std::span<const std::unique_ptr<Item>> batch) {
  for (const auto& item : batch) {
    if (item->group->waiting.fetch_sub(1) == 1) {
      item->group->done(std::move(item->group->outcomes));
    }
  }
}

std::vector<payments::Charge> take_charges(std::span<const std::unique_ptr<Item>> batch) {
  std::vector<payments::Charge> charges;
  charges.reserve(batch.size());
  for (const auto& item : batch) {
    if (item->placed || planted::fault(planted::kRefusedCharged)) {
      charges.push_back({.order_id = item->order.id,
                         .amount = item->prepared.quote.total,
                         .token = std::move(item->prepared.token)});
    }
  }
  return charges;
}

}  // namespace dermaga::orders

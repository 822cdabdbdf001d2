#include "inventory/arithmetic.h"

#include <string>

namespace dermaga::inventory {
namespace {

Status refuse(const std::string& message) {
  return make_error(ErrorCode::kInvalidArgument, message);
}

}  // namespace

bool is_sound(const Levels& levels) {
  return levels.on_hand >= 0 && levels.available >= 0 && levels.held >= 0 && levels.leased >= 0 &&
         levels.on_hand == levels.available + levels.held + levels.leased;
}

Status hold(Levels& levels, std::int64_t quantity) {
  if (quantity < 1 || quantity > levels.available) {
    return refuse("cannot hold " + std::to_string(quantity) + " of " +
                  std::to_string(levels.available) + " available units");
  }
  levels.available -= quantity;
  levels.held += quantity;
  return {};
}

Status release(Levels& levels, std::int64_t quantity) {
  if (quantity < 1 || quantity > levels.held) {
    return refuse("cannot release " + std::to_string(quantity) + " of " +
                  std::to_string(levels.held) + " held units");
  }
  levels.held -= quantity;
  levels.available += quantity;
  return {};
}

Status lease(Levels& levels, std::int64_t quantity) {
  if (quantity < 1 || quantity > levels.available) {
    return refuse("cannot lease " + std::to_string(quantity) + " of " +
                  std::to_string(levels.available) + " available units");
  }
  levels.available -= quantity;
  levels.leased += quantity;
  return {};
}

Status hold_leased(Levels& levels, std::int64_t quantity) {
  if (quantity < 1 || quantity > levels.leased) {
    return refuse("cannot hold " + std::to_string(quantity) + " of " +
                  std::to_string(levels.leased) + " leased units");
  }
  levels.leased -= quantity;
  levels.held += quantity;
  return {};
}

Status return_leased(Levels& levels, std::int64_t quantity) {
  if (quantity < 1 || quantity > levels.leased) {
    return refuse("cannot return " + std::to_string(quantity) + " of " +
                  std::to_string(levels.leased) + " leased units");
  }
  levels.leased -= quantity;
  levels.available += quantity;
  return {};
}

Status ship(Levels& levels, std::int64_t quantity) {
  if (quantity < 1 || quantity > levels.held) {
    return refuse("cannot ship " + std::to_string(quantity) + " of " + std::to_string(levels.held) +
                  " held units");
  }
  levels.held -= quantity;
  levels.on_hand -= quantity;
  return {};
}

Status set_on_hand(Levels& levels, std::int64_t on_hand) {
  const std::int64_t promised = levels.held + levels.leased;
  if (on_hand < promised || on_hand > kOnHandMax) {
    return refuse("the units on hand must be from " + std::to_string(promised) +
                  " (held and leased) to " + std::to_string(kOnHandMax));
  }
  levels.on_hand = on_hand;
  levels.available = on_hand - promised;
  return {};
}

Status set_available(Levels& levels, std::int64_t available) {
  if (available < 0 || available > kOnHandMax) {
    return refuse("the available units must be from 0 to " + std::to_string(kOnHandMax));
  }
  levels.available = available;
  levels.on_hand = available + levels.held + levels.leased;
  return {};
}

contract::Availability availability_of(std::int64_t available) {
  if (available <= 0) {
    return contract::Availability::kSoldOut;
  }
  return available <= kLowFrom ? contract::Availability::kLow : contract::Availability::kInStock;
}

}  // namespace dermaga::inventory

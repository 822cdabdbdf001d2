#pragma once

#include <cstdint>

namespace dermaga::orders {

// How the shopper was first answered; a replay answers likewise. Stored: never renumbered.
enum class FirstAnswer : std::int64_t {
  kByCore = 0,
  kDeferred = 1,  // 202 by a spool while core was away: core judges later
  kLeased = 2,    // 201 by a spool that sold from a stock lease
};

}  // namespace dermaga::orders

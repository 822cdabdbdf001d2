#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "clock/clock.h"
#include "store/database.h"

namespace dermaga::proofs {

// A budget's tries are counted within this time from its first one.
inline constexpr std::chrono::minutes kTriesWindow{15};

// What tries are counted for: a place, an account, a session.
struct Budget {
  std::string key;
  std::int64_t tries_max = 0;
};

// For what may be lost when the power fails, but must not make orders wait for the disk: tries, and
// that somebody unknown was refused. Commits are not synced.
Result<std::unique_ptr<store::Connection>> connect_unsynced(store::Database& database);

// Counts one more try of each before it is made, so that guesses made at once count too.
// kRateLimited where one of them is used up; then none is counted. In a transaction of its own.
Status take_try(store::Connection& connection, std::span<const Budget> budgets, UtcTime now);
Result<bool> is_used_up(store::Connection& connection, const Budget& budget, UtcTime now);
// The try was good: it did not cost anything. In the caller's transaction.
Status give_back_try(store::Connection& connection, std::span<const Budget> budgets);

}  // namespace dermaga::proofs

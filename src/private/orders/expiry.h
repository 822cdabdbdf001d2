#pragma once

#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "clock/clock.h"
#include "result/result.h"
#include "store/database.h"
#include "transitions.h"

namespace dermaga::orders {

// One round of core's own clockwork at a time: expires open orders past their reserved_until,
// forgets expired nonces and old events. The sweeper gives it a thread. Used by one thread at a
// time.
class Expiry {
 public:
  struct Hooks {
    std::function<void(const std::vector<VariantId>&)> touched;
    std::function<void(std::string_view reason)> fatal;
  };

  Expiry(std::unique_ptr<store::Connection> connection, const Clock& clock, Hooks hooks)
      : connection_(std::move(connection)), clock_(clock), hooks_(std::move(hooks)) {}

  // Expires everything that is due; returns how many.
  Result<std::int64_t> sweep();
  Status housekeep();

 private:
  Result<std::int64_t> sweep_some();

  std::unique_ptr<store::Connection> connection_;
  const Clock& clock_;
  Hooks hooks_;
};

}  // namespace dermaga::orders

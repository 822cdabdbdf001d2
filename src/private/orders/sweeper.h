#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "clock/clock.h"
#include "result/result.h"
#include "store/database.h"
#include "transitions.h"

namespace dermaga::orders {

// Core's own clockwork: every so often it expires open orders past their reserved_until and, now
// and then, forgets expired nonces and old events. One thread; sweep() may also be called by
// others.
class Sweeper {
 public:
  struct Hooks {
    std::function<void(const std::vector<VariantId>&)> touched;
    std::function<void(std::string_view reason)> fatal;
    std::function<void()> tick;  // every round
  };

  Sweeper(std::unique_ptr<store::Connection> connection, const Clock& clock,
          std::chrono::milliseconds every, Hooks hooks);
  ~Sweeper();

  // Expires everything that is due; returns how many.
  Result<std::int64_t> sweep();

 private:
  Result<std::int64_t> sweep_some();
  void run();
  Status housekeep();

  const Clock& clock_;
  std::chrono::milliseconds every_;
  Hooks hooks_;

  std::mutex connection_mutex_;
  std::unique_ptr<store::Connection> connection_;

  std::mutex mutex_;
  std::condition_variable woken_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace dermaga::orders

#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "expiry.h"
#include "result/result.h"

namespace dermaga::orders {

// The thread that has the rounds of Expiry done every so often; sweep() may also be called by
// others.
class Sweeper {
 public:
  Sweeper(Expiry expiry, std::chrono::milliseconds every);
  ~Sweeper();

  // Expires everything that is due; returns how many.
  Result<std::int64_t> sweep();

 private:
  void run();
  Status housekeep();

  std::chrono::milliseconds every_;

  std::mutex expiry_mutex_;
  Expiry expiry_;

  std::mutex mutex_;
  std::condition_variable woken_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace dermaga::orders

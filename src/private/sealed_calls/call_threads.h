#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace dermaga::sealed_calls {

// A few threads for work that may wait for the disk; bounded. Thread-safe.
class CallThreads {
 public:
  CallThreads(std::size_t threads, std::size_t waiting_max);
  // Finishes what is waiting.
  ~CallThreads();
  // False, and nothing runs, when too much is waiting.
  [[nodiscard]] bool add(std::function<void()> work);
  // How much of it these threads get done, from the last few; 0: not known yet.
  double done_per_second() const;

 private:
  void run();

  std::size_t waiting_max_;
  std::size_t thread_count_;
  mutable std::mutex mutex_;
  std::condition_variable added_;
  std::deque<std::function<void()>> waiting_;
  bool ending_ = false;
  double usual_s_ = 0;  // what one takes
  std::vector<std::thread> threads_;
};

}  // namespace dermaga::sealed_calls

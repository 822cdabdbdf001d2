#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace dermaga::orders {

// A few threads for work that may wait for the disk; bounded. Thread-safe.
class DeskWork {
 public:
  DeskWork(std::size_t threads, std::size_t waiting_max);
  // Finishes what is waiting.
  ~DeskWork();
  // False, and nothing runs, when too much is waiting.
  [[nodiscard]] bool add(std::function<void()> work);

 private:
  void run();

  std::size_t waiting_max_;
  std::mutex mutex_;
  std::condition_variable added_;
  std::deque<std::function<void()>> waiting_;
  bool ending_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace dermaga::orders

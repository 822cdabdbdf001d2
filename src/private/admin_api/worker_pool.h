#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace dermaga::admin_api {

// A few threads with a bounded queue. Thread-safe.
class WorkerPool {
 public:
  WorkerPool(unsigned threads, std::size_t waiting_max);
  ~WorkerPool();

  // False where too many wait, and once it was stopped.
  bool add(std::function<void()> work);
  // Ends what runs, drops what waits, and returns when no thread is left. Not from one of them.
  void stop();

 private:
  void run();

  const std::size_t waiting_max_;
  std::mutex mutex_;
  std::condition_variable woken_;
  std::deque<std::function<void()>> waiting_;
  bool stopping_ = false;
  std::vector<std::jthread> threads_;
};

}  // namespace dermaga::admin_api

#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace dermaga::serving {

// A few threads for calls that may block, so that gRPC's own never do. Bounded; destruction runs
// what was accepted.
class Workers {
 public:
  Workers(unsigned threads, std::size_t waiting_max);
  ~Workers();

  // False when too much is waiting already.
  bool submit(std::function<void()> task);

 private:
  void run();

  const std::size_t waiting_max_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> waiting_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace dermaga::serving

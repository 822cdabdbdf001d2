#include "call_threads.h"

#include <chrono>

namespace dermaga::sealed_calls {
namespace {

constexpr double kNewest = 1.0 / 16;  // weight of one in what they usually take

}  // namespace

CallThreads::CallThreads(std::size_t threads, std::size_t waiting_max)
    : waiting_max_(waiting_max), thread_count_(threads) {
  for (std::size_t i = 0; i < threads; ++i) {
    threads_.emplace_back([this] { run(); });
  }
}

CallThreads::~CallThreads() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  added_.notify_all();
  for (std::thread& thread : threads_) {
    thread.join();
  }
}

bool CallThreads::add(std::function<void()> work) {
  {
    const std::lock_guard lock(mutex_);
    if (waiting_.size() >= waiting_max_ || ending_) {
      return false;
    }
    waiting_.push_back(std::move(work));
  }
  added_.notify_one();
  return true;
}

double CallThreads::done_per_second() const {
  const std::lock_guard lock(mutex_);
  return usual_s_ == 0 ? 0 : static_cast<double>(thread_count_) / usual_s_;
}

void CallThreads::run() {
  while (true) {
    std::function<void()> work;
    {
      std::unique_lock lock(mutex_);
      added_.wait(lock, [this] { return !waiting_.empty() || ending_; });
      if (waiting_.empty()) {
        return;
      }
      work = std::move(waiting_.front());
      waiting_.pop_front();
    }
    const auto start = std::chrono::steady_clock::now();
    work();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    const std::lock_guard lock(mutex_);
    usual_s_ = usual_s_ == 0 ? took.count() : usual_s_ + (took.count() - usual_s_) * kNewest;
  }
}

}  // namespace dermaga::sealed_calls

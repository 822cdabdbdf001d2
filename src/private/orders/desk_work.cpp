#include "desk_work.h"

namespace dermaga::orders {

DeskWork::DeskWork(std::size_t threads, std::size_t waiting_max) : waiting_max_(waiting_max) {
  for (std::size_t i = 0; i < threads; ++i) {
    threads_.emplace_back([this] { run(); });
  }
}

DeskWork::~DeskWork() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  added_.notify_all();
  for (std::thread& thread : threads_) {
    thread.join();
  }
}

bool DeskWork::add(std::function<void()> work) {
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

void DeskWork::run() {
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
    work();
  }
}

}  // namespace dermaga::orders

#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "spool_group/spool_group.h"

namespace dermaga::spool_group {

// The orders that wait for one spool. While calls are under way the others gather and go together.
// Thread-safe; nothing is called with the lock held.
class SpoolGroup::Lane {
 public:
  using Done = std::function<void(Result<contract::SpoolOutcome>)>;

  Lane(std::shared_ptr<Spool> spool, const Options& options)
      : spool_(std::move(spool)), options_(options) {}

  Spool& spool() { return *spool_; }
  // False, and `done` not called, where the spool is away or too many wait.
  bool offer(contract::SpoolOrder order, Done& done);
  // Fails what waits and what is under way; takes nothing any more.
  void close();

 private:
  struct Waiting {
    contract::SpoolOrder order;
    Done done;
  };
  struct Batch {
    std::vector<contract::SpoolOrder> orders;
    std::vector<Done> done;
  };

  bool take(Batch& batch);
  void send();

  const std::shared_ptr<Spool> spool_;
  const Options options_;
  std::mutex mutex_;
  std::deque<Waiting> waiting_;
  std::size_t under_way_ = 0;
  bool closed_ = false;
};

}  // namespace dermaga::spool_group

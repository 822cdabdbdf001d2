#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "contract/spool.h"
#include "dialing/caller.h"
#include "result/result.h"

namespace dermaga::spool_end {

// An edge's way to one spool. Every `done` runs exactly once, from any thread, after the caller's
// call_timeout at the latest. Thread-safe.
class SpoolClient {
 public:
  static Result<std::unique_ptr<SpoolClient>> start(const dialing::CallerOptions& options);

  bool connected() const { return caller_->connected(); }
  // As many outcomes as orders, or why there are none: kUnavailable and kTimeout leave open what
  // the spool has on its disk.
  void append(std::vector<contract::SpoolOrder> batch,
              std::function<void(Result<std::vector<contract::SpoolOutcome>>)> done);
  void order_view(OrderId id, std::function<void(Result<contract::OrderView>)> done);
  // As Caller::close().
  void close() { caller_->close(); }

 private:
  explicit SpoolClient(std::unique_ptr<dialing::Caller> caller) : caller_(std::move(caller)) {}

  const std::unique_ptr<dialing::Caller> caller_;
};

// A spool's way to core. The same promises as above.
class CoreClient {
 public:
  static Result<std::unique_ptr<CoreClient>> start(const dialing::CallerOptions& options);

  bool connected() const { return caller_->connected(); }
  // As many outcomes as orders, in their order.
  void deliver(const contract::Delivery& delivery,
               std::function<void(Result<std::vector<contract::PlaceOutcome>>)> done);
  void exchange(const contract::LeaseRequest& request,
                std::function<void(Result<contract::LeaseGrant>)> done);

 private:
  explicit CoreClient(std::unique_ptr<dialing::Caller> caller) : caller_(std::move(caller)) {}

  const std::unique_ptr<dialing::Caller> caller_;
};

}  // namespace dermaga::spool_end

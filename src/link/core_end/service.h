#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "call.h"
#include "contract/core_service.h"
#include "link_metrics.h"
#include "role_table.h"
#include "unary_call.h"
#include "watch_calls.h"
#include "workers.h"

namespace dermaga::core_end {

// Every method of link.proto: checks the caller's role, then starts the kind of call that the
// method is. Called by gRPC's threads.
class Service final : public grpc::CallbackGenericService {
 public:
  Service(std::string shop_id, std::shared_ptr<contract::CoreService> core,
          metrics::Registry* registry);

  grpc::ServerGenericBidiReactor* CreateReactor(
      grpc::GenericCallbackServerContext* context) override;

  // New calls are refused from now on; those that run come to their end.
  void drain();

 private:
  using Factory = std::function<std::shared_ptr<Call>(const Role& caller)>;
  // Runs on the pool: may block.
  using Blocking =
      std::function<Result<std::string>(const std::string& request, const Role& caller)>;

  void add_streams();
  void add_blocking_calls();
  void add_blocking(const std::string& method, Blocking run);
  std::shared_ptr<Call> sealed_call();
  // Counts single calls in hand; kOverloaded through `reply` and an empty function beyond the
  // bound.
  Reply admit(Reply reply);

  const std::string shop_id_;
  const std::shared_ptr<contract::CoreService> core_;
  LinkMetrics metrics_;
  SnapshotCache snapshots_;
  RunningCalls running_;
  std::map<std::string, Factory, std::less<>> methods_;
  std::atomic<bool> draining_ = false;
  std::shared_ptr<std::atomic<std::size_t>> calls_in_hand_;
  Workers workers_;  // last: its threads use the rest
};

}  // namespace dermaga::core_end

#pragma once

#include <memory>

#include "batch_metrics.h"
#include "contract/core_service.h"
#include "contract/spool.h"
#include "serving/server.h"
#include "watch_calls.h"

namespace dermaga::core_end {

// Every method of link.proto that core answers. Outlives the server that has the methods.
class CoreMethods {
 public:
  CoreMethods(std::shared_ptr<contract::CoreService> core,
              std::shared_ptr<contract::DeliveryService> spools, metrics::Registry* registry)
      : core_(std::move(core)), spools_(std::move(spools)), metrics_(registry) {}

  serving::Methods methods();

 private:
  void add_streams(serving::Methods& methods);
  void add_sealed_call(serving::Methods& methods);
  void add_for_spools(serving::Methods& methods);
  void add_blocking(serving::Methods& methods);

  const std::shared_ptr<contract::CoreService> core_;
  const std::shared_ptr<contract::DeliveryService> spools_;
  BatchMetrics metrics_;
  SnapshotCache snapshots_;
};

}  // namespace dermaga::core_end

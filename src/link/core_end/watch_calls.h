#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "contract/core_service.h"
#include "serving/call.h"

namespace dermaga::core_end {

// The newest snapshot as a message: compressed once, shared by every edge that asks. Thread-safe.
class SnapshotCache {
 public:
  struct Encoded {
    std::uint64_t version = 0;
    std::shared_ptr<const std::string> message;
  };
  // Null where the snapshot has no version (a fault of core, logged).
  std::shared_ptr<const Encoded> encode(
      const std::shared_ptr<const contract::SignedSnapshot>& snapshot);

 private:
  std::mutex mutex_;
  std::shared_ptr<const contract::SignedSnapshot> snapshot_;
  std::shared_ptr<const Encoded> encoded_;
};

// Catalog.Watch: a heartbeat or the newest snapshot, then later ones; a slow edge skips versions.
std::shared_ptr<serving::Call> make_catalog_watch(std::shared_ptr<contract::CoreService> core,
                                                  SnapshotCache& cache);

// Capacity.Watch: complete first, then changes; for a slow edge they are merged.
std::shared_ptr<serving::Call> make_capacity_watch(std::shared_ptr<contract::CoreService> core);

}  // namespace dermaga::core_end

#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "contract/audit.h"
#include "contract/catalog.h"
#include "metrics/metrics.h"
#include "random/random.h"
#include "result/result.h"

namespace dermaga::witness {

// Core as a witness sees it. Thread-safe; every `done` runs exactly once.
class WitnessedCore {
 public:
  virtual ~WitnessedCore() = default;
  virtual bool connected() const = 0;
  virtual void witness(const contract::WitnessRequest& request,
                       std::function<void(Result<contract::WitnessAnswer>)> done) = 0;
};

struct WitnessOptions {
  std::string file;                         // of this witness alone (docs/reference/audit.md)
  std::chrono::milliseconds every{60'000};  // give or take a quarter
  metrics::Registry* registry = nullptr;    // required
};

// Watches over core's audit log on a thread of its own. Thread-safe.
class Witness {
 public:
  // A file that cannot be read is told and leaves the log unwatched: an edge sells nevertheless.
  // `core` and `random` outlive it.
  static std::unique_ptr<Witness> start(const WitnessOptions& options, WitnessedCore& core,
                                        Random& random);
  virtual ~Witness() = default;
  // What core says of its log; from then on it is asked. Does not block.
  virtual void on_keys(const contract::EdgeKeys& keys) = 0;
};

}  // namespace dermaga::witness

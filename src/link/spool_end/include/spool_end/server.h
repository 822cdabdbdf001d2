#pragma once

#include <chrono>
#include <memory>

#include "contract/spool.h"
#include "result/result.h"
#include "serving/server.h"

namespace dermaga::spool_end {

// Thread-safe.
class SpoolServer {
 public:
  // kAlreadyExists when the port is in use.
  static Result<std::unique_ptr<SpoolServer>> start(serving::ServerOptions options,
                                                    std::shared_ptr<contract::SpoolService> spool);
  virtual ~SpoolServer() = default;
  virtual int port() const = 0;
  // Refuses new calls, lets orders in hand be answered, then closes.
  virtual void stop(std::chrono::milliseconds patience) = 0;
};

}  // namespace dermaga::spool_end

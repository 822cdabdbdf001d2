#pragma once

#include <chrono>
#include <memory>

#include "contract/core_service.h"
#include "contract/spool.h"
#include "result/result.h"
#include "serving/server.h"

namespace dermaga::core_end {

using LinkServerOptions = serving::ServerOptions;

// The private end of the link: a gRPC server that carries CoreService and DeliveryService.
class LinkServer {
 public:
  // kAlreadyExists when the port is in use.
  static Result<std::unique_ptr<LinkServer>> start(
      LinkServerOptions options, std::shared_ptr<contract::CoreService> core,
      std::shared_ptr<contract::DeliveryService> spools);
  virtual ~LinkServer() = default;
  virtual int port() const = 0;
  // Refuses new calls, lets orders in hand be answered, then closes.
  virtual void stop(std::chrono::milliseconds patience) = 0;
};

}  // namespace dermaga::core_end

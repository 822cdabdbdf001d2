#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "contract/core_service.h"
#include "metrics/metrics.h"
#include "result/result.h"

namespace dermaga::core_end {

struct LinkServerOptions {
  std::string address;  // "127.0.0.1:8445"
  std::string shop_id;  // roles are dermaga://<shop_id>/…
  std::string ca_file;
  std::string certificate_file;  // reloaded when it changes on disk
  std::string private_key_file;
  std::size_t message_bytes_max = 16 * 1024 * 1024;
  metrics::Registry* registry = nullptr;
};

// The private end of the link: a gRPC server, TLS 1.3 only, client certificates from the shop's CA;
// one table says which role may call which method (PERMISSION_DENIED otherwise).
class LinkServer {
 public:
  // kAlreadyExists when the port is in use.
  static Result<std::unique_ptr<LinkServer>> start(LinkServerOptions options,
                                                   std::shared_ptr<contract::CoreService> core);
  virtual ~LinkServer() = default;
  virtual int port() const = 0;
  // Refuses new calls, lets orders in hand be answered, then closes.
  virtual void stop(std::chrono::milliseconds patience) = 0;
};

}  // namespace dermaga::core_end

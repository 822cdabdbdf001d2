#pragma once

#include <grpcpp/generic/async_generic_service.h>

#include <atomic>
#include <memory>
#include <string>

#include "call_metrics.h"
#include "reactor.h"
#include "serving/server.h"
#include "unary_call.h"
#include "workers.h"

namespace dermaga::serving {

// Checks the caller's role, then starts the kind of call that the method is. Called by gRPC's
// threads.
class Service final : public grpc::CallbackGenericService {
 public:
  Service(const ServerOptions& options, Methods methods);
  ~Service() override;

  grpc::ServerGenericBidiReactor* CreateReactor(
      grpc::GenericCallbackServerContext* context) override;

  // New calls are refused from now on; those that run come to their end.
  void drain();

 private:
  bool is_revoked(const Role& caller) const;
  // Null for a method that is not served here.
  std::shared_ptr<Call> make_call(const std::string& method, const Role& caller);
  std::shared_ptr<Call> make_single(const std::string& method, const Methods::Single& answer,
                                    const Role& caller);
  std::shared_ptr<Call> make_blocking(const std::string& method, const Methods::Blocking& answer,
                                      const Role& caller);
  // Counts single calls in hand; kOverloaded through `reply` and an empty function beyond the
  // bound.
  Reply admit(const std::string& method, Reply reply);

  const std::string shop_id_;
  const std::shared_ptr<RevokedCertificates> revoked_;
  const Methods methods_;
  CallMetrics metrics_;
  RunningCalls running_;
  std::atomic<bool> draining_ = false;
  std::shared_ptr<std::atomic<std::size_t>> calls_in_hand_;
  Workers workers_;  // last: its threads use the rest
};

}  // namespace dermaga::serving

#pragma once

#include <grpcpp/generic/async_generic_service.h>

#include <functional>
#include <map>
#include <memory>
#include <mutex>

#include "serving/call.h"
#include "serving/server.h"

namespace dermaga::serving {

// Owns the calls that are running, so that each can be asked to come to its end. Thread-safe.
class RunningCalls {
 public:
  void add(const std::shared_ptr<Call>& call, const Role& caller);
  void remove(Call* call);
  void drain(const std::function<bool(const Role& caller)>& which);

 private:
  struct Running {
    std::shared_ptr<Call> call;
    Role caller;
  };
  std::mutex mutex_;
  std::map<Call*, Running> calls_;
};

// A call as gRPC's generic API sees it.
class Reactor final : public grpc::ServerGenericBidiReactor {
 public:
  explicit Reactor(Call& call) : call_(call) {}

  // Hands the call to gRPC.
  static Reactor* begin(const std::shared_ptr<Call>& call, const Role& caller,
                        RunningCalls& running);

  // With the call's mutex held.
  void write(Call::Message message);
  void read() { StartRead(&in_); }
  void open() { StartSendInitialMetadata(); }
  void finish(const grpc::Status& status) { Finish(status); }

 private:
  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

  Call& call_;
  RunningCalls* running_ = nullptr;
  grpc::ByteBuffer in_;
  grpc::ByteBuffer out_;
};

// A call that ends at once.
Reactor* refuse(Error why, RunningCalls& running);

}  // namespace dermaga::serving

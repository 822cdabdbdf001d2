#pragma once

#include <grpcpp/generic/async_generic_service.h>

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "result/result.h"

namespace dermaga::core_end {

class Call;

// Owns the calls that are running, so that stop() can ask each to come to its end. Thread-safe.
class RunningCalls {
 public:
  void add(const std::shared_ptr<Call>& call);
  void remove(Call* call);
  void drain_all();

 private:
  std::mutex mutex_;
  std::map<Call*, std::shared_ptr<Call>> calls_;
};

// One RPC of any kind as gRPC's generic API sees it: messages in, messages out, a status. Lives in
// RunningCalls until gRPC is done with it; a callback of core may hold it longer and still answer,
// which then does nothing.
//
// Writing is by pull: pump() asks take_next() whenever gRPC can take a message, so that each kind
// of call decides what waits (a queue, or only the newest). Thread-safe.
class Call : public grpc::ServerGenericBidiReactor {
 public:
  // Hands the call to gRPC.
  static Call* begin(std::shared_ptr<Call> call, RunningCalls& running);

  // Core is stopping: finish as soon as what is in hand has been answered.
  virtual void drain();

 protected:
  // All with mutex_ held.
  virtual bool take_next(grpc::ByteBuffer* out) = 0;
  void pump();
  void read_next();
  // Tells the caller that it was let in, unless the call ended meanwhile: gRPC ends the process
  // when this comes after its end, and a call may be drained or cancelled at any moment.
  void open();
  void finish(grpc::Status status);  // after everything that take_next() still gives
  bool is_over() const { return finished_ || cancelled_; }

  // Without mutex_.
  virtual void on_begin() = 0;
  virtual void on_message(std::string bytes) = 0;
  virtual void on_half_close() = 0;
  virtual void on_done() {}

  std::mutex mutex_;

 private:
  void OnReadDone(bool ok) final;
  void OnWriteDone(bool ok) final;
  void OnCancel() final;
  void OnDone() final;

  RunningCalls* running_ = nullptr;
  grpc::ByteBuffer in_;
  grpc::ByteBuffer out_;
  bool writing_ = false;
  bool finish_requested_ = false;
  bool finished_ = false;
  bool cancelled_ = false;
  grpc::Status status_;
};

// A call that ends at once.
Call* refuse(grpc::Status status, RunningCalls& running);

}  // namespace dermaga::core_end

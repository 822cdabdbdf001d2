#include "call.h"

#include <vector>

#include "transport/transport.h"

namespace dermaga::core_end {

namespace {

class RefusedCall final : public Call {
 public:
  explicit RefusedCall(grpc::Status status) : refusal_(std::move(status)) {}

 private:
  bool take_next(grpc::ByteBuffer*) override { return false; }
  void on_begin() override {
    const std::lock_guard lock(mutex_);
    finish(refusal_);
  }
  void on_message(std::string) override {}
  void on_half_close() override {}

  const grpc::Status refusal_;
};

}  // namespace

void RunningCalls::add(const std::shared_ptr<Call>& call) {
  const std::lock_guard lock(mutex_);
  calls_.emplace(call.get(), call);
}

void RunningCalls::remove(Call* call) {
  decltype(calls_)::node_type removed;  // destroyed outside the lock
  const std::lock_guard lock(mutex_);
  removed = calls_.extract(call);
}

void RunningCalls::drain_all() {
  std::vector<std::shared_ptr<Call>> calls;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [raw, call] : calls_) {
      calls.push_back(call);
    }
  }
  for (const auto& call : calls) {
    call->drain();
  }
}

Call* Call::begin(std::shared_ptr<Call> call, RunningCalls& running) {
  Call* raw = call.get();
  raw->running_ = &running;
  running.add(call);
  raw->on_begin();
  return raw;
}

void Call::drain() {
  const std::lock_guard lock(mutex_);
  finish(grpc::Status(grpc::StatusCode::UNAVAILABLE, "core is stopping"));
}

void Call::pump() {
  if (finished_ || writing_) {
    return;
  }
  if (!cancelled_ && take_next(&out_)) {
    writing_ = true;
    StartWrite(&out_);
    return;
  }
  if (finish_requested_ || cancelled_) {
    finished_ = true;
    Finish(cancelled_ ? grpc::Status(grpc::StatusCode::CANCELLED, "the caller went away")
                      : status_);
  }
}

void Call::read_next() {
  if (!is_over() && !finish_requested_) {
    StartRead(&in_);
  }
}

void Call::open() {
  if (!finished_) {
    StartSendInitialMetadata();
  }
}

void Call::finish(grpc::Status status) {
  if (!finish_requested_) {
    finish_requested_ = true;
    status_ = std::move(status);
  }
  pump();
}

void Call::OnReadDone(bool ok) {
  if (ok) {
    on_message(transport::take_bytes(in_));
  } else {
    on_half_close();
  }
}

void Call::OnWriteDone(bool ok) {
  const std::lock_guard lock(mutex_);
  writing_ = false;
  out_.Clear();
  cancelled_ = cancelled_ || !ok;
  pump();
}

void Call::OnCancel() {
  const std::lock_guard lock(mutex_);
  cancelled_ = true;
  pump();
}

void Call::OnDone() {
  on_done();
  running_->remove(this);
}

Call* refuse(grpc::Status status, RunningCalls& running) {
  return Call::begin(std::make_shared<RefusedCall>(std::move(status)), running);
}

}  // namespace dermaga::core_end

#include "reactor.h"

#include <vector>

#include "transport/transport.h"

namespace dermaga::serving {

namespace {

class RefusedCall final : public Call {
 public:
  explicit RefusedCall(Error why) : why_(std::move(why)) {}

 private:
  Message take_next() override { return nullptr; }
  void on_begin() override {
    const std::lock_guard lock(mutex_);
    finish(std::unexpected(why_));
  }
  void on_message(std::string) override {}
  void on_half_close() override {}

  const Error why_;
};

}  // namespace

void RunningCalls::add(const std::shared_ptr<Call>& call, const Role& caller) {
  const std::lock_guard lock(mutex_);
  calls_.emplace(call.get(), Running{.call = call, .caller = caller});
}

void RunningCalls::remove(Call* call) {
  decltype(calls_)::node_type removed;  // destroyed outside the lock
  const std::lock_guard lock(mutex_);
  removed = calls_.extract(call);
}

void RunningCalls::drain(const std::function<bool(const Role& caller)>& which) {
  std::vector<Running> calls;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [raw, running] : calls_) {
      calls.push_back(running);
    }
  }
  for (const Running& running : calls) {
    if (which(running.caller)) {
      running.call->drain();
    }
  }
}

Reactor* Reactor::begin(const std::shared_ptr<Call>& call, const Role& caller,
                        RunningCalls& running) {
  Reactor* reactor = call->reactor_.get();
  reactor->running_ = &running;
  running.add(call, caller);
  call->on_begin();
  return reactor;
}

void Reactor::write(Call::Message message) {
  transport::put_shared(std::move(message), &out_);
  StartWrite(&out_);
}

void Reactor::OnReadDone(bool ok) {
  if (ok) {
    call_.on_message(transport::take_bytes(in_));
  } else {
    call_.on_half_close();
  }
}

void Reactor::OnWriteDone(bool ok) {
  out_.Clear();
  call_.written(ok);
}

void Reactor::OnCancel() {
  call_.cancel();
}

void Reactor::OnDone() {
  call_.on_done();
  running_->remove(&call_);
}

Reactor* refuse(Error why, RunningCalls& running) {
  return Reactor::begin(std::make_shared<RefusedCall>(std::move(why)), {}, running);
}

}  // namespace dermaga::serving

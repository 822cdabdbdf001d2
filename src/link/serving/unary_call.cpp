#include "unary_call.h"

#include <utility>

namespace dermaga::serving {

namespace {

class UnaryCall final : public Call {
 public:
  explicit UnaryCall(UnaryHandler handler) : handler_(std::move(handler)) {}

  std::weak_ptr<UnaryCall> self;

 private:
  Message take_next() override { return std::exchange(answer_, nullptr); }
  void on_begin() override {
    const std::lock_guard lock(mutex_);
    read_next();
  }
  void on_message(std::string bytes) override {
    asked_ = true;
    handler_(std::move(bytes),
             [call = self.lock()](Result<std::string> answer) { call->answer(std::move(answer)); });
  }
  void on_half_close() override {
    if (!asked_) {
      const std::lock_guard lock(mutex_);
      finish(make_error(ErrorCode::kInvalidArgument, "one message is expected"));
    }
  }
  // An answer that is being worked out is waited for.
  void drain() override {}

  void answer(Result<std::string> answer) {
    const std::lock_guard lock(mutex_);
    if (answer.has_value()) {
      answer_ = std::make_shared<const std::string>(*std::move(answer));
      finish({});
    } else {
      finish(std::unexpected(std::move(answer).error()));
    }
  }

  const UnaryHandler handler_;
  bool asked_ = false;  // only gRPC's reads touch it, one at a time
  Message answer_;
};

}  // namespace

std::shared_ptr<Call> make_unary_call(UnaryHandler handler) {
  auto call = std::make_shared<UnaryCall>(std::move(handler));
  call->self = call;
  return call;
}

}  // namespace dermaga::serving

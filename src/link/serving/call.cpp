#include "serving/call.h"

#include "reactor.h"
#include "transport/transport.h"

namespace dermaga::serving {

Call::Call() : reactor_(std::make_unique<Reactor>(*this)) {}
Call::~Call() = default;

void Call::drain() {
  const std::lock_guard lock(mutex_);
  finish(make_error(ErrorCode::kUnavailable, "the server is stopping"));
}

void Call::pump() {
  if (finished_ || writing_) {
    return;
  }
  if (!cancelled_) {
    if (Message message = take_next(); message != nullptr) {
      writing_ = true;
      reactor_->write(std::move(message));
      return;
    }
  }
  if (finish_requested_ || cancelled_) {
    finished_ = true;
    if (cancelled_) {
      reactor_->finish({grpc::StatusCode::CANCELLED, "the caller went away"});
    } else {
      reactor_->finish(status_.has_value() ? grpc::Status::OK
                                           : transport::to_status(status_.error()));
    }
  }
}

void Call::read_next() {
  if (!is_over() && !finish_requested_) {
    reactor_->read();
  }
}

void Call::open() {
  if (!finished_) {
    reactor_->open();
  }
}

void Call::finish(Status status) {
  if (!finish_requested_) {
    finish_requested_ = true;
    status_ = std::move(status);
  }
  pump();
}

void Call::written(bool ok) {
  const std::lock_guard lock(mutex_);
  writing_ = false;
  cancelled_ = cancelled_ || !ok;
  pump();
}

void Call::cancel() {
  const std::lock_guard lock(mutex_);
  cancelled_ = true;
  pump();
}

}  // namespace dermaga::serving

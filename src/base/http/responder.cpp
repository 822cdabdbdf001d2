#include "http/server.h"
#include "http/sink.h"

namespace dermaga::http {

Responder::Responder(std::shared_ptr<Sink> sink) : sink_(std::move(sink)) {}
Responder::Responder(Responder&&) noexcept = default;

Responder& Responder::operator=(Responder&& other) noexcept {
  Responder dropped(std::move(*this));  // an answer still owed here is answered 500
  sink_ = std::move(other.sink_);
  return *this;
}

Responder::~Responder() {
  if (sink_ != nullptr) {
    std::move(*this).send(problem(500, "internal", "A fault on our side",
                                  "The request was dropped without an answer."));
  }
}

void Responder::send(Response response) && {
  const std::shared_ptr<Sink> sink = std::move(sink_);
  CHECK(sink != nullptr);
  sink->answer(std::move(response));
}

void Responder::send(std::shared_ptr<const PreparedResponse> response) && {
  const std::shared_ptr<Sink> sink = std::move(sink_);
  CHECK(sink != nullptr && response != nullptr);
  sink->answer(std::move(response));
}

}  // namespace dermaga::http

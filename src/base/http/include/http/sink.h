#pragma once

#include <memory>

#include "http/message.h"
#include "http/server.h"

namespace dermaga::http {

// Where a Responder delivers its one answer: the server's connection, or a test that calls a
// Handler without a server. Called at most once per Responder, from any thread.
class Responder::Sink {
 public:
  virtual ~Sink() = default;
  virtual void answer(Response response) = 0;
  virtual void answer(std::shared_ptr<const PreparedResponse> response) = 0;
};

}  // namespace dermaga::http

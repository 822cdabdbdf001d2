#pragma once

#include <chrono>
#include <cstddef>
#include <memory>

#include "mail/mail.h"
#include "result/result.h"

namespace dermaga::metrics {
class Registry;
}

namespace dermaga::mail {

struct OutgoingOptions {
  std::size_t waiting_max = 1'000;
  unsigned tries_max = 8;                       // of one mail; then it is given up
  std::chrono::milliseconds first_wait{2'000};  // before the second try; doubled from try to try
  std::chrono::milliseconds wait_max{300'000};
  metrics::Registry* registry = nullptr;  // outlives it
};

// Mails on their way out: owns a transport and the one thread that uses it. A mail that cannot be
// sent now waits and lets others pass; how it ended is in a log line and a metric, which tell
// neither to whom nor what. Mails are in memory only: what waits when the program ends is lost, so
// whoever asked for a mail must be able to ask again. Thread-safe.
class Outgoing {
 public:
  explicit Outgoing(std::unique_ptr<Transport> transport, const OutgoingOptions& options = {});
  // Stops within a second or so; counts what was not sent.
  ~Outgoing();
  Outgoing(const Outgoing&) = delete;
  Outgoing& operator=(const Outgoing&) = delete;

  // Returns at once. kOverloaded when too many wait.
  Status post(Message message);
  // For tests: whether every mail was sent or given up within the time.
  bool wait_until_sent(std::chrono::milliseconds timeout);

 private:
  class Queue;
  std::unique_ptr<Queue> queue_;
};

}  // namespace dermaga::mail

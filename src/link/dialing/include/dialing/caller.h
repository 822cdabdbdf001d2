#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "dialing/connection.h"
#include "dialing/credentials.h"
#include "metrics/metrics.h"
#include "result/result.h"

namespace dermaga::dialing {

struct CallerOptions {
  ConnectionOptions connection;
  CredentialFiles credentials;
  // The peer is core and nobody else renews these files: asks Certificates.Renew when it is due.
  bool renews = false;
  std::chrono::milliseconds look_every{10'000};  // for a certificate that was replaced
  metrics::Registry* registry = nullptr;         // for renewals
};

// Single calls to one peer. Connects and connects again by itself; takes up a certificate that was
// replaced on disk without failing a call. Thread-safe.
class Caller {
 public:
  // kNotFound or kCorrupt where the files cannot be used; the peer need not be there.
  static Result<std::unique_ptr<Caller>> start(const CallerOptions& options);
  // Closes.
  virtual ~Caller() = default;
  // Cancels what is running; every `done` has run afterwards, and calls are kUnavailable from here
  // on. Not from a `done`.
  virtual void close() = 0;

  virtual bool connected() const = 0;
  // One message, one answer; `done` runs exactly once, from any thread, after call_timeout at the
  // latest. kUnavailable at once while not connected.
  virtual void call(const std::string& method, const std::string& request, CallDone done) = 0;
};

}  // namespace dermaga::dialing

#pragma once

#include <string>

#include "clock/clock.h"
#include "dialing/credentials.h"
#include "metrics/metrics.h"
#include "result/result.h"

namespace dermaga::dialing {

// Keeps a certificate young: says when it is due, what to ask core (Certificates.Renew) and what to
// do with the answer. No threads, no network in here. Not thread-safe.
class Renewal {
 public:
  Renewal(CredentialFiles files, const Clock& clock, metrics::Registry* registry);

  // A connection with this certificate is up.
  void plan(const pki::CertificateInfo& info);
  // False while one is under way.
  bool is_due() const;
  // The message for Certificates.Renew, or none where it failed and will be due again later.
  Result<std::string> begin();
  // Core's answer: true when the files are replaced, so that a new connection is wanted.
  bool finish(Result<std::string> answer);
  // The connection that the request went over is gone.
  void interrupt() { under_way_ = false; }

 private:
  void failed(const Error& why);
  void count(const char* result);

  const CredentialFiles files_;
  const Clock& clock_;
  metrics::Registry* const registry_;
  SteadyTime due_at_ = SteadyTime::max();
  bool under_way_ = false;
  std::string key_pem_;
};

}  // namespace dermaga::dialing

#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "audit/audit_log.h"
#include "clock/clock.h"
#include "random/random.h"
#include "result/result.h"
#include "tamper_probe/acceptance.h"
#include "tamper_probe/fetch.h"
#include "tamper_probe/findings.h"
#include "vault/vault.h"

namespace dermaga::metrics {
class Registry;
}

namespace dermaga::tamper_probe {

// All outlive the watch.
struct Ports {
  vault::Vault& vault;
  audit::AuditLog& audit_log;
  const Clock& clock;
  Random& random;
  metrics::Registry* registry = nullptr;
  std::function<std::string()> policy;  // the Content-Security-Policy of the catalog as it is now
};

struct WatchOptions {
  std::string manifest_file;
  std::string state_file;  // remembers over a restart whether an alarm was given
  std::string public_url;  // where shoppers reach the shop: an origin
  std::string ca_file;     // the shop's own authority
  std::vector<std::string> locales;
  std::chrono::milliseconds interval{60'000};  // from run to run, on average
  int clean_runs = 3;                          // in a row, before an alarm is taken back
  Fetch fetch;                                 // empty: over HTTPS
};

// Looks at the storefront as shoppers get it and compares it with the accepted build. That it was
// tampered with, and later that it is whole again, is in the audit log, each once; metrics and the
// log tell of every run. What it cannot see is in SECURITY.md. Thread-safe.
class Watch {
 public:
  static Result<std::unique_ptr<Watch>> open(const Ports& ports, WatchOptions options);
  virtual ~Watch() = default;  // ends its thread; a request under way ends first

  virtual const Acceptance& acceptance() const = 0;
  // Looks now; one run at a time.
  virtual Report run() = 0;
  // From now on by itself, half to one and a half intervals apart. Once.
  virtual void start() = 0;
  // Asks it to come to an end, without waiting for that.
  virtual void end() = 0;
};

}  // namespace dermaga::tamper_probe

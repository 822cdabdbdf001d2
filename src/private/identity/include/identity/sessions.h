#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "audit/audit.h"
#include "identity/people.h"
#include "identity/ports.h"

namespace dermaga::identity {

inline constexpr std::chrono::minutes kSessionIdle{30};
inline constexpr std::chrono::hours kSessionLifetime{12};
inline constexpr std::chrono::minutes kStepUpLifetime{5};
inline constexpr std::size_t kSessionsMax = 20;  // of one person; the oldest ends first

// Who is signed in. Thread-safe.
class Sessions {
 public:
  explicit Sessions(const Ports& ports) : ports_(ports) {}

  // kUnauthenticated for a session that is unknown, idle for too long, too old or ended.
  Result<Caller> find(const SessionToken& token, const std::string& source);

  // Sensitive acts want a second factor anew. The session goes on under a new token. A one-time
  // code or a recovery code; kForbidden for a wrong one, and after kStepUpTries of them the session
  // is over: kUnauthenticated.
  Result<SignedIn> step_up_with_code(const Caller& caller, const std::string& code);
  // WebAuthn options as JSON for the caller's own passkeys, and the answer to them.
  Result<std::string> step_up_options(const Caller& caller);
  Result<SignedIn> step_up_with_passkey(const Caller& caller, const webauthn::Assertion& assertion);

  Result<std::vector<Session>> list(const StaffId& staff);
  // kNotFound unless it is a session of this person.
  Status end(const StaffId& staff, const SessionId& session, const audit::Actor& actor);
  // All but `except` (empty: all).
  Status end_all(const StaffId& staff, const SessionId& except, const audit::Actor& actor);

 private:
  Ports ports_;
};

}  // namespace dermaga::identity

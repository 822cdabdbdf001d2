#pragma once

#include <set>
#include <string>
#include <vector>

#include "audit/audit.h"
#include "clock/clock.h"
#include "result/result.h"
#include "store/database.h"

namespace dermaga::certificates {

struct Certificate {
  std::string serial;        // lower-case hexadecimal
  std::string role;          // "dermaga://<shop>/public/edge"; empty: not issued over the link
  std::string renewed_from;  // serial; empty where that is not known
  UtcTime issued_at;
  UtcTime expires_at;
  UtcTime revoked_at;  // UtcTime{}: it is not
};

// Kept before it is handed out. Forgets what has expired.
Status record_issued(store::Connection& connection, const Certificate& certificate, UtcTime now);

struct Revocation {
  std::string serial;  // as X.509 has it: colons, spaces and case do not matter
  audit::Actor actor;
  std::string reason;  // 1 to 200 bytes
  // Of one that core did not issue over the link: until when to remember it.
  UtcTime remember_until;
};
// Revokes it and all that were renewed from it; how many. kInvalidArgument for what is no serial
// number. Again: 0, and nothing happens.
Result<std::int64_t> revoke(store::Connection& connection, const Revocation& revocation,
                            UtcTime now);

// Newest first.
Result<std::vector<Certificate>> list(store::Connection& connection);
Result<std::set<std::string, std::less<>>> revoked_serials(store::Connection& connection);

}  // namespace dermaga::certificates

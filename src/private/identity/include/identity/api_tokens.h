#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "audit/audit.h"
#include "identity/people.h"
#include "identity/ports.h"

namespace dermaga::identity {

inline constexpr std::chrono::hours kApiTokenLifetimeMax{24 * 365};
inline constexpr std::size_t kApiTokensMax = 200;
inline constexpr std::size_t kApiTokenLabelBytesMax = 100;

// "dmg_" and 32 random bytes in base64url, told once.
using ApiTokenSecret = vault::Secret<struct ApiTokenSecretTag>;

struct ApiToken {
  ApiTokenId id;
  std::string label;
  roles::PermissionSet permissions;
  StaffId created_by;
  UtcTime created_at;
  UtcTime expires_at;
  UtcTime last_used_at;  // 1970: never; kept to the minute
};

// Keys for programs. They never hold a permission that asks again, and never more than whoever made
// them has at that moment. Thread-safe.
class ApiTokens {
 public:
  explicit ApiTokens(const Ports& ports) : ports_(ports) {}

  struct Made {
    ApiTokenSecret secret;
    ApiToken token;
  };
  Result<Made> make(const Caller& maker, const std::string& label,
                    const roles::PermissionSet& permissions, std::chrono::hours lifetime,
                    std::string_view reason);
  Result<std::vector<ApiToken>> list();
  // kForbidden for one that may do more than whoever ends it.
  Status end(const ApiTokenId& token, const Principal& principal);

  // kUnauthenticated for one that is unknown, too old or ended, or whose maker is no longer active.
  Result<Caller> find(const ApiTokenSecret& secret, const std::string& source);

 private:
  Ports ports_;
};

}  // namespace dermaga::identity

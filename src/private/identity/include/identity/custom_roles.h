#pragma once

#include <string>
#include <vector>

#include "audit/audit.h"
#include "identity/people.h"
#include "identity/ports.h"

namespace dermaga::identity {

inline constexpr std::size_t kCustomRolesMax = 50;

struct CustomRole {
  std::string name;  // [a-z][a-z0-9-]{1,31}
  roles::PermissionSet permissions;
  std::int64_t version = 0;
};

// Roles that a shop makes itself, beside the built-in ones. Whoever changes one ends the sessions
// of those who have it. Thread-safe.
class CustomRoles {
 public:
  explicit CustomRoles(const Ports& ports) : ports_(ports) {}

  Result<std::vector<CustomRole>> list();
  // kForbidden for permissions that the maker has not; kAlreadyExists.
  Result<CustomRole> make(const CustomRole& role, const Principal& principal);
  // kVersionConflict where somebody was faster.
  Result<CustomRole> change(const CustomRole& role, const Principal& principal);
  // kVersionConflict while somebody has it.
  Status remove(const std::string& name, const Principal& principal);

 private:
  Ports ports_;
};

}  // namespace dermaga::identity

#pragma once

#include <string>

#include "audit/audit_log.h"
#include "clock/clock.h"
#include "passwords/breached_list.h"
#include "passwords/hasher.h"
#include "passwords/policy.h"
#include "random/random.h"
#include "store/database.h"
#include "vault/vault.h"
#include "webauthn/webauthn.h"

namespace dermaga::identity {

// What the vault calls the key of staff's fields, and that of the index over their addresses.
inline constexpr std::string_view kFieldPurpose = "staff-fields";
inline constexpr std::string_view kIndexPurpose = "staff-index";

// Everything this module's classes use; must outlive them.
struct Ports {
  store::Database& database;
  const vault::FieldKey& field_key;
  const vault::BlindIndex& index;
  audit::AuditLog& audit_log;
  passwords::Hasher& hasher;
  const passwords::BreachedList& breached;
  const Clock& clock;
  Random& random;
  std::string shop_name;                 // what authenticators show
  webauthn::RelyingParty relying_party;  // where the console is served
};

}  // namespace dermaga::identity

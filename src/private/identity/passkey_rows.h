#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "identity/people.h"
#include "identity/ports.h"
#include "store/database.h"
#include "webauthn/webauthn.h"

namespace dermaga::identity {

// Whose passkey answered a challenge that was given to `subject`; the challenge is used up and the
// passkey's counter moved, in the caller's transaction. kUnauthenticated for anything that does not
// verify, without saying what.
Result<StaffId> verify_passkey(store::Connection& connection, const Ports& ports,
                               std::string_view subject, const webauthn::Assertion& assertion);
// Raw credential ids of one person.
Result<std::vector<std::string>> credential_ids(store::Connection& connection,
                                                const StaffId& staff);

}  // namespace dermaga::identity

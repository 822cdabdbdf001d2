#pragma once

#include <string_view>

#include "identity/people.h"
#include "identity/ports.h"
#include "store/database.h"

namespace dermaga::identity {

// Signs a person in, in the caller's transaction: a new session, of which `is_fresh` ones need no
// second factor for sensitive acts yet, and the place is known from now on. Ends what is too old.
Result<SignedIn> put_session(store::Connection& connection, const Ports& ports,
                             const StaffId& staff, std::string_view method, const Visitor& visitor,
                             bool is_fresh);
bool is_over(const Session& session, UtcTime now);

// Whether the person has signed in from there within the last 90 days.
Result<bool> is_known_source(store::Connection& connection, const StaffId& staff,
                             std::string_view source, UtcTime now);

}  // namespace dermaga::identity

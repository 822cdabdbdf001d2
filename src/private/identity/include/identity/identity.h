#pragma once

#include "identity/accounts.h"
#include "identity/api_tokens.h"
#include "identity/custom_roles.h"
#include "identity/enrolment.h"
#include "identity/factors.h"
#include "identity/sessions.h"
#include "identity/sign_in.h"

namespace dermaga::identity {

// All of this module over one set of ports. Thread-safe.
struct Identity {
  explicit Identity(const Ports& ports)
      : accounts(ports),
        enrolment(ports),
        sign_in(ports),
        sessions(ports),
        factors(ports),
        tokens(ports),
        roles(ports) {}

  Accounts accounts;
  Enrolment enrolment;
  SignIn sign_in;
  Sessions sessions;
  Factors factors;
  ApiTokens tokens;
  CustomRoles roles;
};

}  // namespace dermaga::identity

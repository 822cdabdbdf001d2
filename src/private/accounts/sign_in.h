#pragma once

#include "sign_up.h"

namespace dermaga::accounts {

// account.sign_in: with a password.
void sign_in(const Ports& ports, const CallPointer& call, const Answer& done);

}  // namespace dermaga::accounts

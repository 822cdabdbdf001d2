#pragma once

#include "records.h"
#include "sessions.h"
#include "sign_up.h"

namespace dermaga::accounts {

// account.change_email: a code goes to the new address, and word of it to the present one.
void change_email(const Ports& ports, const CallPointer& call, const Session& session,
                  const Answer& done);

// account.verify_email of a code that change_email mailed; `code_hash` is the code's.
void confirm_new_email(const Ports& ports, const CallPointer& call, const std::string& code_hash,
                       const Answer& done);

}  // namespace dermaga::accounts

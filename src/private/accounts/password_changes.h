#pragma once

#include "records.h"
#include "sessions.h"
#include "sign_up.h"

namespace dermaga::accounts {

// account.request_password_reset, account.reset_password, account.change_password.
Json request_password_reset(const Ports& ports, const order_box::OpenedCall& call);
void reset_password(const Ports& ports, const CallPointer& call, const Answer& done);
void change_password(const Ports& ports, const CallPointer& call, const Session& session,
                     const Answer& done);

// Asks a signed-in person for the password again: the account, where it is right.
void ask_password_again(const Ports& ports, const Session& session, vault::Password password,
                        std::function<void(Outcome<AccountRow>)> then);

}  // namespace dermaga::accounts

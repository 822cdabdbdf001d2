#pragma once

#include "accounts/ports.h"
#include "outcome.h"

namespace dermaga::accounts {

using CallPointer = std::shared_ptr<order_box::OpenedCall>;
using Answer = std::function<void(Json)>;

// account.sign_up and account.verify_email.
void sign_up(const Ports& ports, const CallPointer& call, const Answer& done);
void verify_email(const Ports& ports, const CallPointer& call, const Answer& done);

}  // namespace dermaga::accounts

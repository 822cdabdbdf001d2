#pragma once

#include <string>
#include <string_view>

#include "accounts/ports.h"

namespace dermaga::accounts {

// A new WebAuthn challenge for whoever `subject` stands for; 40 raw bytes, good for five minutes.
std::string give_challenge(const Ports& ports, std::string_view subject);
// The challenge that client data answer, if it was given to this subject, is not too old and was
// not answered before; remembered in the caller's transaction. kUnauthenticated else.
Result<std::string> take_challenge(store::Connection& connection, const Ports& ports,
                                   std::string_view subject, std::string_view client_data_json);

}  // namespace dermaga::accounts

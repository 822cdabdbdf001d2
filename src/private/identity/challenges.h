#pragma once

#include <string>
#include <string_view>

#include "identity/ports.h"
#include "store/database.h"

namespace dermaga::identity {

inline constexpr std::chrono::minutes kChallengeLifetime{5};

// Whether several challenges of one subject may be open at once, or a new one ends the one before.
enum class Open { kOne, kMany };
// A new WebAuthn challenge (32 raw bytes) that whoever `subject` stands for may answer once. In a
// transaction of its own; kOverloaded where too many are unanswered.
Result<std::string> give_challenge(store::Connection& connection, const Ports& ports,
                                   std::string_view subject, Open open);
// The challenge that client data answers, if it was given to this subject and not answered before;
// it is used up. kUnauthenticated else. In the caller's transaction.
Result<std::string> take_challenge(store::Connection& connection, const Ports& ports,
                                   std::string_view subject, std::string_view client_data_json);

// A challenge that was answered wrongly is not open any more, in the caller's transaction.
Status burn_challenge(store::Connection& connection, const Ports& ports, std::string_view subject,
                      std::string_view client_data_json);

}  // namespace dermaga::identity

#pragma once

#include <string>
#include <string_view>

#include "clock/clock.h"
#include "random/random.h"
#include "store/database.h"

namespace dermaga::proofs {

inline constexpr std::chrono::minutes kChallengeLifetime{5};

// Whether several challenges of one subject may be open at once, or a new one ends the one before.
enum class Open { kOne, kMany };
// A new WebAuthn challenge (32 raw bytes) that whoever `subject` stands for may answer once. In a
// transaction of its own; kOverloaded where too many are unanswered.
struct ChallengeOptions {
  std::string_view subject;
  Open open = Open::kOne;
};
Result<std::string> give_challenge(store::Connection& connection, const Clock& clock,
                                   Random& random, const ChallengeOptions& options);
// The challenge that client data answers, if it was given to this subject and not answered before;
// it is used up. kUnauthenticated else. In the caller's transaction.
Result<std::string> take_challenge(store::Connection& connection, const Clock& clock,
                                   std::string_view subject, std::string_view client_data_json);

// A challenge that was answered wrongly is not open any more, in the caller's transaction.
Status burn_challenge(store::Connection& connection, const Clock& clock, std::string_view subject,
                      std::string_view client_data_json);

// The challenge (raw bytes) that client data say they answer. kInvalidArgument.
Result<std::string> challenge_in(std::string_view client_data_json);

}  // namespace dermaga::proofs

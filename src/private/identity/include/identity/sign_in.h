#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "identity/people.h"
#include "identity/ports.h"

namespace dermaga::identity {

// Budgets of tries that fail, each within proofs::kTriesWindow. A person's own places have a budget
// apart, and passkeys need none: nobody is locked out by what others try from elsewhere.
inline constexpr std::int64_t kTriesOfAccount = 10;  // from places where it never signed in
inline constexpr std::int64_t kTriesOfKnownSource = 10;
inline constexpr std::int64_t kTriesOfSource = 60;  // whatever the account
inline constexpr std::int64_t kStepUpTries = 5;     // of one session

// Two ways in, both with two factors: password and one-time code, or a passkey that verified its
// user. Thread-safe.
class SignIn {
 public:
  explicit SignIn(const Ports& ports) : ports_(ports) {}

  struct Form {
    vault::EmailAddress email;
    vault::Password password;
    std::string code;  // six digits, or a recovery code
    Visitor visitor;
  };
  // `done` is called once, here or on a thread of the hasher. kUnauthenticated does not tell what
  // was wrong, neither by words nor by time; kRateLimited: a budget is used up.
  void with_password(Form form, std::function<void(Result<SignedIn>)> done);

  // WebAuthn options as JSON; any passkey of the shop may answer.
  Result<std::string> passkey_options(const Visitor& visitor);
  Result<SignedIn> with_passkey(const webauthn::Assertion& assertion, const Visitor& visitor);

 private:
  Ports ports_;
};

}  // namespace dermaga::identity

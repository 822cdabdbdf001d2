#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "identity/accounts.h"
#include "identity/people.h"
#include "identity/ports.h"

namespace dermaga::identity {

// From an invitation to an account with a password, one-time codes and recovery codes. Thread-safe.
class Enrolment {
 public:
  explicit Enrolment(const Ports& ports) : ports_(ports) {}

  struct Opened {
    vault::EmailAddress email;  // empty: the invited says it
    vault::PersonName name;
    std::string role;
    vault::SecretText totp_secret;  // base32, for authenticators without a camera
    vault::SecretText totp_uri;     // otpauth://totp/…, to be shown as a picture
  };
  // kNotFound for a token that is unknown, used or too old: all told the same way. Each opening has
  // a secret of its own, which ends the one before it, and stands in the audit log.
  Result<Opened> open(const InvitationToken& token, const Visitor& visitor);

  struct Form {
    InvitationToken token;
    std::optional<vault::EmailAddress> email;  // only where the invitation has none
    std::optional<vault::PersonName> name;
    vault::Password password;
    std::string code;  // of the authenticator that got the secret
    Visitor visitor;
  };
  struct Enrolled {
    std::optional<passwords::Refusal> refusal;  // then nothing was changed
    std::optional<SignedIn> signed_in;
    std::vector<vault::SecretText> recovery_codes;  // told once
  };
  // `done` is called once, here or on a thread of the hasher.
  void finish(Form form, std::function<void(Result<Enrolled>)> done);

 private:
  Ports ports_;
};

}  // namespace dermaga::identity

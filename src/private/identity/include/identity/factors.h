#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "audit/audit.h"
#include "identity/people.h"
#include "identity/ports.h"

namespace dermaga::identity {

inline constexpr std::size_t kPasskeysMax = 10;
inline constexpr std::size_t kPasskeyLabelBytesMax = 100;

struct Passkey {
  PasskeyId id;
  std::string label;
  UtcTime created_at;
  UtcTime last_used_at;
};

// What a person proves themselves with. Everything here wants a fresh second factor, which the
// caller has checked. Thread-safe.
class Factors {
 public:
  explicit Factors(const Ports& ports) : ports_(ports) {}

  // WebAuthn options as JSON for a new passkey, and the answer to them. kAlreadyExists for one that
  // is known.
  Result<std::string> passkey_options(const StaffId& staff);
  Result<Passkey> add_passkey(const StaffId& staff, const std::string& label,
                              const webauthn::Attestation& attestation, const audit::Actor& actor);
  Result<std::vector<Passkey>> passkeys(const StaffId& staff);
  // kNotFound unless it is a passkey of this person.
  Status remove_passkey(const StaffId& staff, const PasskeyId& passkey, const audit::Actor& actor);

  // Ten new ones, told once; the old ones end.
  Result<std::vector<vault::SecretText>> new_recovery_codes(const StaffId& staff,
                                                            const audit::Actor& actor);
  Result<std::int64_t> recovery_codes_left(const StaffId& staff);

  struct PasswordChange {
    StaffId staff;
    SessionId session;  // goes on; the others end
    vault::Password old_password;
    vault::Password new_password;
    audit::Actor actor;
  };
  // kUnauthenticated where the old one is wrong. A refusal changes nothing. `done` is called once,
  // here or on a thread of the hasher.
  void change_password(PasswordChange change,
                       std::function<void(Result<std::optional<passwords::Refusal>>)> done);

 private:
  Ports ports_;
};

}  // namespace dermaga::identity

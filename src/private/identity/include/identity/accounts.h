#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "audit/audit.h"
#include "identity/people.h"
#include "identity/ports.h"

namespace dermaga::identity {

inline constexpr std::chrono::hours kInvitationLifetime{48};

// A one-time secret, told once, by which the invited enrols: /enrol#<token> in the console.
using InvitationToken = vault::Secret<struct InvitationTokenTag>;
struct Invitation {
  StaffId staff;
  InvitationToken token;
  UtcTime expires_at;
};

// "https://…/enrol#<token>": a fragment is sent to no server and stands in no log.
vault::SecretText enrolment_link(const std::string& console_url, const InvitationToken& token);

struct NewMember {
  vault::EmailAddress email;
  vault::PersonName name;
  std::string role;
};

// What a person may do now: nothing unless active. In the caller's transaction.
Result<roles::PermissionSet> permissions_now(store::Connection& connection, const StaffId& staff);

// Who belongs to the staff. By invitation only: no account has a password that its owner did not
// choose. Thread-safe.
class Accounts {
 public:
  explicit Accounts(const Ports& ports) : ports_(ports) {}

  // The shop's first owner, who brings address and name when enrolling. Asking again replaces the
  // link. kAlreadyExists once somebody has enrolled, or an owner was invited by name.
  Result<Invitation> invite_first_owner(const audit::Actor& actor);
  // kAlreadyExists where somebody has this address, kNotFound where there is no such role,
  // kForbidden where the role may do more than whoever invites.
  Result<Invitation> invite(const NewMember& member, const Principal& principal);
  // Ends sessions, passkeys, codes, password and tokens: for whoever lost them. Enrols anew.
  // kVersionConflict where no active owner would be left, but from the private host.
  Result<Invitation> invite_again(const StaffId& staff, const Principal& principal);

  // Ends somebody's sessions everywhere.
  Status sign_out(const StaffId& staff, const Principal& principal);

  Result<std::vector<Member>> list();
  Result<Member> find(const StaffId& staff);

  // Both end the person's sessions. kVersionConflict where somebody was faster, or where no active
  // owner would be left.
  struct Change {
    std::optional<std::string> role;
    std::optional<bool> disabled;
  };
  Result<Member> change(const StaffId& staff, std::int64_t version, const Change& change,
                        const Principal& principal);

 private:
  Ports ports_;
};

}  // namespace dermaga::identity

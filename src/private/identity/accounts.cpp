#include "identity/accounts.h"

#include <utility>

#include "records.h"

namespace dermaga::identity {
namespace {

constexpr std::string_view kMemberColumns =
    "staff_id, email_sealed, name_sealed, role, status, created_at, version, (SELECT COUNT(*) FROM "
    "staff_passkeys WHERE staff_passkeys.staff_id = staff.staff_id)";

Result<Member> read_member(const Ports& ports, const store::Row& row) {
  Member member;
  ASSIGN_OR_RETURN(member.id, StaffId::parse(row.text(0)));
  const std::string& id = member.id.str();
  ASSIGN_OR_RETURN(const auto email, open(ports, "staff", "email_sealed", id, row.blob(1)));
  ASSIGN_OR_RETURN(const auto name, open(ports, "staff", "name_sealed", id, row.blob(2)));
  member.email = vault::EmailAddress(std::string(email.reveal()));
  member.name = vault::PersonName(std::string(name.reveal()));
  member.role = row.text(3);
  member.status = static_cast<StaffStatus>(row.integer(4));
  member.created_at = from_unix_ms(row.integer(5));
  member.version = row.integer(6);
  member.passkeys = row.integer(7);
  return member;
}

Result<Member> find_member(store::Connection& connection, const Ports& ports,
                           const StaffId& staff) {
  std::optional<Member> found;
  const store::Parameter key[] = {std::string_view(staff.str())};
  RETURN_IF_ERROR(
      connection.query("SELECT " + std::string(kMemberColumns) + " FROM staff WHERE staff_id = $1",
                       key, [&](const store::Row& row) -> Status {
                         ASSIGN_OR_RETURN(found, read_member(ports, row));
                         return {};
                       }));
  if (!found.has_value()) {
    return make_error(ErrorCode::kNotFound, "nobody of the staff has this id");
  }
  return *std::move(found);
}

// Replaces the person's open invitation, in the caller's transaction.
Result<Invitation> put_invitation(store::Connection& connection, const Ports& ports,
                                  const StaffId& staff) {
  Invitation invitation{.staff = staff,
                        .token = InvitationToken(proofs::random_secret(ports.random)),
                        .expires_at = ports.clock.now() + kInvitationLifetime};
  const std::string hash = proofs::hash_of(invitation.token.reveal());
  const store::Parameter row[] = {std::string_view(staff.str()), store::Blob{hash}, store::Blob{""},
                                  to_unix_ms(invitation.expires_at)};
  RETURN_IF_ERROR(connection.execute(
      "INSERT INTO staff_invitations (staff_id, token_hash, totp_sealed, expires_at) VALUES ($1, "
      "$2, $3, $4) ON CONFLICT (staff_id) DO UPDATE SET token_hash = $2, totp_sealed = $3, "
      "expires_at = $4",
      row));
  return invitation;
}

Result<StaffId> put_member(store::Connection& connection, const Ports& ports,
                           const NewMember& member) {
  const StaffId id = StaffId::from_bytes(ports.random.bytes(15));
  const bool is_known = !member.email.empty();
  const std::string index = is_known ? index_of(ports, member.email) : "";
  const std::string email =
      is_known ? seal(ports, "staff", "email_sealed", id.str(), member.email) : "";
  const std::string name =
      is_known ? seal(ports, "staff", "name_sealed", id.str(), member.name) : "";
  const store::Parameter row[] = {
      std::string_view(id.str()),
      is_known ? store::Parameter(store::Blob{index}) : store::Parameter(),
      store::Blob{email},
      store::Blob{name},
      std::string_view(member.role),
      std::string_view(""),
      store::Blob{""},
      std::int64_t{0},
      to_unix_ms(ports.clock.now()),
      std::int64_t{1}};
  auto made = connection.execute(
      "INSERT INTO staff (staff_id, email_index, email_sealed, name_sealed, role, status, "
      "password_hash, totp_sealed, totp_last_step, created_at, version) VALUES ($1, $2, $3, $4, "
      "$5, 0, $6, $7, $8, $9, $10)",
      row);
  if (!made.has_value()) {
    return made.error().code() == ErrorCode::kAlreadyExists
               ? make_error(ErrorCode::kAlreadyExists,
                            "somebody of the staff has this e-mail address already")
               : std::unexpected(std::move(made).error());
  }
  return id;
}

// Changes of who may do what wait for each other, so that two cannot each leave the other's owner.
Status claim_staff(store::Connection& connection) {
  ASSIGN_OR_RETURN(const bool claimed, connection.claim("staff", true));
  return claimed ? Status() : make_error(ErrorCode::kUnavailable, "others change the staff");
}

Result<std::int64_t> count(store::Connection& connection, std::string_view sql,
                           std::span<const store::Parameter> parameters) {
  std::int64_t number = 0;
  RETURN_IF_ERROR(connection.query(sql, parameters, [&number](const store::Row& row) -> Status {
    number = row.integer(0);
    return {};
  }));
  return number;
}

// Programs' keys that somebody made end with what proved that it was them.
Status end_tokens(store::Connection& connection, const StaffId& maker) {
  const store::Parameter key[] = {std::string_view(maker.str())};
  RETURN_IF_ERROR(connection.execute("DELETE FROM api_tokens WHERE created_by = $1", key));
  return {};
}

Status check_an_owner_is_left(store::Connection& connection) {
  const store::Parameter owner[] = {roles::kOwner};
  ASSIGN_OR_RETURN(
      const auto owners,
      count(connection, "SELECT COUNT(*) FROM staff WHERE role = $1 AND status = 1", owner));
  return owners > 0 ? Status()
                    : make_error(ErrorCode::kVersionConflict, "the shop needs an active owner");
}

Status check_may_decide(store::Connection& connection, const std::string& role,
                        const Principal& principal) {
  ASSIGN_OR_RETURN(const auto permissions, permissions_of(connection, role));
  return principal.permissions.contains(permissions)
             ? Status()
             : make_error(ErrorCode::kForbidden,
                          "the role " + role + " may do more than whoever decides about it");
}

}  // namespace

Result<roles::PermissionSet> permissions_now(store::Connection& connection, const StaffId& staff) {
  std::string role;
  const store::Parameter key[] = {std::string_view(staff.str())};
  RETURN_IF_ERROR(connection.query("SELECT role FROM staff WHERE staff_id = $1 AND status = 1", key,
                                   [&role](const store::Row& row) -> Status {
                                     role = row.text(0);
                                     return {};
                                   }));
  return role.empty() ? Result<roles::PermissionSet>(roles::PermissionSet())
                      : permissions_of(connection, role);
}

vault::SecretText enrolment_link(const std::string& console_url, const InvitationToken& token) {
  return vault::SecretText(console_url + "/enrol#" + std::string(token.reveal()));
}

Result<Invitation> Accounts::invite_first_owner(const audit::Actor& actor) {
  ASSIGN_OR_RETURN(const auto connection, ports_.database.connect());
  ASSIGN_OR_RETURN(auto transaction, store::Transaction::begin(*connection));
  RETURN_IF_ERROR(claim_staff(*connection));
  ASSIGN_OR_RETURN(const auto enrolled,
                   count(*connection,
                         "SELECT COUNT(*) FROM staff WHERE status <> 0 OR (role = 'owner' AND "
                         "email_index IS NOT NULL)",
                         {}));
  if (enrolled > 0) {
    return make_error(
        ErrorCode::kAlreadyExists,
        "the first owner has enrolled; owners invite the others, and the private host "
        "invites an owner again (staff reinvite)");
  }
  std::optional<StaffId> waiting;
  RETURN_IF_ERROR(connection->query("SELECT staff_id FROM staff WHERE email_index IS NULL", {},
                                    [&waiting](const store::Row& row) -> Status {
                                      ASSIGN_OR_RETURN(waiting, StaffId::parse(row.text(0)));
                                      return {};
                                    }));
  if (!waiting.has_value()) {
    ASSIGN_OR_RETURN(waiting,
                     put_member(*connection, ports_,
                                {.email = {}, .name = {}, .role = std::string(roles::kOwner)}));
  }
  ASSIGN_OR_RETURN(auto invitation, put_invitation(*connection, ports_, *waiting));
  RETURN_IF_ERROR(append_act(*connection, ports_,
                             {.actor = actor,
                              .action = "staff.invite",
                              .subject = waiting->str(),
                              .detail = "first owner"}));
  RETURN_IF_ERROR(transaction.commit());
  return invitation;
}

Result<Invitation> Accounts::invite(const NewMember& member, const Principal& principal) {
  RETURN_IF_ERROR(audit::check_reason(principal.reason));
  NewMember checked{.email = {}, .name = {}, .role = member.role};
  ASSIGN_OR_RETURN(checked.email, normalized(member.email));
  ASSIGN_OR_RETURN(checked.name, normalized(member.name));
  ASSIGN_OR_RETURN(const auto connection, ports_.database.connect());
  ASSIGN_OR_RETURN(auto transaction, store::Transaction::begin(*connection));
  RETURN_IF_ERROR(claim_staff(*connection));
  RETURN_IF_ERROR(check_may_decide(*connection, checked.role, principal));
  ASSIGN_OR_RETURN(const StaffId id, put_member(*connection, ports_, checked));
  ASSIGN_OR_RETURN(auto invitation, put_invitation(*connection, ports_, id));
  RETURN_IF_ERROR(append_act(*connection, ports_,
                             {.actor = principal.actor,
                              .action = "staff.invite",
                              .subject = id.str(),
                              .detail = "role " + checked.role,
                              .reason = principal.reason}));
  RETURN_IF_ERROR(transaction.commit());
  return invitation;
}

Result<Invitation> Accounts::invite_again(const StaffId& staff, const Principal& principal) {
  RETURN_IF_ERROR(audit::check_reason(principal.reason));
  ASSIGN_OR_RETURN(const auto connection, ports_.database.connect());
  ASSIGN_OR_RETURN(auto transaction, store::Transaction::begin(*connection));
  RETURN_IF_ERROR(claim_staff(*connection));
  ASSIGN_OR_RETURN(const Member member, find_member(*connection, ports_, staff));
  RETURN_IF_ERROR(check_may_decide(*connection, member.role, principal));
  if (member.status == StaffStatus::kDisabled) {
    return make_error(ErrorCode::kVersionConflict, "this account is disabled; enable it first");
  }
  RETURN_IF_ERROR(delete_sessions(*connection, staff));
  const store::Parameter key[] = {std::string_view(staff.str()), store::Blob{""}};
  RETURN_IF_ERROR(end_tokens(*connection, staff));
  for (const std::string_view table :
       {"staff_passkeys", "staff_recovery_codes", "staff_known_sources"}) {
    RETURN_IF_ERROR(connection->execute(
        "DELETE FROM " + std::string(table) + " WHERE staff_id = $1", std::span(key).first(1)));
  }
  RETURN_IF_ERROR(connection->execute(
      "UPDATE staff SET status = 0, password_hash = '', totp_sealed = $2, version = version + 1 "
      "WHERE staff_id = $1",
      key));
  // From the private host also the only owner, who lost everything.
  if (!principal.is_host) {
    RETURN_IF_ERROR(check_an_owner_is_left(*connection));
  }
  ASSIGN_OR_RETURN(auto invitation, put_invitation(*connection, ports_, staff));
  RETURN_IF_ERROR(append_act(*connection, ports_,
                             {.actor = principal.actor,
                              .action = "staff.invite",
                              .subject = staff.str(),
                              .detail = "again: the old credentials ended",
                              .reason = principal.reason}));
  RETURN_IF_ERROR(transaction.commit());
  return invitation;
}

Result<std::vector<Member>> Accounts::list() {
  ASSIGN_OR_RETURN(const auto connection, ports_.database.connect_read_only());
  std::vector<Member> members;
  RETURN_IF_ERROR(connection->query(
      "SELECT " + std::string(kMemberColumns) + " FROM staff ORDER BY created_at, staff_id", {},
      [&](const store::Row& row) -> Status {
        ASSIGN_OR_RETURN(members.emplace_back(), read_member(ports_, row));
        return {};
      }));
  return members;
}

Result<Member> Accounts::find(const StaffId& staff) {
  ASSIGN_OR_RETURN(const auto connection, ports_.database.connect_read_only());
  return find_member(*connection, ports_, staff);
}

Status Accounts::sign_out(const StaffId& staff, const Principal& principal) {
  RETURN_IF_ERROR(audit::check_reason(principal.reason));
  ASSIGN_OR_RETURN(const auto connection, ports_.database.connect());
  ASSIGN_OR_RETURN(auto transaction, store::Transaction::begin(*connection));
  ASSIGN_OR_RETURN(const Member member, find_member(*connection, ports_, staff));
  RETURN_IF_ERROR(check_may_decide(*connection, member.role, principal));
  ASSIGN_OR_RETURN(const auto ended, delete_sessions(*connection, staff));
  RETURN_IF_ERROR(append_act(*connection, ports_,
                             {.actor = principal.actor,
                              .action = "staff.sign_out",
                              .subject = staff.str(),
                              .detail = std::to_string(ended) + " sessions",
                              .reason = principal.reason}));
  return transaction.commit();
}

Result<Member> Accounts::change(const StaffId& staff, std::int64_t version, const Change& change,
                                const Principal& principal) {
  RETURN_IF_ERROR(audit::check_reason(principal.reason));
  ASSIGN_OR_RETURN(const auto connection, ports_.database.connect());
  ASSIGN_OR_RETURN(auto transaction, store::Transaction::begin(*connection));
  RETURN_IF_ERROR(claim_staff(*connection));
  ASSIGN_OR_RETURN(Member member, find_member(*connection, ports_, staff));
  if (member.version != version) {
    return make_error(ErrorCode::kVersionConflict, "somebody changed this account meanwhile");
  }
  RETURN_IF_ERROR(check_may_decide(*connection, member.role, principal));
  const std::string role = change.role.value_or(member.role);
  RETURN_IF_ERROR(check_may_decide(*connection, role, principal));
  StaffStatus status = member.status;
  if (change.disabled.has_value()) {
    // Who never enrolled, or lost what they enrolled with, is invited again once enabled.
    const store::Parameter key[] = {std::string_view(staff.str())};
    ASSIGN_OR_RETURN(
        const auto enrolled,
        count(*connection, "SELECT COUNT(*) FROM staff WHERE staff_id = $1 AND password_hash <> ''",
              key));
    status = *change.disabled ? StaffStatus::kDisabled
                              : (enrolled == 1 ? StaffStatus::kActive : StaffStatus::kInvited);
  }
  const store::Parameter row[] = {std::string_view(staff.str()), std::string_view(role),
                                  static_cast<std::int64_t>(status)};
  RETURN_IF_ERROR(connection->execute(
      "UPDATE staff SET role = $2, status = $3, version = version + 1 WHERE staff_id = $1", row));
  RETURN_IF_ERROR(check_an_owner_is_left(*connection));
  RETURN_IF_ERROR(delete_sessions(*connection, staff));
  if (status == StaffStatus::kDisabled) {
    RETURN_IF_ERROR(end_tokens(*connection, staff));
    const store::Parameter key[] = {std::string_view(staff.str())};
    RETURN_IF_ERROR(connection->execute("DELETE FROM staff_invitations WHERE staff_id = $1", key));
  }
  RETURN_IF_ERROR(append_act(*connection, ports_,
                             {.actor = principal.actor,
                              .action = "staff.change",
                              .subject = staff.str(),
                              .detail = "role " + role + ", " + std::string(identity::name(status)),
                              .reason = principal.reason}));
  RETURN_IF_ERROR(transaction.commit());
  member.role = role;
  member.status = status;
  member.version += 1;
  return member;
}

}  // namespace dermaga::identity

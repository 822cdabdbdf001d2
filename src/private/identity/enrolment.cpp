#include "identity/enrolment.h"

#include <memory>
#include <utility>

#include "identity/sign_in.h"
#include "one_time_code.h"
#include "proofs/tries.h"
#include "records.h"
#include "session_rows.h"

namespace dermaga::identity {
namespace {

// An open invitation with whom it is for.
struct Found {
  StaffId staff;
  std::string role;
  vault::EmailAddress email;
  vault::PersonName name;
  vault::SecretText totp_secret;  // raw; empty until it was asked for
};

std::unexpected<Error> no_invitation() {
  return make_error(ErrorCode::kNotFound,
                    "this invitation is not open: it was used, replaced or is too old; ask for a "
                    "new one");
}

Result<Found> find(store::Connection& connection, const Ports& ports,
                   const InvitationToken& token) {
  std::optional<Found> found;
  const std::string hash = proofs::hash_of(token.reveal());
  const store::Parameter keys[] = {store::Blob{hash}, to_unix_ms(ports.clock.now())};
  RETURN_IF_ERROR(connection.query(
      "SELECT staff.staff_id, staff.role, staff.email_sealed, staff.name_sealed, i.totp_sealed "
      "FROM staff_invitations i JOIN staff ON staff.staff_id = i.staff_id WHERE i.token_hash = $1 "
      "AND i.expires_at > $2 AND staff.status = 0",
      keys, [&](const store::Row& row) -> Status {
        Found invited;
        ASSIGN_OR_RETURN(invited.staff, StaffId::parse(row.text(0)));
        const std::string& id = invited.staff.str();
        invited.role = row.text(1);
        ASSIGN_OR_RETURN(const auto email, open(ports, "staff", "email_sealed", id, row.blob(2)));
        ASSIGN_OR_RETURN(const auto name, open(ports, "staff", "name_sealed", id, row.blob(3)));
        invited.email = vault::EmailAddress(std::string(email.reveal()));
        invited.name = vault::PersonName(std::string(name.reveal()));
        ASSIGN_OR_RETURN(invited.totp_secret,
                         open(ports, "staff_invitations", "totp_sealed", id, row.blob(4)));
        found = std::move(invited);
        return {};
      }));
  if (!found.has_value()) {
    return no_invitation();
  }
  return *std::move(found);
}

proofs::Budget open_budget(const Visitor& visitor) {
  return {.key = "enrol-open|" + visitor.source, .tries_max = kTriesOfSource};
}

struct Attempt {
  Ports ports;
  Enrolment::Form form;
  Found invited;  // with the address and name that will be kept
  std::int64_t code_step = 0;
  std::function<void(Result<Enrolment::Enrolled>)> done;
};

Status take_names(Attempt& attempt) {
  if (attempt.invited.email.empty()) {
    if (!attempt.form.email.has_value() || !attempt.form.name.has_value()) {
      return make_error(ErrorCode::kInvalidArgument, "give your e-mail address and name");
    }
    ASSIGN_OR_RETURN(attempt.invited.email, normalized(*attempt.form.email));
    ASSIGN_OR_RETURN(attempt.invited.name, normalized(*attempt.form.name));
  }
  return {};
}

Result<std::optional<passwords::Refusal>> refusal_of(const Attempt& attempt) {
  const std::string about[] = {std::string(attempt.invited.email.reveal()),
                               std::string(attempt.invited.name.reveal()), attempt.ports.shop_name};
  return passwords::refusal_of(attempt.form.password, attempt.ports.breached, about);
}

// Before the expensive hash. The code cannot be used again: its step is kept with the account.
Status check_code(Attempt& attempt) {
  const auto step = totp_step_of(attempt.invited.totp_secret.reveal(), attempt.form.code,
                                 attempt.ports.clock.now());
  if (attempt.invited.totp_secret.empty() || !step.has_value()) {
    return make_error(ErrorCode::kInvalidArgument,
                      "the code does not fit the secret; check that the authenticator's clock is "
                      "right, and give the code that it shows now");
  }
  attempt.code_step = *step;
  return {};
}

Status record_refused(const Attempt& attempt) {
  const std::string& id = attempt.invited.staff.str();
  ASSIGN_OR_RETURN(const auto connection, attempt.ports.database.connect());
  ASSIGN_OR_RETURN(auto transaction, store::Transaction::begin(*connection));
  RETURN_IF_ERROR(
      append_act(*connection, attempt.ports,
                 {.actor = {.name = "invited:" + id, .source = attempt.form.visitor.source},
                  .action = "staff.enrol",
                  .subject = id,
                  .detail = "code",
                  .is_denied = true}));
  return transaction.commit();
}

Result<Enrolment::Enrolled> write_account(const Attempt& attempt, const std::string& hash) {
  const Ports& ports = attempt.ports;
  const StaffId& staff = attempt.invited.staff;
  ASSIGN_OR_RETURN(const auto connection, ports.database.connect());
  ASSIGN_OR_RETURN(auto transaction, store::Transaction::begin(*connection));
  // Compare and set: the invitation is used once, whoever else has the link.
  const std::string token = proofs::hash_of(attempt.form.token.reveal());
  const store::Parameter key[] = {store::Blob{token}};
  ASSIGN_OR_RETURN(const auto used,
                   connection->execute("DELETE FROM staff_invitations WHERE token_hash = $1", key));
  if (used != 1) {
    return no_invitation();
  }
  const std::string index = index_of(ports, attempt.invited.email);
  const std::string email =
      seal(ports, "staff", "email_sealed", staff.str(), attempt.invited.email);
  const std::string name = seal(ports, "staff", "name_sealed", staff.str(), attempt.invited.name);
  const std::string totp =
      seal(ports, "staff", "totp_sealed", staff.str(), attempt.invited.totp_secret);
  const store::Parameter row[] = {
      std::string_view(staff.str()), store::Blob{index}, store::Blob{email}, store::Blob{name},
      std::string_view(hash),        store::Blob{totp},  attempt.code_step};
  auto written = connection->execute(
      "UPDATE staff SET email_index = $2, email_sealed = $3, name_sealed = $4, password_hash = $5, "
      "totp_sealed = $6, totp_last_step = $7, status = 1, version = version + 1 WHERE staff_id = "
      "$1 AND status = 0",
      row);
  if (!written.has_value() && written.error().code() == ErrorCode::kAlreadyExists) {
    return make_error(ErrorCode::kAlreadyExists,
                      "somebody of the staff has this e-mail address already");
  }
  ASSIGN_OR_RETURN(const auto changed, std::move(written));
  if (changed != 1) {
    return no_invitation();
  }
  Enrolment::Enrolled enrolled;
  ASSIGN_OR_RETURN(enrolled.recovery_codes, replace_recovery_codes(*connection, ports, staff));
  ASSIGN_OR_RETURN(enrolled.signed_in,
                   put_session(*connection, ports, staff, "enrolment", attempt.form.visitor, true));
  RETURN_IF_ERROR(
      append_act(*connection, ports,
                 {.actor = {.name = "staff:" + staff.str(), .source = attempt.form.visitor.source},
                  .action = "staff.enrol",
                  .subject = staff.str(),
                  .detail = "role " + attempt.invited.role}));
  RETURN_IF_ERROR(transaction.commit());
  return enrolled;
}

}  // namespace

Result<Enrolment::Opened> Enrolment::open(const InvitationToken& token, const Visitor& visitor) {
  ASSIGN_OR_RETURN(const auto connection, ports_.database.connect());
  const proofs::Budget budget = open_budget(visitor);
  RETURN_IF_ERROR(proofs::take_try(*connection, std::span(&budget, 1), ports_.clock.now()));
  // Looked up before anything waits for the right to write.
  ASSIGN_OR_RETURN(Found invited, find(*connection, ports_, token));
  // A new secret each time: whoever opened a link before its owner knows none that counts.
  invited.totp_secret = vault::SecretText(ports_.random.bytes(kTotpSecretBytes));
  const std::string& id = invited.staff.str();
  const std::string sealed =
      seal(ports_, "staff_invitations", "totp_sealed", id, invited.totp_secret);
  ASSIGN_OR_RETURN(auto transaction, store::Transaction::begin(*connection));
  const std::string hash = proofs::hash_of(token.reveal());
  const store::Parameter change[] = {store::Blob{hash}, store::Blob{sealed}};
  ASSIGN_OR_RETURN(
      const auto changed,
      connection->execute("UPDATE staff_invitations SET totp_sealed = $2 WHERE token_hash = $1",
                          change));
  if (changed != 1) {
    return no_invitation();
  }
  RETURN_IF_ERROR(append_act(*connection, ports_,
                             {.actor = {.name = "invited:" + id, .source = visitor.source},
                              .action = "staff.open_invitation",
                              .subject = id}));
  RETURN_IF_ERROR(proofs::give_back_try(*connection, std::span(&budget, 1)));
  RETURN_IF_ERROR(transaction.commit());
  const std::string secret = totp_secret_text(invited.totp_secret.reveal());
  const std::string uri =
      totp_uri(secret, ports_.shop_name, invited.email.empty() ? "owner" : invited.email.reveal());
  Opened opened{.email = std::move(invited.email),
                .name = std::move(invited.name),
                .role = std::move(invited.role),
                .totp_secret = vault::SecretText(secret),
                .totp_uri = vault::SecretText(uri)};
  return opened;
}

void Enrolment::finish(Form form, std::function<void(Result<Enrolled>)> done) {
  auto attempt = std::make_shared<Attempt>(Attempt{.ports = ports_,
                                                   .form = std::move(form),
                                                   .invited = {},
                                                   .code_step = 0,
                                                   .done = std::move(done)});
  const auto prepare = [&]() -> Status {
    ASSIGN_OR_RETURN(const auto connection, ports_.database.connect());
    const proofs::Budget budget{.key = "enrol|" + attempt->form.visitor.source,
                                .tries_max = kTriesOfSource};
    RETURN_IF_ERROR(proofs::take_try(*connection, std::span(&budget, 1), ports_.clock.now()));
    ASSIGN_OR_RETURN(attempt->invited, find(*connection, ports_, attempt->form.token));
    RETURN_IF_ERROR(take_names(*attempt));
    return {};
  };
  if (Status prepared = prepare(); !prepared.has_value()) {
    return attempt->done(std::unexpected(std::move(prepared).error()));
  }
  const auto refusal = refusal_of(*attempt);
  if (!refusal.has_value()) {
    return attempt->done(std::unexpected(refusal.error()));
  }
  if (refusal->has_value()) {
    return attempt->done(
        Enrolled{.refusal = *refusal, .signed_in = std::nullopt, .recovery_codes = {}});
  }
  if (Status checked = check_code(*attempt); !checked.has_value()) {
    if (Status recorded = record_refused(*attempt); !recorded.has_value()) {
      checked = std::move(recorded);
    }
    return attempt->done(std::unexpected(std::move(checked).error()));
  }
  vault::Password password(std::string(attempt->form.password.reveal()));
  ports_.hasher.hash(std::move(password), [attempt](Result<std::string> hash) {
    if (!hash.has_value()) {
      return attempt->done(std::unexpected(std::move(hash).error()));
    }
    attempt->done(write_account(*attempt, *hash));
  });
}

}  // namespace dermaga::identity

#include "identity/factors.h"

#include <memory>
#include <utility>

#include "encoding/encoding.h"
#include "identity/sign_in.h"
#include "log/log.h"
#include "one_time_code.h"
#include "passkey_rows.h"
#include "proofs/challenges.h"
#include "proofs/tries.h"
#include "records.h"

namespace dermaga::identity {
namespace {

std::string subject_of(const StaffId& staff) {
  return "passkey:" + staff.str();
}

struct Known {
  vault::EmailAddress email;
  vault::PersonName name;
  std::string password_hash;
};

Result<Known> find_active(store::Connection& connection, const Ports& ports, const StaffId& staff) {
  std::optional<Known> found;
  const std::string& id = staff.str();
  const store::Parameter key[] = {std::string_view(id)};
  RETURN_IF_ERROR(connection.query(
      "SELECT email_sealed, name_sealed, password_hash FROM staff WHERE staff_id = $1 AND status "
      "= 1",
      key, [&](const store::Row& row) -> Status {
        ASSIGN_OR_RETURN(const auto email, open(ports, "staff", "email_sealed", id, row.blob(0)));
        ASSIGN_OR_RETURN(const auto name, open(ports, "staff", "name_sealed", id, row.blob(1)));
        found = Known{.email = vault::EmailAddress(std::string(email.reveal())),
                      .name = vault::PersonName(std::string(name.reveal())),
                      .password_hash = std::string(row.text(2))};
        return {};
      }));
  if (!found.has_value()) {
    return make_error(ErrorCode::kNotFound, "this account is not active");
  }
  return *std::move(found);
}

Status check_label(std::string_view label) {
  return label.empty() || label.size() > kPasskeyLabelBytesMax || !encoding::is_utf8(label)
             ? make_error(ErrorCode::kInvalidArgument, "a label has 1 to 100 bytes of text")
             : Status();
}

struct Attempt {
  Ports ports;
  Factors::PasswordChange change;
  Known known;
  std::function<void(Result<std::optional<passwords::Refusal>>)> done;
};

proofs::Budget password_budget(const StaffId& staff) {
  return {.key = "password|" + staff.str(), .tries_max = kStepUpTries};
}

// Nobody's password was wrong: the try costs nothing.
void give_back_unjudged(const Attempt& attempt) {
  const auto give_back = [&]() -> Status {
    const proofs::Budget budget = password_budget(attempt.change.staff);
    ASSIGN_OR_RETURN(const auto connection, attempt.ports.database.connect());
    return proofs::give_back_try(*connection, std::span(&budget, 1));
  };
  if (const Status given = give_back(); !given.has_value()) {
    log::warning("try_not_given_back", {{"error", given.error().message()}});
  }
}

Status record_refused(const Attempt& attempt) {
  ASSIGN_OR_RETURN(const auto connection, attempt.ports.database.connect());
  ASSIGN_OR_RETURN(auto transaction, store::Transaction::begin(*connection));
  RETURN_IF_ERROR(append_act(*connection, attempt.ports,
                             {.actor = attempt.change.actor,
                              .action = "staff.change_password",
                              .subject = attempt.change.staff.str(),
                              .is_denied = true}));
  return transaction.commit();
}

Status write_password(const Attempt& attempt, const std::string& hash) {
  const Ports& ports = attempt.ports;
  const auto& change = attempt.change;
  ASSIGN_OR_RETURN(const auto connection, ports.database.connect());
  ASSIGN_OR_RETURN(auto transaction, store::Transaction::begin(*connection));
  const store::Parameter row[] = {std::string_view(change.staff.str()), std::string_view(hash),
                                  std::string_view(attempt.known.password_hash)};
  ASSIGN_OR_RETURN(const auto changed,
                   connection->execute("UPDATE staff SET password_hash = $2 WHERE staff_id = $1 "
                                       "AND status = 1 AND password_hash = $3",
                                       row));
  if (changed != 1) {
    return make_error(ErrorCode::kVersionConflict, "the password was changed meanwhile");
  }
  RETURN_IF_ERROR(delete_sessions(*connection, change.staff, change.session));
  const proofs::Budget budget = password_budget(change.staff);
  RETURN_IF_ERROR(proofs::give_back_try(*connection, std::span(&budget, 1)));
  RETURN_IF_ERROR(append_act(*connection, ports,
                             {.actor = change.actor,
                              .action = "staff.change_password",
                              .subject = change.staff.str(),
                              .detail = "the other sessions ended"}));
  return transaction.commit();
}

void hash_new(const std::shared_ptr<Attempt>& attempt) {
  attempt->ports.hasher.hash(
      std::move(attempt->change.new_password), [attempt](Result<std::string> hash) {
        if (!hash.has_value()) {
          return attempt->done(std::unexpected(std::move(hash).error()));
        }
        if (Status written = write_password(*attempt, *hash); !written.has_value()) {
          return attempt->done(std::unexpected(std::move(written).error()));
        }
        attempt->done(std::optional<passwords::Refusal>());
      });
}

}  // namespace

Result<std::string> Factors::passkey_options(const StaffId& staff) {
  ASSIGN_OR_RETURN(const auto connection, ports_.database.connect());
  ASSIGN_OR_RETURN(const Known known, find_active(*connection, ports_, staff));
  ASSIGN_OR_RETURN(const auto ids, credential_ids(*connection, staff));
  if (ids.size() >= kPasskeysMax) {
    return make_error(ErrorCode::kInvalidArgument,
                      "an account has at most 10 passkeys; remove one first");
  }
  ASSIGN_OR_RETURN(
      const auto challenge,
      proofs::give_challenge(*connection, ports_.clock, ports_.random,
                             {.subject = subject_of(staff), .open = proofs::Open::kOne}));
  return webauthn::creation_options_json(ports_.relying_party, challenge,
                                         {.handle = staff.str(),
                                          .name = std::string(known.email.reveal()),
                                          .display_name = std::string(known.name.reveal())},
                                         ids);
}

Result<Passkey> Factors::add_passkey(const StaffId& staff, const std::string& label,
                                     const webauthn::Attestation& attestation,
                                     const audit::Actor& actor) {
  RETURN_IF_ERROR(check_label(label));
  ASSIGN_OR_RETURN(const auto connection, ports_.database.connect());
  ASSIGN_OR_RETURN(auto transaction, store::Transaction::begin(*connection));
  ASSIGN_OR_RETURN(const Known known, find_active(*connection, ports_, staff));
  ASSIGN_OR_RETURN(const auto challenge,
                   proofs::take_challenge(*connection, ports_.clock, subject_of(staff),
                                          attestation.client_data_json));
  ASSIGN_OR_RETURN(const auto credential,
                   webauthn::verify_registration(ports_.relying_party, challenge, attestation));
  ASSIGN_OR_RETURN(const auto ids, credential_ids(*connection, staff));
  if (ids.size() >= kPasskeysMax) {
    return make_error(ErrorCode::kInvalidArgument,
                      "an account has at most 10 passkeys; remove one first");
  }
  const UtcTime now = ports_.clock.now();
  Passkey passkey{.id = PasskeyId::from_bytes(ports_.random.bytes(15)),
                  .label = label,
                  .created_at = now,
                  .last_used_at = now};
  const store::Parameter row[] = {std::string_view(passkey.id.str()),
                                  store::Blob{credential.id},
                                  std::string_view(staff.str()),
                                  std::string_view(label),
                                  store::Blob{credential.public_key},
                                  static_cast<std::int64_t>(credential.algorithm),
                                  static_cast<std::int64_t>(credential.sign_count),
                                  to_unix_ms(now)};
  auto added = connection->execute(
      "INSERT INTO staff_passkeys (passkey_id, credential_id, staff_id, label, public_key, "
      "algorithm, sign_count, created_at, last_used_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, "
      "$8)",
      row);
  if (!added.has_value()) {
    return added.error().code() == ErrorCode::kAlreadyExists
               ? make_error(ErrorCode::kAlreadyExists, "this passkey is registered already")
               : std::unexpected(std::move(added).error());
  }
  RETURN_IF_ERROR(append_act(*connection, ports_,
                             {.actor = actor,
                              .action = "staff.add_passkey",
                              .subject = staff.str(),
                              .detail = passkey.id.str()}));
  RETURN_IF_ERROR(transaction.commit());
  return passkey;
}

Result<std::vector<Passkey>> Factors::passkeys(const StaffId& staff) {
  ASSIGN_OR_RETURN(const auto connection, ports_.database.connect_read_only());
  std::vector<Passkey> found;
  const store::Parameter key[] = {std::string_view(staff.str())};
  RETURN_IF_ERROR(connection->query(
      "SELECT passkey_id, label, created_at, last_used_at FROM staff_passkeys WHERE staff_id = $1 "
      "ORDER BY created_at, passkey_id",
      key, [&found](const store::Row& row) -> Status {
        Passkey passkey;
        ASSIGN_OR_RETURN(passkey.id, PasskeyId::parse(row.text(0)));
        passkey.label = row.text(1);
        passkey.created_at = from_unix_ms(row.integer(2));
        passkey.last_used_at = from_unix_ms(row.integer(3));
        found.push_back(std::move(passkey));
        return {};
      }));
  return found;
}

Status Factors::remove_passkey(const StaffId& staff, const PasskeyId& passkey,
                               const audit::Actor& actor) {
  ASSIGN_OR_RETURN(const auto connection, ports_.database.connect());
  ASSIGN_OR_RETURN(auto transaction, store::Transaction::begin(*connection));
  const store::Parameter keys[] = {std::string_view(staff.str()), std::string_view(passkey.str())};
  ASSIGN_OR_RETURN(const auto removed,
                   connection->execute(
                       "DELETE FROM staff_passkeys WHERE staff_id = $1 AND passkey_id = $2", keys));
  if (removed == 0) {
    return make_error(ErrorCode::kNotFound, "there is no such passkey");
  }
  RETURN_IF_ERROR(append_act(*connection, ports_,
                             {.actor = actor,
                              .action = "staff.remove_passkey",
                              .subject = staff.str(),
                              .detail = passkey.str()}));
  return transaction.commit();
}

Result<std::vector<vault::SecretText>> Factors::new_recovery_codes(const StaffId& staff,
                                                                   const audit::Actor& actor) {
  ASSIGN_OR_RETURN(const auto connection, ports_.database.connect());
  ASSIGN_OR_RETURN(auto transaction, store::Transaction::begin(*connection));
  ASSIGN_OR_RETURN(auto codes, replace_recovery_codes(*connection, ports_, staff));
  RETURN_IF_ERROR(
      append_act(*connection, ports_,
                 {.actor = actor, .action = "staff.new_recovery_codes", .subject = staff.str()}));
  RETURN_IF_ERROR(transaction.commit());
  return codes;
}

Result<std::int64_t> Factors::recovery_codes_left(const StaffId& staff) {
  ASSIGN_OR_RETURN(const auto connection, ports_.database.connect_read_only());
  std::int64_t left = 0;
  const store::Parameter key[] = {std::string_view(staff.str())};
  RETURN_IF_ERROR(connection->query("SELECT COUNT(*) FROM staff_recovery_codes WHERE staff_id = $1",
                                    key, [&left](const store::Row& row) -> Status {
                                      left = row.integer(0);
                                      return {};
                                    }));
  return left;
}

void Factors::change_password(PasswordChange change,
                              std::function<void(Result<std::optional<passwords::Refusal>>)> done) {
  auto attempt = std::make_shared<Attempt>(
      Attempt{.ports = ports_, .change = std::move(change), .known = {}, .done = std::move(done)});
  const auto prepare = [&]() -> Status {
    ASSIGN_OR_RETURN(const auto connection, ports_.database.connect_read_only());
    ASSIGN_OR_RETURN(attempt->known, find_active(*connection, ports_, attempt->change.staff));
    return {};
  };
  if (Status prepared = prepare(); !prepared.has_value()) {
    return attempt->done(std::unexpected(std::move(prepared).error()));
  }
  const std::string about[] = {std::string(attempt->known.email.reveal()),
                               std::string(attempt->known.name.reveal()), ports_.shop_name};
  auto refusal = passwords::refusal_of(attempt->change.new_password, ports_.breached, about);
  if (!refusal.has_value() || refusal->has_value()) {
    return attempt->done(std::move(refusal));
  }
  const auto count = [&]() -> Status {
    ASSIGN_OR_RETURN(const auto connection, ports_.database.connect());
    const proofs::Budget budget = password_budget(attempt->change.staff);
    return proofs::take_try(*connection, std::span(&budget, 1), ports_.clock.now());
  };
  if (Status counted = count(); !counted.has_value()) {
    return attempt->done(std::unexpected(std::move(counted).error()));
  }
  ports_.hasher.verify(std::move(attempt->change.old_password), attempt->known.password_hash,
                       [attempt](Result<passwords::Hasher::Verdict> verdict) {
                         if (!verdict.has_value()) {
                           give_back_unjudged(*attempt);
                           return attempt->done(std::unexpected(std::move(verdict).error()));
                         }
                         if (!verdict->matches) {
                           if (Status recorded = record_refused(*attempt); !recorded.has_value()) {
                             return attempt->done(std::unexpected(std::move(recorded).error()));
                           }
                           return attempt->done(make_error(ErrorCode::kUnauthenticated,
                                                           "the present password is wrong"));
                         }
                         hash_new(attempt);
                       });
}

}  // namespace dermaga::identity

#include "sign_up.h"

#include <algorithm>
#include <utility>

#include "accounts/accounts.h"
#include "consents.h"
#include "customers/contact_index.h"
#include "email_changes.h"
#include "encoding/encoding.h"
#include "mails.h"
#include "passwords_asked.h"
#include "proofs/secrets.h"
#include "records.h"
#include "sessions.h"

namespace dermaga::accounts {
namespace {

constexpr std::int64_t kSignUpsMax = 100'000;  // that wait for their mail's code

struct Applicant {
  vault::EmailAddress email;
  std::string email_index;
  std::string password_hash;
  std::string consents;
};

// The oldest go where too many wait: whoever fills the table must not keep others out.
Status make_room(store::Connection& connection, UtcTime now) {
  const store::Parameter old[] = {to_unix_ms(now)};
  RETURN_IF_ERROR(connection.execute("DELETE FROM account_sign_ups WHERE expires_at <= $1", old));
  const store::Parameter kept[] = {kSignUpsMax - 1};
  RETURN_IF_ERROR(connection.execute(
      "DELETE FROM account_sign_ups WHERE expires_at < (SELECT expires_at FROM account_sign_ups "
      "ORDER BY expires_at DESC LIMIT 1 OFFSET $1)",
      kept));
  return {};
}

Result<vault::MailedCode> put_sign_up(store::Connection& connection, const Ports& ports,
                                      const Applicant& applicant,
                                      const order_box::AccountParams& params) {
  const UtcTime now = ports.clock.now();
  vault::MailedCode code(proofs::random_secret(ports.random));
  const CustomerId id = new_customer_id(ports);
  const auto key = ports.vault.new_customer_key(id, ports.random);
  const std::string hash = proofs::hash_of(code.reveal());
  const std::string email =
      seal(ports, key.key, {"accounts", "email_sealed", id.str()}, applicant.email);
  const std::string name = seal(ports, key.key, {"accounts", "name_sealed", id.str()}, params.name);
  const store::Parameter row[] = {store::Blob{hash},
                                  std::string_view(id.str()),
                                  store::Blob{applicant.email_index},
                                  store::Blob{key.wrapped},
                                  static_cast<std::int64_t>(key.kek_version),
                                  store::Blob{email},
                                  store::Blob{name},
                                  std::string_view(params.locale),
                                  std::string_view(applicant.password_hash),
                                  std::string_view(applicant.consents),
                                  to_unix_ms(now + kSignUpLifetime)};
  ASSIGN_OR_RETURN(auto transaction, store::Transaction::begin(connection));
  RETURN_IF_ERROR(connection.execute(
      "INSERT INTO account_sign_ups (code_hash, customer_id, email_index, wrapped_key, "
      "kek_version, email_sealed, name_sealed, locale, password_hash, consents, expires_at) VALUES "
      "($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
      row));
  RETURN_IF_ERROR(transaction.commit());
  return code;
}

Json send_sign_up_mail(const Ports& ports, const Applicant& applicant,
                       const order_box::AccountParams& params) {
  // Only once the password was good: one that is refused costs no mail.
  ASSIGN_OR_RETURN(const bool may_send, take_mail_try(ports, "sign-up", applicant.email_index));
  if (!may_send) {
    return R"({"status":"mail_sent"})";
  }
  // Not synced: how long it takes should not tell who has an account.
  ASSIGN_OR_RETURN(const auto connection, proofs::connect_unsynced(ports.database));
  RETURN_IF_ERROR(make_room(*connection, ports.clock.now()));
  ASSIGN_OR_RETURN(const auto existing, find_account(*connection, applicant.email_index));
  vault::EmailAddress to(std::string(applicant.email.reveal()));
  if (existing.has_value()) {
    RETURN_IF_ERROR(ports.send_mail(account_exists(ports, std::move(to), existing->locale)));
  } else {
    ASSIGN_OR_RETURN(const auto code, put_sign_up(*connection, ports, applicant, params));
    RETURN_IF_ERROR(ports.send_mail(confirm_address(ports, std::move(to), params.locale, code)));
  }
  return R"({"status":"mail_sent"})";
}

struct SignUp {
  CustomerId id;
  std::string email_index;
  std::string password_hash;
  std::string consents;
};

Result<std::optional<SignUp>> find_sign_up(store::Connection& connection,
                                           const std::string& code_hash, UtcTime now) {
  std::optional<SignUp> found;
  const store::Parameter key[] = {store::Blob{code_hash}, to_unix_ms(now)};
  RETURN_IF_ERROR(connection.query(
      "SELECT customer_id, email_index, password_hash, consents FROM account_sign_ups WHERE "
      "code_hash = $1 AND expires_at > $2",
      key, [&found](const store::Row& row) -> Status {
        ASSIGN_OR_RETURN(auto id, CustomerId::parse(row.text(0)));
        found = SignUp{.id = std::move(id),
                       .email_index = std::string(row.blob(1)),
                       .password_hash = std::string(row.text(2)),
                       .consents = std::string(row.text(3))};
        return {};
      }));
  return found;
}

std::unexpected<Refusal> code_invalid() {
  return refuse(422, "code_invalid", "the link is wrong, used or too old; sign up again");
}

// The sign-up becomes an account, and whatever else waits for this address is void.
Json make_account(const Ports& ports, const SignUp& sign_up, const std::string& code_hash,
                  const std::string& reply_thumbprint) {
  const UtcTime now = ports.clock.now();
  ASSIGN_OR_RETURN(const auto connection, ports.database.connect());
  ASSIGN_OR_RETURN(auto transaction, store::Transaction::begin(*connection));
  const store::Parameter made[] = {store::Blob{code_hash}, to_unix_ms(now), store::Blob{""}};
  auto inserted = connection->execute(
      "INSERT INTO accounts (customer_id, email_index, wrapped_key, kek_version, email_sealed, "
      "name_sealed, phone_sealed, locale, password_hash, created_at, last_seen_at, version) SELECT "
      "customer_id, email_index, wrapped_key, kek_version, email_sealed, name_sealed, $3, locale, "
      "password_hash, $2, $2, 1 FROM account_sign_ups WHERE code_hash = $1 AND expires_at > $2",
      made);
  if (!inserted.has_value() && inserted.error().code() != ErrorCode::kAlreadyExists) {
    return std::unexpected(Refusal(inserted.error()));
  }
  if (!inserted.has_value() || *inserted != 1) {
    return code_invalid();
  }
  const store::Parameter address[] = {store::Blob{sign_up.email_index}};
  RETURN_IF_ERROR(
      connection->execute("DELETE FROM account_sign_ups WHERE email_index = $1", address));
  RETURN_IF_ERROR(record_consents(*connection, sign_up.id, sign_up.consents, now));
  ASSIGN_OR_RETURN(auto session, put_session(*connection, ports, sign_up.id, reply_thumbprint));
  RETURN_IF_ERROR(transaction.commit());
  return session;
}

}  // namespace

void sign_up(const Ports& ports, const CallPointer& call, const Answer& done) {
  order_box::AccountParams& params = call->account;
  const auto consents = joined_purposes(params.consents);
  if (!consents.has_value()) {
    return done(std::unexpected(Refusal(consents.error())));
  }
  auto applicant = std::make_shared<Applicant>(Applicant{
      .email = customers::normalized(params.email), .email_index = {}, .consents = *consents});
  applicant->email_index = index_of(ports, applicant->email);
  NewPassword wanted{
      .password = std::move(params.password),
      .about = {std::string(params.name.reveal()), std::string(applicant->email.reveal())},
      .is_strangers = true};
  hash_new_password(ports, std::move(wanted),
                    [&ports, call, applicant, done](Outcome<std::string> hash) {
                      if (!hash.has_value()) {
                        return done(std::unexpected(std::move(hash).error()));
                      }
                      applicant->password_hash = *std::move(hash);
                      done(send_sign_up_mail(ports, *applicant, call->account));
                    });
}

void verify_email(const Ports& ports, const CallPointer& call, const Answer& done) {
  const std::string code_hash = proofs::hash_of(call->account.code.reveal());
  const auto found = [&]() -> Result<std::optional<SignUp>> {
    ASSIGN_OR_RETURN(const auto connection, ports.database.connect_read_only());
    return find_sign_up(*connection, code_hash, ports.clock.now());
  }();
  if (!found.has_value()) {
    return done(std::unexpected(Refusal(found.error())));
  }
  const std::optional<SignUp>& waiting = *found;
  if (!waiting.has_value()) {
    return confirm_new_email(ports, call, code_hash, done);
  }
  auto applied = std::make_shared<SignUp>(*waiting);
  try_password(
      ports,
      {.password = std::move(call->account.password),
       .password_hash = applied->password_hash,
       .budgets = {{.key = "shopper|code|" + encoding::hex(code_hash), .tries_max = kTriesOfCode}}},
      [&ports, call, applied, code_hash, done](const Outcome<Verdict>& verdict) {
        if (!verdict.has_value()) {
          return done(std::unexpected(verdict.error()));
        }
        done(verdict->matches
                 ? make_account(ports, *applied, code_hash, call->reply_key.thumbprint())
                 : Json(refuse(403, "password_wrong",
                               "that is not the password you chose to sign up")));
      });
}

}  // namespace dermaga::accounts

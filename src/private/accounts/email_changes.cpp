#include "email_changes.h"

#include <optional>
#include <utility>

#include "accounts/accounts.h"
#include "customers/contact_index.h"
#include "encoding/encoding.h"
#include "log/log.h"
#include "mails.h"
#include "password_changes.h"
#include "passwords_asked.h"
#include "proofs/secrets.h"
#include "proofs/tries.h"

namespace dermaga::accounts {
namespace {

constexpr std::string_view kMailSent = R"({"status":"mail_sent"})";

struct Change {
  AccountRow account;
  std::string email_index;
  std::string email_sealed;
};

std::unexpected<Refusal> code_invalid() {
  return refuse(422, "code_invalid", "the link is wrong, used or too old; ask for a new one");
}

// To the address that the account has now: a full queue of mails must not undo the change.
void tell(const Ports& ports, const AccountRow& account,
          Mail (*mail)(const Ports&, vault::EmailAddress, std::string_view)) {
  auto to = email_of(ports, account);
  const Status sent = to.has_value() ? ports.send_mail(mail(ports, *std::move(to), account.locale))
                                     : Status(std::unexpected(to.error()));
  if (!sent.has_value()) {
    log::warning("address_change_not_mailed", {{"error", sent.error().message()}});
  }
}

// The one that waits takes the place of an earlier one. Not synced: how long it takes should not
// tell who has an account.
Result<vault::MailedCode> put_change(const Ports& ports, const Change& change) {
  vault::MailedCode code(proofs::random_secret(ports.random));
  const std::string hash = proofs::hash_of(code.reveal());
  const std::string_view customer = change.account.id.str();
  const store::Parameter row[] = {store::Blob{hash}, customer, store::Blob{change.email_index},
                                  store::Blob{change.email_sealed},
                                  to_unix_ms(ports.clock.now() + kSignUpLifetime)};
  ASSIGN_OR_RETURN(const auto connection, proofs::connect_unsynced(ports.database));
  ASSIGN_OR_RETURN(auto transaction, store::Transaction::begin(*connection));
  RETURN_IF_ERROR(connection->execute("DELETE FROM account_email_changes WHERE customer_id = $1",
                                      std::span(row).subspan(1, 1)));
  RETURN_IF_ERROR(connection->execute(
      "INSERT INTO account_email_changes (code_hash, customer_id, email_index, email_sealed, "
      "expires_at) VALUES ($1, $2, $3, $4, $5)",
      row));
  RETURN_IF_ERROR(transaction.commit());
  return code;
}

Result<std::optional<AccountRow>> account_with(const Ports& ports, const std::string& email_index) {
  ASSIGN_OR_RETURN(const auto connection, ports.database.connect_read_only());
  return find_account(*connection, email_index);
}

// What is answered does not tell whether somebody else has the new address: a mail to it does.
Json begin_change(const Ports& ports, const AccountRow& account, vault::EmailAddress email) {
  const std::string index = index_of(ports, email);
  ASSIGN_OR_RETURN(const auto key, key_of(ports, account));
  ASSIGN_OR_RETURN(const bool may_send, take_mail_try(ports, "address", index));
  if (!may_send) {
    return std::string(kMailSent);
  }
  ASSIGN_OR_RETURN(const auto existing, account_with(ports, index));
  if (existing.has_value()) {
    RETURN_IF_ERROR(ports.send_mail(account_exists(ports, std::move(email), existing->locale)));
    tell(ports, account, address_change_asked);
    return std::string(kMailSent);
  }
  const std::string sealed =
      seal(ports, key, {"accounts", "email_sealed", account.id.str()}, email);
  ASSIGN_OR_RETURN(const auto code, put_change(ports, {account, index, sealed}));
  RETURN_IF_ERROR(
      ports.send_mail(confirm_new_address(ports, std::move(email), account.locale, code)));
  tell(ports, account, address_change_asked);
  return std::string(kMailSent);
}

Result<std::optional<Change>> find_change(store::Connection& connection,
                                          const std::string& code_hash, UtcTime now) {
  std::optional<Change> found;
  const store::Parameter key[] = {store::Blob{code_hash}, to_unix_ms(now)};
  RETURN_IF_ERROR(connection.query(
      "SELECT customer_id, email_index, email_sealed FROM account_email_changes WHERE code_hash = "
      "$1 AND expires_at > $2",
      key, [&found](const store::Row& row) -> Status {
        found.emplace();
        ASSIGN_OR_RETURN(found->account.id, CustomerId::parse(row.text(0)));
        found->email_index = row.blob(1);
        found->email_sealed = row.blob(2);
        return {};
      }));
  if (found.has_value()) {
    ASSIGN_OR_RETURN(found->account, require_account(connection, found->account.id));
  }
  return found;
}

// The password that was checked is the account's still, and nobody else has taken the address.
Json put_email(const Ports& ports, const Change& change, const std::string& code_hash,
               const std::string& reply_thumbprint) {
  ASSIGN_OR_RETURN(const auto connection, ports.database.connect());
  ASSIGN_OR_RETURN(auto transaction, store::Transaction::begin(*connection));
  const store::Parameter code[] = {store::Blob{code_hash}, to_unix_ms(ports.clock.now())};
  ASSIGN_OR_RETURN(
      const auto spent,
      connection->execute(
          "DELETE FROM account_email_changes WHERE code_hash = $1 AND expires_at > $2", code));
  if (spent != 1) {
    return code_invalid();
  }
  const std::string_view customer = change.account.id.str();
  const store::Parameter row[] = {customer, store::Blob{change.email_index},
                                  store::Blob{change.email_sealed},
                                  std::string_view(change.account.password_hash)};
  const auto changed = connection->execute(
      "UPDATE accounts SET email_index = $2, email_sealed = $3, version = version + 1 WHERE "
      "customer_id = $1 AND password_hash = $4",
      row);
  if (!changed.has_value() && changed.error().code() != ErrorCode::kAlreadyExists) {
    return std::unexpected(Refusal(changed.error()));
  }
  if (!changed.has_value() || *changed != 1) {
    return code_invalid();
  }
  // Codes that went to the address of before, and sign-ups that wait for the new one.
  RETURN_IF_ERROR(connection->execute("DELETE FROM account_resets WHERE customer_id = $1",
                                      std::span(row).subspan(0, 1)));
  RETURN_IF_ERROR(connection->execute("DELETE FROM account_sign_ups WHERE email_index = $1",
                                      std::span(row).subspan(1, 1)));
  ASSIGN_OR_RETURN(auto session,
                   put_session(*connection, ports, change.account.id, reply_thumbprint));
  RETURN_IF_ERROR(transaction.commit());
  tell(ports, change.account, address_changed);
  return session;
}

}  // namespace

void change_email(const Ports& ports, const CallPointer& call, const Session& session,
                  const Answer& done) {
  ask_password_again(
      ports, session, std::move(call->account.password),
      [&ports, call, done](const Outcome<AccountRow>& account) {
        done(account.has_value()
                 ? begin_change(ports, *account, customers::normalized(call->account.email))
                 : Json(std::unexpected(account.error())));
      });
}

void confirm_new_email(const Ports& ports, const CallPointer& call, const std::string& code_hash,
                       const Answer& done) {
  const auto found = [&]() -> Result<std::optional<Change>> {
    ASSIGN_OR_RETURN(const auto connection, ports.database.connect_read_only());
    return find_change(*connection, code_hash, ports.clock.now());
  }();
  if (!found.has_value()) {
    return done(std::unexpected(Refusal(found.error())));
  }
  const std::optional<Change>& waiting = *found;
  if (!waiting.has_value()) {
    return done(code_invalid());
  }
  auto change = std::make_shared<Change>(*waiting);
  try_password(
      ports,
      {.password = std::move(call->account.password),
       .password_hash = change->account.password_hash,
       .budgets = {{.key = "shopper|code|" + encoding::hex(code_hash), .tries_max = kTriesOfCode}}},
      [&ports, call, change, code_hash, done](const Outcome<Verdict>& verdict) {
        if (!verdict.has_value()) {
          return done(std::unexpected(verdict.error()));
        }
        done(verdict->matches
                 ? put_email(ports, *change, code_hash, call->reply_key.thumbprint())
                 : Json(refuse(403, "password_wrong", "that is not the account's password")));
      });
}

}  // namespace dermaga::accounts

#include "password_changes.h"

#include <utility>

#include "accounts/accounts.h"
#include "customers/contact_index.h"
#include "log/log.h"
#include "mails.h"
#include "passwords_asked.h"
#include "proofs/secrets.h"

namespace dermaga::accounts {
namespace {

// Names and address, which a password must not be about.
Result<std::vector<std::string>> about(const Ports& ports, const AccountRow& account) {
  ASSIGN_OR_RETURN(const auto key, key_of(ports, account));
  ASSIGN_OR_RETURN(const auto name, key.open_field({"accounts", "name_sealed", account.id.str()},
                                                   account.name_sealed));
  ASSIGN_OR_RETURN(const auto email, email_of(ports, account));
  return std::vector<std::string>{std::string(name.reveal()), std::string(email.reveal())};
}

// The new hash in place of the one that was there; all sessions end but the new one. `spent` uses
// up what allowed it, in the same transaction.
Json put_password(const Ports& ports, const AccountRow& account, const std::string& hash,
                  const std::string& reply_thumbprint,
                  const std::function<Outcome<void>(store::Connection&)>& spent) {
  ASSIGN_OR_RETURN(const auto connection, ports.database.connect());
  ASSIGN_OR_RETURN(auto transaction, store::Transaction::begin(*connection));
  if (auto allowed = spent(*connection); !allowed.has_value()) {
    return std::unexpected(std::move(allowed).error());
  }
  const store::Parameter change[] = {std::string_view(account.id.str()), std::string_view(hash),
                                     std::string_view(account.password_hash)};
  ASSIGN_OR_RETURN(const auto changed,
                   connection->execute("UPDATE accounts SET password_hash = $2 WHERE customer_id = "
                                       "$1 AND password_hash = $3",
                                       change));
  if (changed != 1) {
    return refuse(409, "version_conflict", "the password was changed meanwhile");
  }
  const store::Parameter key[] = {std::string_view(account.id.str())};
  RETURN_IF_ERROR(connection->execute("DELETE FROM account_resets WHERE customer_id = $1", key));
  // Nor does an address that somebody else asked for come in after it.
  RETURN_IF_ERROR(
      connection->execute("DELETE FROM account_email_changes WHERE customer_id = $1", key));
  RETURN_IF_ERROR(end_sessions(*connection, account.id));
  // A thief's browser keeps no tries of its own either.
  RETURN_IF_ERROR(
      connection->execute("DELETE FROM account_known_keys WHERE customer_id = $1", key));
  ASSIGN_OR_RETURN(auto session, put_session(*connection, ports, account.id, reply_thumbprint));
  RETURN_IF_ERROR(transaction.commit());
  return session;
}

// Told, not asked: a full queue of mails must not undo the change.
void tell(const Ports& ports, const AccountRow& account) {
  auto to = email_of(ports, account);
  const Status sent = to.has_value()
                          ? ports.send_mail(password_changed(ports, *std::move(to), account.locale))
                          : Status(std::unexpected(to.error()));
  if (!sent.has_value()) {
    log::warning("password_change_not_mailed", {{"error", sent.error().message()}});
  }
}

std::unexpected<Refusal> code_invalid() {
  return refuse(422, "code_invalid", "the link is wrong, used or too old; ask for a new one");
}

// The account that a reset code is for.
Outcome<AccountRow> account_of_code(const Ports& ports, const std::string& code_hash) {
  ASSIGN_OR_RETURN(const auto connection, ports.database.connect_read_only());
  CustomerId customer;
  const store::Parameter key[] = {store::Blob{code_hash}, to_unix_ms(ports.clock.now())};
  RETURN_IF_ERROR(connection->query(
      "SELECT customer_id FROM account_resets WHERE code_hash = $1 AND expires_at > $2", key,
      [&customer](const store::Row& row) -> Status {
        ASSIGN_OR_RETURN(customer, CustomerId::parse(row.text(0)));
        return {};
      }));
  if (customer.empty()) {
    return code_invalid();
  }
  ASSIGN_OR_RETURN(auto account, require_account(*connection, customer));
  return account;
}

Outcome<void> spend_code(store::Connection& connection, const std::string& code_hash, UtcTime now) {
  const store::Parameter key[] = {store::Blob{code_hash}, to_unix_ms(now)};
  ASSIGN_OR_RETURN(const auto spent,
                   connection.execute(
                       "DELETE FROM account_resets WHERE code_hash = $1 AND expires_at > $2", key));
  if (spent != 1) {
    return code_invalid();
  }
  return {};
}

// A new password for an account, hashed and put in place.
struct Change {
  AccountRow account;
  std::string reply_thumbprint;
  std::function<Outcome<void>(store::Connection&)> spent;
};

void set_password(const Ports& ports, vault::Password password, Change wanted, Answer done) {
  auto known = about(ports, wanted.account);
  if (!known.has_value()) {
    return done(std::unexpected(Refusal(known.error())));
  }
  auto change = std::make_shared<Change>(std::move(wanted));
  hash_new_password(ports, {.password = std::move(password), .about = *std::move(known)},
                    [&ports, change, done = std::move(done)](Outcome<std::string> hash) {
                      if (!hash.has_value()) {
                        return done(std::unexpected(std::move(hash).error()));
                      }
                      auto session = put_password(ports, change->account, *hash,
                                                  change->reply_thumbprint, change->spent);
                      if (session.has_value()) {
                        tell(ports, change->account);
                      }
                      done(std::move(session));
                    });
}

}  // namespace

Json request_password_reset(const Ports& ports, const order_box::OpenedCall& call) {
  const std::string index = index_of(ports, customers::normalized(call.account.email));
  ASSIGN_OR_RETURN(const bool may_send, take_mail_try(ports, "reset", index));
  // Not synced: how long it takes should not tell who has an account.
  ASSIGN_OR_RETURN(const auto connection, proofs::connect_unsynced(ports.database));
  ASSIGN_OR_RETURN(const auto account, find_account(*connection, index));
  if (may_send && account.has_value()) {
    const vault::MailedCode code(proofs::random_secret(ports.random));
    const std::string hash = proofs::hash_of(code.reveal());
    const store::Parameter row[] = {store::Blob{hash}, std::string_view(account->id.str()),
                                    to_unix_ms(ports.clock.now() + kResetLifetime)};
    RETURN_IF_ERROR(connection->execute(
        "INSERT INTO account_resets (code_hash, customer_id, expires_at) VALUES ($1, $2, $3)",
        row));
    ASSIGN_OR_RETURN(auto to, email_of(ports, *account));
    const Status sent =
        ports.send_mail(accounts::reset_password(ports, std::move(to), account->locale, code));
    if (!sent.has_value()) {
      // The answer must not tell that there is an account; the person asks again.
      log::warning("reset_not_mailed", {{"error", sent.error().message()}});
    }
  }
  return R"({"status":"mail_sent"})";
}

void reset_password(const Ports& ports, const CallPointer& call, const Answer& done) {
  const std::string code_hash = proofs::hash_of(call->account.code.reveal());
  auto account = account_of_code(ports, code_hash);
  if (!account.has_value()) {
    return done(std::unexpected(std::move(account).error()));
  }
  set_password(ports, std::move(call->account.password),
               {.account = *std::move(account),
                .reply_thumbprint = call->reply_key.thumbprint(),
                .spent =
                    [&ports, code_hash](store::Connection& connection) {
                      return spend_code(connection, code_hash, ports.clock.now());
                    }},
               done);
}

void ask_password_again(const Ports& ports, const Session& session, vault::Password password,
                        std::function<void(Outcome<AccountRow>)> then) {
  auto account = [&]() -> Result<AccountRow> {
    ASSIGN_OR_RETURN(const auto connection, ports.database.connect_read_only());
    return require_account(*connection, session.customer);
  }();
  if (!account.has_value()) {
    return then(std::unexpected(Refusal(account.error())));
  }
  PasswordTry tried{.password = std::move(password),
                    .password_hash = account->password_hash,
                    .budgets = {{.key = "shopper|password|" + session.customer.str(),
                                 .tries_max = kTriesOfPassword}}};
  const auto budgets = tried.budgets;
  try_password(ports, std::move(tried),
               [&ports, account = *std::move(account), budgets,
                then = std::move(then)](const Outcome<Verdict>& verdict) {
                 if (!verdict.has_value()) {
                   return then(std::unexpected(verdict.error()));
                 }
                 if (!verdict->matches) {
                   return then(refuse(403, "password_wrong", "that is not your password"));
                 }
                 const auto give_back = [&]() -> Status {
                   ASSIGN_OR_RETURN(const auto connection, ports.database.connect());
                   return proofs::give_back_try(*connection, budgets);
                 };
                 if (const Status given = give_back(); !given.has_value()) {
                   return then(std::unexpected(Refusal(given.error())));
                 }
                 then(account);
               });
}

void change_password(const Ports& ports, const CallPointer& call, const Session& session,
                     const Answer& done) {
  ask_password_again(ports, session, std::move(call->account.password),
                     [&ports, call, done](Outcome<AccountRow> account) {
                       if (!account.has_value()) {
                         return done(std::unexpected(std::move(account).error()));
                       }
                       set_password(ports, std::move(call->account.new_password),
                                    {.account = *std::move(account),
                                     .reply_thumbprint = call->reply_key.thumbprint(),
                                     .spent = [](store::Connection&) { return Outcome<void>(); }},
                                    done);
                     });
}

}  // namespace dermaga::accounts

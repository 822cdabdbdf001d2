#include "sign_in.h"

#include <utility>

#include "accounts/accounts.h"
#include "customers/contact_index.h"
#include "encoding/encoding.h"
#include "log/log.h"
#include "passwords_asked.h"
#include "proofs/tries.h"
#include "records.h"
#include "sessions.h"

namespace dermaga::accounts {
namespace {

// What the steps of one sign-in know.
struct Attempt {
  std::optional<AccountRow> account;
  std::vector<proofs::Budget> budgets;
  bool is_known = false;     // this browser has signed in to it before
  vault::Password password;  // for hashing it anew
};

// Of addresses that nobody has too, or the budget would tell who has an account.
std::vector<proofs::Budget> budgets_of(bool is_known, const std::string& email_index,
                                       const std::string& reply_thumbprint) {
  const std::string who = encoding::hex(email_index);
  return {is_known ? proofs::Budget{.key = "shopper|known|" + who + "|" + reply_thumbprint,
                                    .tries_max = kTriesOfKnownKey}
                   : proofs::Budget{.key = "shopper|account|" + who, .tries_max = kTriesOfAccount}};
}

Result<std::shared_ptr<Attempt>> begin(const Ports& ports, order_box::OpenedCall& call) {
  auto attempt = std::make_shared<Attempt>();
  const std::string index = index_of(ports, customers::normalized(call.account.email));
  ASSIGN_OR_RETURN(const auto connection, ports.database.connect_read_only());
  ASSIGN_OR_RETURN(attempt->account, find_account(*connection, index));
  const std::string thumbprint = call.reply_key.thumbprint();
  if (const auto& account = attempt->account; account.has_value()) {
    ASSIGN_OR_RETURN(attempt->is_known,
                     is_known_key(*connection, account->id, thumbprint, ports.clock.now()));
  }
  attempt->budgets = budgets_of(attempt->is_known, index, thumbprint);
  attempt->password = std::move(call.account.password);
  return attempt;
}

Json finish(const Ports& ports, const Attempt& attempt, bool matches,
            const std::string& reply_thumbprint) {
  if (!matches || !attempt.account.has_value()) {
    return refuse(401, "sign_in_failed", "the e-mail address or the password is wrong");
  }
  ASSIGN_OR_RETURN(const auto connection, ports.database.connect());
  ASSIGN_OR_RETURN(auto transaction, store::Transaction::begin(*connection));
  // The password may have been changed, or the account erased, while it was checked. Written, not
  // read: whoever changes it now waits, and then ends this session too.
  const store::Parameter same[] = {std::string_view(attempt.account->id.str()),
                                   std::string_view(attempt.account->password_hash),
                                   to_unix_ms(ports.clock.now())};
  ASSIGN_OR_RETURN(const auto still_there,
                   connection->execute("UPDATE accounts SET last_seen_at = $3 WHERE customer_id = "
                                       "$1 AND password_hash = $2",
                                       same));
  if (still_there != 1) {
    return refuse(401, "sign_in_failed", "the e-mail address or the password is wrong");
  }
  RETURN_IF_ERROR(proofs::give_back_try(*connection, attempt.budgets));
  ASSIGN_OR_RETURN(auto session,
                   put_session(*connection, ports, attempt.account->id, reply_thumbprint));
  RETURN_IF_ERROR(transaction.commit());
  return session;
}

void hash_anew(const Ports& ports, Attempt& attempt) {
  if (!attempt.account.has_value()) {
    return;
  }
  ports.hasher.hash(std::move(attempt.password), [&ports, account = *attempt.account](
                                                     const Result<std::string>& hash) {
    const auto store = [&]() -> Status {
      RETURN_IF_ERROR(hash);
      ASSIGN_OR_RETURN(const auto connection, ports.database.connect());
      const store::Parameter change[] = {std::string_view(account.id.str()),
                                         std::string_view(*hash),
                                         std::string_view(account.password_hash)};
      RETURN_IF_ERROR(connection->execute(
          "UPDATE accounts SET password_hash = $2 WHERE customer_id = $1 AND password_hash = $3",
          change));
      return {};
    };
    if (const Status stored = store(); !stored.has_value()) {
      log::warning("password_not_rehashed", {{"error", stored.error().message()}});
    }
  });
}

}  // namespace

void sign_in(const Ports& ports, const CallPointer& call, const Answer& done) {
  auto begun = begin(ports, *call);
  if (!begun.has_value()) {
    return done(std::unexpected(Refusal(begun.error())));
  }
  const auto attempt = *std::move(begun);
  PasswordTry tried{.password = vault::Password(std::string(attempt->password.reveal())),
                    .password_hash = std::nullopt,
                    .budgets = attempt->budgets,
                    .is_strangers = !attempt->is_known};
  if (const auto& account = attempt->account; account.has_value()) {
    tried.password_hash = account->password_hash;
  }
  try_password(
      ports, std::move(tried), [&ports, call, attempt, done](const Outcome<Verdict>& verdict) {
        if (!verdict.has_value()) {
          return done(std::unexpected(verdict.error()));
        }
        auto outcome = finish(ports, *attempt, verdict->matches, call->reply_key.thumbprint());
        const bool is_in = outcome.has_value();
        done(std::move(outcome));
        if (is_in && verdict->needs_rehash) {
          hash_anew(ports, *attempt);
        }
      });
}

}  // namespace dermaga::accounts

#include "identity/sign_in.h"

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "encoding/encoding.h"
#include "log/log.h"
#include "one_time_code.h"
#include "passkey_rows.h"
#include "proofs/challenges.h"
#include "proofs/tries.h"
#include "records.h"
#include "session_rows.h"

namespace dermaga::identity {
namespace {

constexpr std::string_view kSignInSubject = "sign-in";

struct Account {
  StaffId staff;
  std::string password_hash;
};

// Only whoever may sign in.
Result<std::optional<Account>> find_account(store::Connection& connection,
                                            const std::string& email_index) {
  std::optional<Account> found;
  const store::Parameter key[] = {store::Blob{email_index}};
  RETURN_IF_ERROR(connection.query(
      "SELECT staff_id, password_hash FROM staff WHERE email_index = $1 AND status = 1", key,
      [&found](const store::Row& row) -> Status {
        ASSIGN_OR_RETURN(auto staff, StaffId::parse(row.text(0)));
        found = Account{.staff = std::move(staff), .password_hash = std::string(row.text(1))};
        return {};
      }));
  return found;
}

proofs::Budget source_budget(const Visitor& visitor) {
  return {.key = "source|" + visitor.source, .tries_max = kTriesOfSource};
}

proofs::Budget challenge_budget(const Visitor& visitor) {
  return {.key = "challenge|" + visitor.source, .tries_max = kTriesOfSource};
}

proofs::Budget passkey_budget(const Visitor& visitor) {
  return {.key = "passkey|" + visitor.source, .tries_max = kTriesOfSource};
}

// Of addresses that nobody has too, or the budget would tell who has an account.
Result<std::vector<proofs::Budget>> budgets_of(store::Connection& connection, const Ports& ports,
                                               const std::optional<Account>& account,
                                               const std::string& email_index,
                                               const Visitor& visitor) {
  bool known = false;
  if (account.has_value()) {
    ASSIGN_OR_RETURN(
        known, is_known_source(connection, account->staff, visitor.source, ports.clock.now()));
  }
  const std::string who = encoding::hex(email_index);
  return std::vector<proofs::Budget>{
      source_budget(visitor),
      known ? proofs::Budget{.key = "known|" + who + "|" + visitor.source,
                             .tries_max = kTriesOfKnownSource}
            : proofs::Budget{.key = "account|" + who, .tries_max = kTriesOfAccount}};
}

std::unexpected<Error> wrong() {
  return make_error(ErrorCode::kUnauthenticated, "the e-mail address, password or code is wrong");
}

Status record_refused(store::Connection& connection, const Ports& ports, const StaffId& staff,
                      std::string_view method, const Visitor& visitor,
                      std::string_view client_data_json = {}) {
  ASSIGN_OR_RETURN(auto transaction, store::Transaction::begin(connection));
  if (!client_data_json.empty()) {
    RETURN_IF_ERROR(
        proofs::burn_challenge(connection, ports.clock, kSignInSubject, client_data_json));
  }
  RETURN_IF_ERROR(append_act(connection, ports,
                             {.actor = {.name = "nobody", .source = visitor.source},
                              .action = "staff.sign_in",
                              .subject = staff.str(),
                              .detail = std::string(method),
                              .is_denied = true}));
  return transaction.commit();
}

// What the steps of one sign-in with a password know.
struct Attempt {
  Ports ports;
  SignIn::Form form;
  std::optional<Account> account;
  std::vector<proofs::Budget> budgets;
  std::function<void(Result<SignedIn>)> done;
};

void hash_anew(const std::shared_ptr<Attempt>& attempt) {
  if (!attempt->account.has_value()) {
    return;
  }
  attempt->ports.hasher.hash(
      std::move(attempt->form.password), [attempt](Result<std::string> hash) {
        const auto store = [&]() -> Status {
          RETURN_IF_ERROR(hash);
          ASSIGN_OR_RETURN(const auto connection, attempt->ports.database.connect());
          const store::Parameter change[] = {std::string_view(attempt->account->staff.str()),
                                             std::string_view(*hash),
                                             std::string_view(attempt->account->password_hash)};
          RETURN_IF_ERROR(connection->execute(
              "UPDATE staff SET password_hash = $2 WHERE staff_id = $1 AND password_hash = $3",
              change));
          return {};
        };
        if (const Status stored = store(); !stored.has_value()) {
          log::warning("password_not_rehashed", {{"error", stored.error().message()}});
        }
      });
}

Result<SignedIn> finish(const Attempt& attempt, bool password_matches) {
  const Ports& ports = attempt.ports;
  const Visitor& visitor = attempt.form.visitor;
  if (password_matches && attempt.account.has_value()) {
    const StaffId& staff = attempt.account->staff;
    ASSIGN_OR_RETURN(const auto connection, ports.database.connect());
    ASSIGN_OR_RETURN(auto transaction, store::Transaction::begin(*connection));
    ASSIGN_OR_RETURN(const bool good, use_code(*connection, ports, staff, attempt.form.code));
    if (good) {
      RETURN_IF_ERROR(proofs::give_back_try(*connection, attempt.budgets));
      ASSIGN_OR_RETURN(auto signed_in,
                       put_session(*connection, ports, staff, "password", visitor, false));
      RETURN_IF_ERROR(
          append_act(*connection, ports,
                     {.actor = {.name = "staff:" + staff.str(), .source = visitor.source},
                      .action = "staff.sign_in",
                      .subject = staff.str(),
                      .detail = "password and code"}));
      RETURN_IF_ERROR(transaction.commit());
      return signed_in;
    }
  }
  ASSIGN_OR_RETURN(const auto connection, proofs::connect_unsynced(ports.database));
  RETURN_IF_ERROR(record_refused(*connection, ports,
                                 attempt.account.has_value() ? attempt.account->staff : StaffId(),
                                 "password and code", visitor));
  return wrong();
}

// Nobody's password was wrong: the try costs nothing.
Error not_judged(const Attempt& attempt, Error why) {
  const auto give_back = [&]() -> Status {
    ASSIGN_OR_RETURN(const auto connection, attempt.ports.database.connect());
    return proofs::give_back_try(*connection, attempt.budgets);
  };
  if (const Status given = give_back(); !given.has_value()) {
    log::warning("try_not_given_back", {{"error", given.error().message()}});
  }
  return why;
}

// Looks up the account and takes a try, before anything expensive is done.
Status prepare(Attempt& attempt) {
  auto email = normalized(attempt.form.email);
  if (!email.has_value()) {
    return wrong();
  }
  const std::string index = index_of(attempt.ports, *email);
  ASSIGN_OR_RETURN(const auto connection, proofs::connect_unsynced(attempt.ports.database));
  ASSIGN_OR_RETURN(attempt.account, find_account(*connection, index));
  ASSIGN_OR_RETURN(attempt.budgets, budgets_of(*connection, attempt.ports, attempt.account, index,
                                               attempt.form.visitor));
  return proofs::take_try(*connection, attempt.budgets, attempt.ports.clock.now());
}

}  // namespace

void SignIn::with_password(Form form, std::function<void(Result<SignedIn>)> done) {
  auto attempt = std::make_shared<Attempt>(Attempt{.ports = ports_,
                                                   .form = std::move(form),
                                                   .account = std::nullopt,
                                                   .budgets = {},
                                                   .done = std::move(done)});
  if (Status prepared = prepare(*attempt); !prepared.has_value()) {
    return attempt->done(std::unexpected(std::move(prepared).error()));
  }
  vault::Password tried(std::string(attempt->form.password.reveal()));
  auto judged = [attempt](Result<passwords::Hasher::Verdict> verdict) {
    if (!verdict.has_value()) {
      return attempt->done(std::unexpected(not_judged(*attempt, std::move(verdict).error())));
    }
    auto outcome = finish(*attempt, verdict->matches);
    const bool is_in = outcome.has_value();
    attempt->done(std::move(outcome));
    if (is_in && verdict->needs_rehash) {
      hash_anew(attempt);
    }
  };
  if (const auto& account = attempt->account; account.has_value()) {
    ports_.hasher.verify(std::move(tried), account->password_hash, std::move(judged));
  } else {
    ports_.hasher.verify_nobody(std::move(tried), std::move(judged));
  }
}

Result<std::string> SignIn::passkey_options(const Visitor& visitor) {
  ASSIGN_OR_RETURN(const auto connection, ports_.database.connect());
  const proofs::Budget budget = challenge_budget(visitor);
  RETURN_IF_ERROR(proofs::take_try(*connection, std::span(&budget, 1), ports_.clock.now()));
  ASSIGN_OR_RETURN(
      const auto challenge,
      proofs::give_challenge(*connection, ports_.clock, ports_.random,
                             {.subject = kSignInSubject, .open = proofs::Open::kMany}));
  return webauthn::request_options_json(ports_.relying_party, challenge, {});
}

Result<SignedIn> SignIn::with_passkey(const webauthn::Assertion& assertion,
                                      const Visitor& visitor) {
  ASSIGN_OR_RETURN(const auto connection, ports_.database.connect());
  // Their own: wrong passwords from behind the same address must not use it up.
  const proofs::Budget budget = passkey_budget(visitor);
  RETURN_IF_ERROR(proofs::take_try(*connection, std::span(&budget, 1), ports_.clock.now()));
  Error refusal(ErrorCode::kUnauthenticated, "the passkey was not accepted");
  StaffId whose;
  {
    ASSIGN_OR_RETURN(auto transaction, store::Transaction::begin(*connection));
    auto staff = verify_passkey(*connection, ports_, kSignInSubject, assertion);
    if (staff.has_value()) {
      whose = *staff;
      bool is_active = false;
      const store::Parameter key[] = {std::string_view(staff->str())};
      RETURN_IF_ERROR(connection->query("SELECT 1 FROM staff WHERE staff_id = $1 AND status = 1",
                                        key, [&is_active](const store::Row&) -> Status {
                                          is_active = true;
                                          return {};
                                        }));
      if (is_active) {
        const proofs::Budget good[] = {budget, challenge_budget(visitor)};
        RETURN_IF_ERROR(proofs::give_back_try(*connection, good));
        ASSIGN_OR_RETURN(auto signed_in,
                         put_session(*connection, ports_, *staff, "passkey", visitor, false));
        RETURN_IF_ERROR(
            append_act(*connection, ports_,
                       {.actor = {.name = "staff:" + staff->str(), .source = visitor.source},
                        .action = "staff.sign_in",
                        .subject = staff->str(),
                        .detail = "passkey"}));
        RETURN_IF_ERROR(transaction.commit());
        return signed_in;
      }
    } else {
      refusal = std::move(staff).error();
    }
  }
  if (refusal.code() == ErrorCode::kUnauthenticated) {
    RETURN_IF_ERROR(
        record_refused(*connection, ports_, whose, "passkey", visitor, assertion.client_data_json));
  }
  return std::unexpected(std::move(refusal));
}

}  // namespace dermaga::identity

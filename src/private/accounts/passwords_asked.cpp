#include "passwords_asked.h"

#include <memory>
#include <utility>

#include "log/log.h"
#include "passwords/policy.h"

namespace dermaga::accounts {

void try_password(const Ports& ports, PasswordTry attempt,
                  std::function<void(Outcome<Verdict>)> done) {
  const auto counted = [&]() -> Status {
    ASSIGN_OR_RETURN(const auto connection, proofs::connect_unsynced(ports.database));
    return proofs::take_try(*connection, attempt.budgets, ports.clock.now());
  }();
  if (!counted.has_value()) {
    return done(std::unexpected(Refusal(counted.error())));
  }
  auto judged = [database = &ports.database, budgets = std::move(attempt.budgets),
                 done = std::move(done)](Result<Verdict> verdict) {
    if (verdict.has_value()) {
      return done(*verdict);
    }
    const auto give_back = [&]() -> Status {
      ASSIGN_OR_RETURN(const auto connection, database->connect());
      return proofs::give_back_try(*connection, budgets);
    };
    if (const Status given = give_back(); !given.has_value()) {
      log::warning("try_not_given_back", {{"error", given.error().message()}});
    }
    done(std::unexpected(Refusal(verdict.error())));
  };
  passwords::Hasher& hasher = attempt.is_strangers ? ports.strangers : ports.hasher;
  if (attempt.password_hash.has_value()) {
    hasher.verify(std::move(attempt.password), *std::move(attempt.password_hash),
                  std::move(judged));
  } else {
    hasher.verify_nobody(std::move(attempt.password), std::move(judged));
  }
}

void hash_new_password(const Ports& ports, NewPassword wanted,
                       std::function<void(Outcome<std::string>)> done) {
  wanted.about.push_back(ports.shop_name);
  const auto refusal = passwords::refusal_of(wanted.password, ports.breached, wanted.about);
  for (std::string& text : wanted.about) {
    vault::wipe(text);
  }
  if (!refusal.has_value()) {
    return done(std::unexpected(Refusal(refusal.error())));
  }
  if (const auto& why = *refusal; why.has_value()) {
    return done(refuse(422, std::string(why->code), std::string(why->detail)));
  }
  passwords::Hasher& hasher = wanted.is_strangers ? ports.strangers : ports.hasher;
  hasher.hash(std::move(wanted.password), [done = std::move(done)](Result<std::string> hash) {
    if (hash.has_value()) {
      done(*std::move(hash));
    } else {
      done(std::unexpected(Refusal(hash.error())));
    }
  });
}

}  // namespace dermaga::accounts

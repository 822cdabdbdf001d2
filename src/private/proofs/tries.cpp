#include "proofs/tries.h"

#include "proofs/secrets.h"

namespace dermaga::proofs {
namespace {

Status used_up() {
  return make_error(ErrorCode::kRateLimited,
                    "too many tries failed; wait some minutes, or use a passkey");
}

Result<std::int64_t> tries_of(store::Connection& connection, std::string_view hash,
                              UtcTime window_begin) {
  std::int64_t tries = 0;
  const store::Parameter keys[] = {store::Blob{hash}, to_unix_ms(window_begin)};
  RETURN_IF_ERROR(
      connection.query("SELECT tries FROM tries WHERE budget_hash = $1 AND window_began_at > $2",
                       keys, [&tries](const store::Row& row) -> Status {
                         tries = row.integer(0);
                         return {};
                       }));
  return tries;
}

}  // namespace

Result<std::unique_ptr<store::Connection>> connect_unsynced(store::Database& database) {
  ASSIGN_OR_RETURN(auto connection, database.connect());
  const auto nothing = [](const store::Row&) -> Status { return {}; };
  if (database.dialect() == "sqlite") {
    RETURN_IF_ERROR(connection->query("PRAGMA synchronous = NORMAL", {}, nothing));
  } else {
    RETURN_IF_ERROR(connection->execute("SET synchronous_commit = off"));
  }
  return connection;
}

Status take_try(store::Connection& connection, std::span<const Budget> budgets, UtcTime now) {
  const UtcTime window_begin = now - kTriesWindow;
  // Looked at first, so that a flood against a budget that is used up writes nothing.
  for (const Budget& budget : budgets) {
    ASSIGN_OR_RETURN(const auto tries, tries_of(connection, hash_of(budget.key), window_begin));
    if (tries >= budget.tries_max) {
      return used_up();
    }
  }
  ASSIGN_OR_RETURN(auto transaction, store::Transaction::begin(connection));
  const store::Parameter old[] = {to_unix_ms(window_begin)};
  RETURN_IF_ERROR(connection.execute("DELETE FROM tries WHERE window_began_at <= $1", old));
  for (const Budget& budget : budgets) {
    const std::string hash = hash_of(budget.key);
    const store::Parameter row[] = {store::Blob{hash}, to_unix_ms(now)};
    RETURN_IF_ERROR(connection.execute(
        "INSERT INTO tries (budget_hash, tries, window_began_at) VALUES ($1, 1, $2) "
        "ON CONFLICT (budget_hash) DO UPDATE SET tries = tries.tries + 1",
        row));
    ASSIGN_OR_RETURN(const auto tries, tries_of(connection, hash, window_begin));
    if (tries > budget.tries_max) {
      return used_up();
    }
  }
  return transaction.commit();
}

Result<bool> is_used_up(store::Connection& connection, const Budget& budget, UtcTime now) {
  ASSIGN_OR_RETURN(const auto tries, tries_of(connection, hash_of(budget.key), now - kTriesWindow));
  return tries >= budget.tries_max;
}

Status give_back_try(store::Connection& connection, std::span<const Budget> budgets) {
  for (const Budget& budget : budgets) {
    const std::string hash = hash_of(budget.key);
    const store::Parameter key[] = {store::Blob{hash}};
    RETURN_IF_ERROR(connection.execute(
        "UPDATE tries SET tries = tries - 1 WHERE budget_hash = $1 AND tries > 0", key));
  }
  return {};
}

}  // namespace dermaga::proofs

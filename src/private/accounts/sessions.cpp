#include "sessions.h"

#include <utility>

#include "accounts/accounts.h"
#include "digest/digest.h"
#include "encoding/encoding.h"
#include "json/writer.h"
#include "proofs/secrets.h"
#include "shopper_token/shopper_token.h"

namespace dermaga::accounts {
namespace {

constexpr std::chrono::hours kSeenAgainAfter{1};
constexpr std::int64_t kKnownKeysMax = 50;

Status remember_key(store::Connection& connection, const CustomerId& customer,
                    const std::string& reply_thumbprint, UtcTime now) {
  const store::Parameter row[] = {std::string_view(customer.str()),
                                  std::string_view(reply_thumbprint), to_unix_ms(now)};
  RETURN_IF_ERROR(connection.execute(
      "INSERT INTO account_known_keys (customer_id, reply_thumbprint, last_used_at) VALUES ($1, "
      "$2, $3) ON CONFLICT (customer_id, reply_thumbprint) DO UPDATE SET last_used_at = $3",
      row));
  const store::Parameter old[] = {std::string_view(customer.str()),
                                  to_unix_ms(now - kSessionLifetime), kKnownKeysMax};
  RETURN_IF_ERROR(connection.execute(
      "DELETE FROM account_known_keys WHERE customer_id = $1 AND (last_used_at < $2 OR "
      "reply_thumbprint NOT IN (SELECT reply_thumbprint FROM account_known_keys WHERE customer_id "
      "= $1 ORDER BY last_used_at DESC LIMIT $3))",
      old));
  return {};
}

// The account's oldest beyond the bound; not the new one, whatever the wall clock did.
Status end_oldest(store::Connection& connection, const CustomerId& customer,
                  const std::string& made_hash) {
  const store::Parameter many[] = {std::string_view(customer.str()),
                                   static_cast<std::int64_t>(kSessionsMax) - 1,
                                   store::Blob{made_hash}};
  RETURN_IF_ERROR(connection.execute(
      "DELETE FROM account_sessions WHERE customer_id = $1 AND secret_hash <> $3 AND secret_hash "
      "NOT IN (SELECT secret_hash FROM account_sessions WHERE customer_id = $1 AND secret_hash <> "
      "$3 ORDER BY last_seen_at DESC, secret_hash LIMIT $2)",
      many));
  return {};
}

void write_token(json::Writer& writer, const Ports& ports, const CustomerId& customer) {
  const UtcTime now = ports.clock.now();
  // 128 bits of the MAC are enough to tell shoppers apart.
  const std::string pseudonym = encoding::base64url(
      ports.pseudonyms.of("shopper.token", vault::SecretText(std::string(customer.str())))
          .substr(0, 16));
  const shopper_token::Claims claims{.audience = ports.shop_id,
                                     .pseudonym = pseudonym,
                                     .issued_at = now,
                                     .expires_at = now + shopper_token::kLifetime};
  writer.field("token", shopper_token::sign(ports.token_key, claims));
  writer.field("token_expires_at", format_rfc3339(claims.expires_at));
}

}  // namespace

Result<std::optional<Session>> find_session(store::Connection& connection, const Ports& ports,
                                            const vault::SessionSecret& secret,
                                            const std::string& reply_thumbprint) {
  std::optional<Session> found;
  std::string hash = proofs::hash_of(secret.reveal());
  const UtcTime now = ports.clock.now();
  const store::Parameter key[] = {store::Blob{hash}, to_unix_ms(now - kSessionLifetime),
                                  to_unix_ms(now - kSessionIdle)};
  RETURN_IF_ERROR(connection.query(
      "SELECT customer_id, reply_thumbprint, last_seen_at FROM account_sessions WHERE secret_hash "
      "= $1 AND created_at > $2 AND last_seen_at > $3",
      key, [&](const store::Row& row) -> Status {
        if (!digest::equal_constant_time(row.text(1), reply_thumbprint)) {
          return {};
        }
        ASSIGN_OR_RETURN(auto customer, CustomerId::parse(row.text(0)));
        found = Session{.customer = std::move(customer),
                        .secret_hash = hash,
                        .last_seen_at = from_unix_ms(row.integer(2))};
        return {};
      }));
  return found;
}

Outcome<Session> require_session(const Ports& ports, const order_box::OpenedCall& call) {
  ASSIGN_OR_RETURN(const auto connection, ports.database.connect_read_only());
  ASSIGN_OR_RETURN(auto session, find_session(*connection, ports, call.account.session,
                                              call.reply_key.thumbprint()));
  if (!session.has_value()) {
    return refuse(401, "session_ended", "the session is over; sign in again");
  }
  return *std::move(session);
}

Status keep_alive(const Ports& ports, const Session& session) {
  const UtcTime now = ports.clock.now();
  if (now < session.last_seen_at + kSeenAgainAfter) {
    return {};
  }
  ASSIGN_OR_RETURN(const auto connection, ports.database.connect());
  ASSIGN_OR_RETURN(auto transaction, store::Transaction::begin(*connection));
  const store::Parameter seen[] = {store::Blob{session.secret_hash}, to_unix_ms(now)};
  RETURN_IF_ERROR(connection->execute(
      "UPDATE account_sessions SET last_seen_at = $2 WHERE secret_hash = $1", seen));
  const store::Parameter account[] = {std::string_view(session.customer.str()), to_unix_ms(now)};
  RETURN_IF_ERROR(
      connection->execute("UPDATE accounts SET last_seen_at = $2 WHERE customer_id = $1", account));
  const store::Parameter known[] = {store::Blob{session.secret_hash}, to_unix_ms(now)};
  RETURN_IF_ERROR(connection->execute(
      "UPDATE account_known_keys SET last_used_at = $2 WHERE EXISTS (SELECT 1 FROM "
      "account_sessions s WHERE s.secret_hash = $1 AND s.customer_id = "
      "account_known_keys.customer_id AND s.reply_thumbprint = "
      "account_known_keys.reply_thumbprint)",
      known));
  return transaction.commit();
}

Result<std::string> put_session(store::Connection& connection, const Ports& ports,
                                const CustomerId& customer, const std::string& reply_thumbprint) {
  const UtcTime now = ports.clock.now();
  const vault::SessionSecret secret(proofs::random_secret(ports.random));
  const std::string hash = proofs::hash_of(secret.reveal());
  const store::Parameter row[] = {store::Blob{hash}, std::string_view(customer.str()),
                                  std::string_view(reply_thumbprint), to_unix_ms(now)};
  RETURN_IF_ERROR(connection.execute(
      "INSERT INTO account_sessions (secret_hash, customer_id, reply_thumbprint, created_at, "
      "last_seen_at) VALUES ($1, $2, $3, $4, $4)",
      row));
  const store::Parameter seen[] = {std::string_view(customer.str()), to_unix_ms(now)};
  RETURN_IF_ERROR(
      connection.execute("UPDATE accounts SET last_seen_at = $2 WHERE customer_id = $1", seen));
  RETURN_IF_ERROR(end_oldest(connection, customer, hash));
  RETURN_IF_ERROR(remember_key(connection, customer, reply_thumbprint, now));
  std::string json;
  json::Writer writer(json);
  writer.object();
  writer.field("session", secret.reveal());
  writer.field("expires_at", format_rfc3339(now + kSessionLifetime));
  write_token(writer, ports, customer);
  writer.end_object();
  return json;
}

Result<bool> is_known_key(store::Connection& connection, const CustomerId& customer,
                          const std::string& reply_thumbprint, UtcTime now) {
  bool known = false;
  const store::Parameter keys[] = {std::string_view(customer.str()),
                                   std::string_view(reply_thumbprint),
                                   to_unix_ms(now - kSessionLifetime)};
  RETURN_IF_ERROR(connection.query(
      "SELECT 1 FROM account_known_keys WHERE customer_id = $1 AND reply_thumbprint = $2 AND "
      "last_used_at >= $3",
      keys, [&known](const store::Row&) -> Status {
        known = true;
        return {};
      }));
  return known;
}

std::string token_json(const Ports& ports, const CustomerId& customer) {
  std::string json;
  json::Writer writer(json);
  writer.object();
  write_token(writer, ports, customer);
  writer.end_object();
  return json;
}

}  // namespace dermaga::accounts

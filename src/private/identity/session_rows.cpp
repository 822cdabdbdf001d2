#include "session_rows.h"

#include <utility>

#include "identity/sessions.h"
#include "records.h"

namespace dermaga::identity {
namespace {

constexpr std::chrono::hours kSourceLifetime{24 * 90};
constexpr std::size_t kKnownSourcesMax = 50;

std::string source_hash(std::string_view source) {
  return proofs::hash_of("source|" + std::string(source));
}

Status remember_source(store::Connection& connection, const StaffId& staff, std::string_view source,
                       UtcTime now) {
  const std::string hash = source_hash(source);
  const store::Parameter row[] = {std::string_view(staff.str()), store::Blob{hash},
                                  to_unix_ms(now)};
  RETURN_IF_ERROR(connection.execute(
      "INSERT INTO staff_known_sources (staff_id, source_hash, last_used_at) VALUES ($1, $2, $3) "
      "ON CONFLICT (staff_id, source_hash) DO UPDATE SET last_used_at = $3",
      row));
  const store::Parameter old[] = {std::string_view(staff.str()), to_unix_ms(now - kSourceLifetime),
                                  static_cast<std::int64_t>(kKnownSourcesMax)};
  RETURN_IF_ERROR(connection.execute(
      "DELETE FROM staff_known_sources WHERE staff_id = $1 AND (last_used_at < $2 OR source_hash "
      "NOT IN (SELECT source_hash FROM staff_known_sources WHERE staff_id = $1 ORDER BY "
      "last_used_at DESC LIMIT $3))",
      old));
  return {};
}

// Too old ones of everybody, and the person's oldest beyond the bound.
Status end_old_sessions(store::Connection& connection, const StaffId& staff, const SessionId& made,
                        UtcTime now) {
  const store::Parameter old[] = {to_unix_ms(now - kSessionLifetime),
                                  to_unix_ms(now - kSessionIdle)};
  RETURN_IF_ERROR(connection.execute(
      "DELETE FROM staff_sessions WHERE created_at <= $1 OR last_seen_at <= $2", old));
  const store::Parameter many[] = {std::string_view(staff.str()),
                                   static_cast<std::int64_t>(kSessionsMax) - 1,
                                   std::string_view(made.str())};
  // Not the new one, whatever the wall clock did since the others were made.
  RETURN_IF_ERROR(connection.execute(
      "DELETE FROM staff_sessions WHERE staff_id = $1 AND session_id <> $3 AND session_id NOT IN "
      "(SELECT session_id FROM staff_sessions WHERE staff_id = $1 AND session_id <> $3 ORDER BY "
      "created_at DESC, session_id LIMIT $2)",
      many));
  return {};
}

}  // namespace

Result<SignedIn> put_session(store::Connection& connection, const Ports& ports,
                             const StaffId& staff, std::string_view method, const Visitor& visitor,
                             bool is_fresh) {
  const UtcTime now = ports.clock.now();
  SignedIn signed_in{.token = SessionToken(proofs::random_secret(ports.random)),
                     .session = {.id = SessionId::from_bytes(ports.random.bytes(15)),
                                 .staff = staff,
                                 .method = std::string(method),
                                 .visitor = visitor,
                                 .created_at = now,
                                 .last_seen_at = now,
                                 .expires_at = now + kSessionLifetime}};
  const std::string hash = proofs::hash_of(signed_in.token.reveal());
  const store::Parameter row[] = {std::string_view(signed_in.session.id.str()),
                                  store::Blob{hash},
                                  std::string_view(staff.str()),
                                  method,
                                  std::string_view(visitor.source),
                                  std::string_view(visitor.user_agent),
                                  to_unix_ms(now),
                                  is_fresh ? to_unix_ms(now) : std::int64_t{0}};
  RETURN_IF_ERROR(connection.execute(
      "INSERT INTO staff_sessions (session_id, token_hash, staff_id, method, source, user_agent, "
      "created_at, last_seen_at, stepped_up_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8)",
      row));
  RETURN_IF_ERROR(end_old_sessions(connection, staff, signed_in.session.id, now));
  RETURN_IF_ERROR(remember_source(connection, staff, visitor.source, now));
  return signed_in;
}

bool is_over(const Session& session, UtcTime now) {
  return now >= session.expires_at || now >= session.last_seen_at + kSessionIdle;
}

Result<bool> is_known_source(store::Connection& connection, const StaffId& staff,
                             std::string_view source, UtcTime now) {
  bool known = false;
  const std::string hash = source_hash(source);
  const store::Parameter keys[] = {std::string_view(staff.str()), store::Blob{hash},
                                   to_unix_ms(now - kSourceLifetime)};
  RETURN_IF_ERROR(connection.query(
      "SELECT 1 FROM staff_known_sources WHERE staff_id = $1 AND source_hash = $2 AND "
      "last_used_at >= $3",
      keys, [&known](const store::Row&) -> Status {
        known = true;
        return {};
      }));
  return known;
}

}  // namespace dermaga::identity

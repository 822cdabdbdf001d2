#include "identity/sessions.h"

#include <optional>
#include <utility>

#include "identity/sign_in.h"
#include "one_time_code.h"
#include "passkey_rows.h"
#include "proofs/challenges.h"
#include "proofs/tries.h"
#include "records.h"
#include "session_rows.h"

namespace dermaga::identity {
namespace {

// When a session was last seen is written at most this often: reading must not cost a write.
constexpr std::chrono::minutes kSeenEvery{1};

constexpr std::string_view kSessionColumns =
    "s.session_id, s.staff_id, s.method, s.source, s.user_agent, s.created_at, s.last_seen_at";

Result<Session> read_session(const store::Row& row) {
  Session session;
  ASSIGN_OR_RETURN(session.id, SessionId::parse(row.text(0)));
  ASSIGN_OR_RETURN(session.staff, StaffId::parse(row.text(1)));
  session.method = row.text(2);
  session.visitor = {.source = std::string(row.text(3)), .user_agent = std::string(row.text(4))};
  session.created_at = from_unix_ms(row.integer(5));
  session.last_seen_at = from_unix_ms(row.integer(6));
  session.expires_at = session.created_at + kSessionLifetime;
  return session;
}

std::unexpected<Error> not_signed_in() {
  return make_error(ErrorCode::kUnauthenticated, "sign in first: the session is over");
}

std::string subject_of(const Caller& caller) {
  return "step-up:" + caller.session.str();
}

proofs::Budget step_up_budget(const Caller& caller) {
  return {.key = subject_of(caller), .tries_max = kStepUpTries};
}

// The session goes on under a new token, in the caller's transaction.
Result<SignedIn> renew(store::Connection& connection, const Ports& ports, const Caller& caller,
                       std::string_view factor) {
  SessionToken token(proofs::random_secret(ports.random));
  const std::string hash = proofs::hash_of(token.reveal());
  const store::Parameter change[] = {std::string_view(caller.session.str()), store::Blob{hash},
                                     to_unix_ms(ports.clock.now())};
  RETURN_IF_ERROR(connection.execute(
      "UPDATE staff_sessions SET token_hash = $2, stepped_up_at = $3 WHERE session_id = $1",
      change));
  std::optional<Session> session;
  RETURN_IF_ERROR(connection.query(
      "SELECT " + std::string(kSessionColumns) + " FROM staff_sessions s WHERE s.session_id = $1",
      std::span(change).first(1), [&session](const store::Row& row) -> Status {
        ASSIGN_OR_RETURN(session, read_session(row));
        return {};
      }));
  if (!session.has_value()) {
    return not_signed_in();
  }
  RETURN_IF_ERROR(append_act(connection, ports,
                             {.actor = actor_of(caller),
                              .action = "staff.step_up",
                              .subject = caller.staff.str(),
                              .detail = std::string(factor)}));
  return SignedIn{.token = std::move(token), .session = *std::move(session)};
}

// Whoever guesses at a signed-in person's screen loses the session; `caller` is told by the error.
Status record_refused(store::Connection& connection, const Ports& ports, const Caller& caller,
                      std::string_view factor, std::string_view client_data_json = {}) {
  ASSIGN_OR_RETURN(auto transaction, store::Transaction::begin(connection));
  if (!client_data_json.empty()) {
    RETURN_IF_ERROR(
        proofs::burn_challenge(connection, ports.clock, subject_of(caller), client_data_json));
  }
  ASSIGN_OR_RETURN(const bool is_over,
                   proofs::is_used_up(connection, step_up_budget(caller), ports.clock.now()));
  if (is_over) {
    const store::Parameter key[] = {std::string_view(caller.session.str())};
    RETURN_IF_ERROR(connection.execute("DELETE FROM staff_sessions WHERE session_id = $1", key));
  }
  RETURN_IF_ERROR(append_act(
      connection, ports,
      {.actor = actor_of(caller),
       .action = "staff.step_up",
       .subject = caller.staff.str(),
       .detail = std::string(factor) + (is_over ? ": too many were wrong, signed out" : ""),
       .is_denied = true}));
  RETURN_IF_ERROR(transaction.commit());
  return is_over ? Status(not_signed_in()) : Status();
}

Status take_step_up_try(store::Connection& connection, const Ports& ports, const Caller& caller) {
  const proofs::Budget budget = step_up_budget(caller);
  const Status taken = proofs::take_try(connection, std::span(&budget, 1), ports.clock.now());
  // Only a session that is over has none left.
  return !taken.has_value() && taken.error().code() == ErrorCode::kRateLimited
             ? Status(not_signed_in())
             : taken;
}

}  // namespace

Result<Caller> Sessions::find(const SessionToken& token, const std::string& source) {
  ASSIGN_OR_RETURN(const auto connection, ports_.database.connect_read_only());
  const UtcTime now = ports_.clock.now();
  const std::string hash = proofs::hash_of(token.reveal());
  std::optional<Session> session;
  Caller caller;
  const store::Parameter key[] = {store::Blob{hash}};
  RETURN_IF_ERROR(connection->query(
      "SELECT " + std::string(kSessionColumns) +
          ", s.stepped_up_at, staff.role FROM staff_sessions s JOIN staff ON staff.staff_id = "
          "s.staff_id WHERE s.token_hash = $1 AND staff.status = 1",
      key, [&](const store::Row& row) -> Status {
        ASSIGN_OR_RETURN(session, read_session(row));
        caller.is_fresh = now < from_unix_ms(row.integer(7)) + kStepUpLifetime;
        caller.role = row.text(8);
        return {};
      }));
  if (!session.has_value() || is_over(*session, now)) {
    return not_signed_in();
  }
  caller.staff = session->staff;
  caller.session = session->id;
  caller.source = source;
  ASSIGN_OR_RETURN(caller.permissions, permissions_of(*connection, caller.role));
  if (now - session->last_seen_at >= kSeenEvery) {
    ASSIGN_OR_RETURN(const auto writing, ports_.database.connect());
    const store::Parameter seen[] = {std::string_view(session->id.str()), to_unix_ms(now)};
    RETURN_IF_ERROR(writing->execute(
        "UPDATE staff_sessions SET last_seen_at = $2 WHERE session_id = $1", seen));
  }
  return caller;
}

Result<SignedIn> Sessions::step_up_with_code(const Caller& caller, const std::string& code) {
  ASSIGN_OR_RETURN(const auto connection, ports_.database.connect());
  RETURN_IF_ERROR(take_step_up_try(*connection, ports_, caller));
  {
    ASSIGN_OR_RETURN(auto transaction, store::Transaction::begin(*connection));
    ASSIGN_OR_RETURN(const bool good, use_code(*connection, ports_, caller.staff, code));
    if (good) {
      const proofs::Budget budget = step_up_budget(caller);
      RETURN_IF_ERROR(proofs::give_back_try(*connection, std::span(&budget, 1)));
      ASSIGN_OR_RETURN(auto renewed, renew(*connection, ports_, caller, "code"));
      RETURN_IF_ERROR(transaction.commit());
      return renewed;
    }
  }
  RETURN_IF_ERROR(record_refused(*connection, ports_, caller, "code"));
  return make_error(ErrorCode::kForbidden, "the code is wrong or was used; wait for the next one");
}

Result<std::string> Sessions::step_up_options(const Caller& caller) {
  ASSIGN_OR_RETURN(const auto connection, ports_.database.connect());
  ASSIGN_OR_RETURN(const auto ids, credential_ids(*connection, caller.staff));
  if (ids.empty()) {
    return make_error(ErrorCode::kNotFound, "this account has no passkey; use a code");
  }
  ASSIGN_OR_RETURN(
      const auto challenge,
      proofs::give_challenge(*connection, ports_.clock, ports_.random,
                             {.subject = subject_of(caller), .open = proofs::Open::kOne}));
  return webauthn::request_options_json(ports_.relying_party, challenge, ids);
}

Result<SignedIn> Sessions::step_up_with_passkey(const Caller& caller,
                                                const webauthn::Assertion& assertion) {
  ASSIGN_OR_RETURN(const auto connection, ports_.database.connect());
  RETURN_IF_ERROR(take_step_up_try(*connection, ports_, caller));
  const Error refusal(ErrorCode::kForbidden, "the passkey was not accepted");
  {
    ASSIGN_OR_RETURN(auto transaction, store::Transaction::begin(*connection));
    auto staff = verify_passkey(*connection, ports_, subject_of(caller), assertion);
    if (staff.has_value() && *staff == caller.staff) {
      const proofs::Budget budget = step_up_budget(caller);
      RETURN_IF_ERROR(proofs::give_back_try(*connection, std::span(&budget, 1)));
      ASSIGN_OR_RETURN(auto renewed, renew(*connection, ports_, caller, "passkey"));
      RETURN_IF_ERROR(transaction.commit());
      return renewed;
    }
    if (!staff.has_value() && staff.error().code() != ErrorCode::kUnauthenticated) {
      return std::unexpected(std::move(staff).error());
    }
  }
  RETURN_IF_ERROR(
      record_refused(*connection, ports_, caller, "passkey", assertion.client_data_json));
  return std::unexpected(refusal);
}

Result<std::vector<Session>> Sessions::list(const StaffId& staff) {
  ASSIGN_OR_RETURN(const auto connection, ports_.database.connect_read_only());
  const UtcTime now = ports_.clock.now();
  std::vector<Session> sessions;
  const store::Parameter key[] = {std::string_view(staff.str())};
  RETURN_IF_ERROR(connection->query(
      "SELECT " + std::string(kSessionColumns) +
          " FROM staff_sessions s WHERE s.staff_id = $1 ORDER BY s.created_at DESC, s.session_id",
      key, [&](const store::Row& row) -> Status {
        ASSIGN_OR_RETURN(auto session, read_session(row));
        if (!is_over(session, now)) {
          sessions.push_back(std::move(session));
        }
        return {};
      }));
  return sessions;
}

Status Sessions::end(const StaffId& staff, const SessionId& session, const audit::Actor& actor) {
  ASSIGN_OR_RETURN(const auto connection, ports_.database.connect());
  ASSIGN_OR_RETURN(auto transaction, store::Transaction::begin(*connection));
  const store::Parameter keys[] = {std::string_view(staff.str()), std::string_view(session.str())};
  ASSIGN_OR_RETURN(const auto ended,
                   connection->execute(
                       "DELETE FROM staff_sessions WHERE staff_id = $1 AND session_id = $2", keys));
  if (ended == 0) {
    return make_error(ErrorCode::kNotFound, "there is no such session");
  }
  RETURN_IF_ERROR(append_act(*connection, ports_,
                             {.actor = actor,
                              .action = "staff.sign_out",
                              .subject = staff.str(),
                              .detail = session.str()}));
  return transaction.commit();
}

Status Sessions::end_all(const StaffId& staff, const SessionId& except, const audit::Actor& actor) {
  ASSIGN_OR_RETURN(const auto connection, ports_.database.connect());
  ASSIGN_OR_RETURN(auto transaction, store::Transaction::begin(*connection));
  ASSIGN_OR_RETURN(const auto ended, delete_sessions(*connection, staff, except));
  RETURN_IF_ERROR(append_act(*connection, ports_,
                             {.actor = actor,
                              .action = "staff.sign_out",
                              .subject = staff.str(),
                              .detail = std::to_string(ended) + " sessions"}));
  return transaction.commit();
}

}  // namespace dermaga::identity

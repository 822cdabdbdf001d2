#include "approvals/approvals.h"

#include <span>
#include <utility>

#include "encoding/encoding.h"
#include "log/log.h"
#include "records.h"

namespace dermaga::approvals {
namespace {

constexpr std::size_t kKeyBytesMax = 200;
constexpr std::size_t kIdBytes = 15;
constexpr std::int64_t kTendedAtOnce = 100;
constexpr std::string_view kClaim = "approvals";

// "order.refund ord_… 500000 IDR"
std::string told(const Deed& deed) {
  return std::string(name(deed.kind)) + " " + deed.subject +
         (deed.amount > 0 ? " " + std::to_string(deed.amount) + " " + deed.detail : "");
}

struct Step {
  audit::Actor actor;
  std::string_view action;
  std::string detail;
  std::string reason;
  bool is_denied = false;
};

Status record(store::Connection& connection, const Approval& approval, Step step, UtcTime now) {
  const audit::Act act{.actor = std::move(step.actor),
                       .action = std::string(step.action),
                       .subject = approval.id.str(),
                       .detail = std::move(step.detail),
                       .reason = std::move(step.reason),
                       .is_denied = step.is_denied};
  return audit::append(connection, std::span(&act, 1), now);
}

// The private host counts as one, whoever its users are.
bool is_own(const Approval& approval, const Decider& decider) {
  return approval.requester == decider.staff;
}

Status check_permitted(const Approval& approval, const Decider& decider) {
  return decider.permissions.contains(permissions_for(approval.deed.kind))
             ? Status()
             : make_error(ErrorCode::kForbidden,
                          "this wants all that " + std::string(name(approval.deed.kind)) +
                              " itself wants: " + permissions_for(approval.deed.kind).str());
}

Status expire(store::Connection& connection, Approval& approval, UtcTime now) {
  RETURN_IF_ERROR(move(connection, approval, State::kExpired, {.by = "core", .at = now}));
  return record(connection, approval,
                {.actor = {.name = "core", .source = "core"},
                 .action = "approval.expire",
                 .detail = told(approval.deed)},
                now);
}

// Repeating it would fail again.
bool is_definite(const Error& error) {
  switch (error.code()) {
    case ErrorCode::kInvalidArgument:
    case ErrorCode::kNotFound:
    case ErrorCode::kAlreadyExists:
    case ErrorCode::kVersionConflict:
    case ErrorCode::kForbidden:
      return true;
    default:
      return false;
  }
}

// Of the open ones, the oldest first; $1 in `condition` is `at`.
Result<std::vector<ApprovalId>> ids_where(store::Connection& connection, std::string_view condition,
                                          UtcTime at) {
  std::vector<ApprovalId> ids;
  const store::Parameter parameters[] = {to_unix_ms(at), kTendedAtOnce};
  RETURN_IF_ERROR(
      connection.query("SELECT approval_id FROM approvals WHERE " + std::string(condition) +
                           " ORDER BY approval_number LIMIT $2",
                       parameters, [&ids](const store::Row& row) -> Status {
                         ASSIGN_OR_RETURN(ids.emplace_back(), ApprovalId::parse(row.text(0)));
                         return {};
                       }));
  return ids;
}

std::string cut(std::string_view text) {
  std::string kept(text.substr(0, audit::kReasonBytesMax));
  while (!encoding::is_utf8(kept)) {
    kept.pop_back();
  }
  return kept;
}

}  // namespace

Result<Approval> Approvals::ask(const Request& request) {
  RETURN_IF_ERROR(audit::check_reason(request.reason));
  if (request.key.size() > kKeyBytesMax) {
    return make_error(ErrorCode::kInvalidArgument, "an idempotency key has up to 200 bytes");
  }
  ASSIGN_OR_RETURN(const auto connection, ports_.database.connect());
  ASSIGN_OR_RETURN(auto transaction, store::Transaction::begin(*connection));
  // One at a time: neither the bound nor the same request is passed by two at once.
  RETURN_IF_ERROR(connection->claim(kClaim, true));
  const UtcTime now = ports_.clock.now();
  ASSIGN_OR_RETURN(auto same, request.key.empty() ? find_open(*connection, request.deed, now)
                                                  : find_by_key(*connection, request.key));
  if (same.has_value() && seen_at(*same, now).state == State::kExpired) {
    RETURN_IF_ERROR(expire(*connection, *same, now));
    same.reset();
  }
  if (same.has_value() && !request.key.empty() && same->deed != request.deed) {
    return make_error(ErrorCode::kAlreadyExists,
                      "the idempotency key was used for another request");
  }
  if (same.has_value()) {
    return *std::move(same);
  }
  ASSIGN_OR_RETURN(const std::int64_t waiting, count_waiting(*connection, now));
  if (waiting >= kWaitingMax) {
    return make_error(ErrorCode::kOverloaded,
                      std::to_string(waiting) + " requests wait for a second person already");
  }
  ASSIGN_OR_RETURN(const std::int64_t of_one, count_waiting_of(*connection, request.by.staff, now));
  if (of_one >= kWaitingOfOneMax) {
    return make_error(
        ErrorCode::kOverloaded,
        std::to_string(of_one) + " of your requests wait for a second person already");
  }
  Approval approval{.id = ApprovalId::from_bytes(ports_.random.bytes(kIdBytes)),
                    .deed = request.deed,
                    .requested_by = request.by.actor.name,
                    .requester = request.by.staff,
                    .reason = request.reason,
                    .requested_at = now,
                    .expires_at = now + ports_.waits,
                    .version = 1};
  RETURN_IF_ERROR(insert(*connection, approval, request.key));
  RETURN_IF_ERROR(record(*connection, approval,
                         {.actor = request.by.actor,
                          .action = "approval.ask",
                          .detail = told(approval.deed),
                          .reason = request.reason},
                         now));
  RETURN_IF_ERROR(transaction.commit());
  return approval;
}

Result<std::optional<Approval>> Approvals::asked_under(std::string_view key) {
  ASSIGN_OR_RETURN(const auto connection, ports_.database.connect_read_only());
  ASSIGN_OR_RETURN(auto found, find_by_key(*connection, key));
  return found.has_value() && seen_at(*found, ports_.clock.now()).state != State::kExpired
             ? found
             : std::nullopt;
}

Result<Outcome> Approvals::approve(const ApprovalId& id, const Decider& decider,
                                   std::string_view reason) {
  RETURN_IF_ERROR(audit::check_reason(reason));
  if (!decider.is_person || decider.staff.empty()) {
    return make_error(ErrorCode::kForbidden,
                      "only a person who signed in and gave a second factor may agree");
  }
  ASSIGN_OR_RETURN(Outcome claimed, claim(id, decider, reason));
  return claimed.refusal.has_value() ? Result<Outcome>(std::move(claimed))
                                     : perform(claimed.approval, decider.actor);
}

// Waiting → approved, by one of all who try; or approved already, and to be done again.
Result<Outcome> Approvals::claim(const ApprovalId& id, const Decider& decider,
                                 std::string_view reason) {
  ASSIGN_OR_RETURN(const auto connection, ports_.database.connect());
  ASSIGN_OR_RETURN(auto transaction, store::Transaction::begin(*connection));
  const UtcTime now = ports_.clock.now();
  Outcome outcome;
  Approval& approval = outcome.approval;
  ASSIGN_OR_RETURN(approval, lock_approval(*connection, id));
  RETURN_IF_ERROR(check_permitted(approval, decider));
  // Not what they could do a moment ago.
  ASSIGN_OR_RETURN(const auto decider_may, ports_.permissions_now(*connection, decider.staff));
  if (!decider_may.contains(permissions_for(approval.deed.kind))) {
    return make_error(ErrorCode::kForbidden, "whoever agrees may not do this any more");
  }
  Step step{.actor = decider.actor,
            .action = "approval.approve",
            .detail = told(approval.deed),
            .reason = std::string(reason)};
  if (is_own(approval, decider)) {
    step.is_denied = true;
    outcome.refusal = Refusal::kOwnRequest;
  } else if (approval.state == State::kApproved) {
    step.detail += ", again: agreed to before by " + approval.decided_by;
    RETURN_IF_ERROR(take_over(*connection, approval));
  } else if (approval.state == State::kWaiting && approval.expires_at <= now) {
    RETURN_IF_ERROR(expire(*connection, approval, now));
    RETURN_IF_ERROR(transaction.commit());
    outcome.refusal = Refusal::kOver;
    return outcome;
  } else if (approval.state != State::kWaiting) {
    outcome.refusal = Refusal::kOver;
    return outcome;
  } else {
    Decision decision{.by = decider.actor.name, .reason = std::string(reason), .at = now};
    bool is_allowed = approval.requester.empty();
    if (!is_allowed) {
      ASSIGN_OR_RETURN(const auto may, ports_.permissions_now(*connection, approval.requester));
      is_allowed = may.contains(permissions_for(approval.deed.kind));
    }
    if (!is_allowed) {
      step.action = "approval.refuse";
      step.detail += ", requester_not_allowed: who asked may not do it any more";
      decision.reason = "requester_not_allowed";
      outcome.refusal = Refusal::kRequesterNotAllowed;
    }
    RETURN_IF_ERROR(
        move(*connection, approval, is_allowed ? State::kApproved : State::kRefused, decision));
  }
  RETURN_IF_ERROR(record(*connection, approval, std::move(step), now));
  RETURN_IF_ERROR(transaction.commit());
  return outcome;
}

Result<Outcome> Approvals::perform(const Approval& approval, const audit::Actor& actor) {
  const Status done = ports_.perform(approval, actor);
  if (!done.has_value() && !is_definite(done.error())) {
    return std::unexpected(done.error());
  }
  return settle(approval, actor, done);
}

Result<Outcome> Approvals::settle(const Approval& claimed, const audit::Actor& actor,
                                  const Status& done) {
  ASSIGN_OR_RETURN(const auto connection, ports_.database.connect());
  ASSIGN_OR_RETURN(auto transaction, store::Transaction::begin(*connection));
  const UtcTime now = ports_.clock.now();
  Outcome outcome;
  Approval& approval = outcome.approval;
  ASSIGN_OR_RETURN(approval, lock_approval(*connection, claimed.id));
  if (!done.has_value()) {
    outcome.refusal = Refusal::kActRefused;
    outcome.error = done.error();
  }
  // Whoever takes it over does the same under the same id, and tells what became of it: what failed
  // here may have been done there.
  if (approval.state != State::kApproved ||
      (!done.has_value() && approval.version != claimed.version)) {
    return outcome;
  }
  const std::string why = done.has_value() ? approval.decided_reason : cut(done.error().message());
  RETURN_IF_ERROR(move(*connection, approval, done.has_value() ? State::kDone : State::kRefused,
                       {.by = approval.decided_by, .reason = why, .at = now}));
  RETURN_IF_ERROR(record(
      *connection, approval,
      {.actor = actor,
       .action = done.has_value() ? "approval.done" : "approval.refuse",
       .detail = told(approval.deed) + (done.has_value() ? "" : ", it could not be done: " + why)},
      now));
  RETURN_IF_ERROR(transaction.commit());
  return outcome;
}

Result<Outcome> Approvals::refuse(const ApprovalId& id, const Decider& decider,
                                  std::string_view reason) {
  RETURN_IF_ERROR(audit::check_reason(reason));
  ASSIGN_OR_RETURN(const auto connection, ports_.database.connect());
  ASSIGN_OR_RETURN(auto transaction, store::Transaction::begin(*connection));
  const UtcTime now = ports_.clock.now();
  Outcome outcome;
  Approval& approval = outcome.approval;
  ASSIGN_OR_RETURN(approval, lock_approval(*connection, id));
  RETURN_IF_ERROR(check_permitted(approval, decider));
  if (is_own(approval, decider)) {
    outcome.refusal = Refusal::kOwnRequest;
    return outcome;
  }
  if (seen_at(approval, now).state != State::kWaiting) {
    outcome.approval = seen_at(approval, now);
    outcome.refusal = Refusal::kOver;
    return outcome;
  }
  RETURN_IF_ERROR(move(*connection, approval, State::kRefused,
                       {.by = decider.actor.name, .reason = std::string(reason), .at = now}));
  RETURN_IF_ERROR(record(*connection, approval,
                         {.actor = decider.actor,
                          .action = "approval.refuse",
                          .detail = told(approval.deed),
                          .reason = std::string(reason)},
                         now));
  RETURN_IF_ERROR(transaction.commit());
  return outcome;
}

Result<Outcome> Approvals::withdraw(const ApprovalId& id, const Decider& decider) {
  ASSIGN_OR_RETURN(const auto connection, ports_.database.connect());
  ASSIGN_OR_RETURN(auto transaction, store::Transaction::begin(*connection));
  const UtcTime now = ports_.clock.now();
  Outcome outcome;
  Approval& approval = outcome.approval;
  ASSIGN_OR_RETURN(approval, lock_approval(*connection, id));
  if (!is_own(approval, decider)) {
    return make_error(ErrorCode::kForbidden, "only who asked may withdraw it; others refuse it");
  }
  if (seen_at(approval, now).state != State::kWaiting) {
    outcome.approval = seen_at(approval, now);
    outcome.refusal = Refusal::kOver;
    return outcome;
  }
  RETURN_IF_ERROR(
      move(*connection, approval, State::kWithdrawn, {.by = decider.actor.name, .at = now}));
  RETURN_IF_ERROR(record(
      *connection, approval,
      {.actor = decider.actor, .action = "approval.withdraw", .detail = told(approval.deed)}, now));
  RETURN_IF_ERROR(transaction.commit());
  return outcome;
}

Result<Approval> Approvals::find(const ApprovalId& id) {
  ASSIGN_OR_RETURN(const auto connection, ports_.database.connect_read_only());
  std::optional<Approval> found;
  const store::Parameter key[] = {std::string_view(id.str())};
  RETURN_IF_ERROR(connection->query(
      "SELECT " + std::string(kColumns) + " FROM approvals WHERE approval_id = $1", key,
      [&found](const store::Row& row) -> Status {
        ASSIGN_OR_RETURN(found, read_approval(row));
        return {};
      }));
  if (!found.has_value()) {
    return make_error(ErrorCode::kNotFound, "there is no approval " + id.str());
  }
  return seen_at(*std::move(found), ports_.clock.now());
}

Result<ApprovalPage> Approvals::list(const ApprovalQuery& query) {
  ASSIGN_OR_RETURN(const auto connection, ports_.database.connect_read_only());
  const UtcTime now = ports_.clock.now();
  // What waited for too long counts as expired before that was written down.
  const auto wanted = static_cast<std::int64_t>(query.state.value_or(State::kWaiting));
  const store::Parameter parameters[] = {
      query.before.value_or(INT64_MAX), static_cast<std::int64_t>(query.limit) + 1,
      std::int64_t{query.state.has_value()}, wanted, to_unix_ms(now)};
  ApprovalPage page;
  RETURN_IF_ERROR(connection->query(
      "SELECT " + std::string(kColumns) +
          " FROM approvals WHERE approval_number < $1 AND ($3 = 0 OR $4 = CASE WHEN state = 1 AND "
          "expires_at <= $5 THEN 6 ELSE state END) ORDER BY approval_number DESC LIMIT $2",
      parameters, [&](const store::Row& row) -> Status {
        ASSIGN_OR_RETURN(auto approval, read_approval(row));
        page.items.push_back(seen_at(std::move(approval), now));
        return {};
      }));
  if (page.items.size() > query.limit) {
    page.items.pop_back();
    page.next_before = page.items.back().number;
  }
  return page;
}

Result<std::int64_t> Approvals::open_count() {
  ASSIGN_OR_RETURN(const auto connection, ports_.database.connect_read_only());
  ASSIGN_OR_RETURN(const std::int64_t waiting, count_waiting(*connection, ports_.clock.now()));
  std::int64_t approved = 0;
  RETURN_IF_ERROR(connection->query("SELECT count(*) FROM approvals WHERE state = 2", {},
                                    [&approved](const store::Row& row) -> Status {
                                      approved = row.integer(0);
                                      return {};
                                    }));
  return waiting + approved;
}

Status Approvals::tend() {
  ASSIGN_OR_RETURN(const auto connection, ports_.database.connect());
  const Status expired = expire_due(*connection);
  ASSIGN_OR_RETURN(const auto due, ids_where(*connection, "state = 2 AND decided_at <= $1",
                                             ports_.clock.now() - kDoneWithin));
  for (const ApprovalId& id : due) {
    if (const Status done = finish(id); !done.has_value()) {
      log::warning("approval_not_done",
                   {{"approval_id", id.str()}, {"error", done.error().message()}});
    }
  }
  return expired;
}

// In the name of whoever agreed.
Status Approvals::finish(const ApprovalId& id) {
  Approval approval;
  {
    ASSIGN_OR_RETURN(const auto connection, ports_.database.connect());
    ASSIGN_OR_RETURN(auto transaction, store::Transaction::begin(*connection));
    ASSIGN_OR_RETURN(approval, lock_approval(*connection, id));
    if (approval.state != State::kApproved) {
      return {};
    }
    RETURN_IF_ERROR(take_over(*connection, approval));
    RETURN_IF_ERROR(transaction.commit());
  }
  const audit::Actor actor{.name = approval.decided_by, .source = "core, agreed to before"};
  RETURN_IF_ERROR(perform(approval, actor));
  return {};
}

Status Approvals::expire_due(store::Connection& connection) {
  const UtcTime now = ports_.clock.now();
  ASSIGN_OR_RETURN(const auto due, ids_where(connection, "state = 1 AND expires_at <= $1", now));
  Status all;
  for (const ApprovalId& id : due) {
    const auto expire_one = [&]() -> Status {
      ASSIGN_OR_RETURN(auto transaction, store::Transaction::begin(connection));
      ASSIGN_OR_RETURN(auto approval, lock_approval(connection, id));
      // Another core, or a decision, may have been faster.
      if (approval.state != State::kWaiting) {
        return {};
      }
      RETURN_IF_ERROR(expire(connection, approval, now));
      return transaction.commit();
    };
    // One that cannot be read must not keep the others.
    if (Status done = expire_one(); !done.has_value()) {
      all = std::move(done);
    }
  }
  return all;
}

}  // namespace dermaga::approvals

#include "records.h"

#include <algorithm>
#include <span>
#include <utility>

namespace dermaga::approvals {
namespace {

struct Allowed {
  State from;
  State to;
};
constexpr Allowed kMoves[] = {
    {State::kWaiting, State::kApproved},  {State::kWaiting, State::kRefused},
    {State::kWaiting, State::kWithdrawn}, {State::kWaiting, State::kExpired},
    {State::kApproved, State::kDone},     {State::kApproved, State::kRefused},
};

constexpr auto kStateMax = static_cast<std::int64_t>(State::kExpired);

Result<std::optional<Approval>> last_of(store::Connection& connection, std::string_view where,
                                        std::span<const store::Parameter> parameters) {
  std::optional<Approval> found;
  RETURN_IF_ERROR(connection.query("SELECT " + std::string(kColumns) + " FROM approvals WHERE " +
                                       std::string(where) + " ORDER BY approval_number",
                                   parameters, [&found](const store::Row& row) -> Status {
                                     ASSIGN_OR_RETURN(found, read_approval(row));
                                     return {};
                                   }));
  return found;
}

}  // namespace

Result<Approval> read_approval(const store::Row& row) {
  Approval approval;
  approval.number = row.integer(0);
  ASSIGN_OR_RETURN(approval.id, ApprovalId::parse(row.text(1)));
  if (!is_known(row.integer(2)) || row.integer(11) < 1 || row.integer(11) > kStateMax) {
    return make_error(ErrorCode::kCorrupt, approval.id.str() + " is of no known kind or state");
  }
  approval.deed = {.kind = static_cast<Kind>(row.integer(2)),
                   .subject = std::string(row.text(3)),
                   .amount = row.integer(4),
                   .detail = std::string(row.text(5))};
  approval.requested_by = row.text(6);
  if (!row.text(7).empty()) {
    ASSIGN_OR_RETURN(approval.requester, StaffId::parse(row.text(7)));
  }
  approval.reason = row.text(8);
  approval.requested_at = from_unix_ms(row.integer(9));
  approval.expires_at = from_unix_ms(row.integer(10));
  approval.state = static_cast<State>(row.integer(11));
  approval.decided_by = row.text(12);
  approval.decided_reason = row.text(13);
  approval.decided_at = from_unix_ms(row.integer(14));
  approval.version = row.integer(15);
  return approval;
}

Approval seen_at(Approval approval, UtcTime now) {
  if (approval.state == State::kWaiting && approval.expires_at <= now) {
    approval.state = State::kExpired;
  }
  return approval;
}

Result<Approval> lock_approval(store::Connection& connection, const ApprovalId& id) {
  std::optional<Approval> found;
  const store::Parameter key[] = {std::string_view(id.str())};
  RETURN_IF_ERROR(connection.select_by_keys("approvals", kColumns, "approval_id", key, true,
                                            [&found](const store::Row& row) -> Status {
                                              ASSIGN_OR_RETURN(found, read_approval(row));
                                              return {};
                                            }));
  if (!found.has_value()) {
    return make_error(ErrorCode::kNotFound, "there is no approval " + id.str());
  }
  return *std::move(found);
}

Result<std::optional<Approval>> find_by_key(store::Connection& connection, std::string_view key) {
  if (key.empty()) {
    return std::nullopt;
  }
  const store::Parameter parameters[] = {key};
  return last_of(connection, "request_key = $1 AND request_key <> '' AND state IN (1, 2, 3)",
                 parameters);
}

Result<std::optional<Approval>> find_open(store::Connection& connection, const Deed& deed,
                                          UtcTime now) {
  const store::Parameter parameters[] = {static_cast<std::int64_t>(deed.kind),
                                         std::string_view(deed.subject), to_unix_ms(now)};
  return last_of(
      connection,
      "state IN (1, 2) AND kind = $1 AND subject = $2 AND (state = 2 OR expires_at > $3)",
      parameters);
}

Result<std::int64_t> count_waiting(store::Connection& connection, UtcTime now) {
  std::int64_t count = 0;
  const store::Parameter parameters[] = {to_unix_ms(now)};
  RETURN_IF_ERROR(
      connection.query("SELECT count(*) FROM approvals WHERE state = 1 AND expires_at > $1",
                       parameters, [&count](const store::Row& row) -> Status {
                         count = row.integer(0);
                         return {};
                       }));
  return count;
}

Result<std::int64_t> count_waiting_of(store::Connection& connection, const StaffId& requester,
                                      UtcTime now) {
  std::int64_t count = 0;
  const store::Parameter parameters[] = {to_unix_ms(now), std::string_view(requester.str())};
  RETURN_IF_ERROR(connection.query(
      "SELECT count(*) FROM approvals WHERE state = 1 AND expires_at > $1 AND requester = $2",
      parameters, [&count](const store::Row& row) -> Status {
        count = row.integer(0);
        return {};
      }));
  return count;
}

Status take_over(store::Connection& connection, Approval& approval) {
  const store::Parameter key[] = {std::string_view(approval.id.str())};
  RETURN_IF_ERROR(connection.execute(
      "UPDATE approvals SET version = version + 1 WHERE approval_id = $1 AND state = 2", key));
  ++approval.version;
  return {};
}

Status insert(store::Connection& connection, Approval& approval, std::string_view key) {
  RETURN_IF_ERROR(connection.query("SELECT COALESCE(MAX(approval_number), 0) + 1 FROM approvals",
                                   {}, [&approval](const store::Row& row) -> Status {
                                     approval.number = row.integer(0);
                                     return {};
                                   }));
  const store::Parameter row[] = {approval.number,
                                  std::string_view(approval.id.str()),
                                  static_cast<std::int64_t>(approval.deed.kind),
                                  std::string_view(approval.deed.subject),
                                  approval.deed.amount,
                                  std::string_view(approval.deed.detail),
                                  key,
                                  std::string_view(approval.requested_by),
                                  std::string_view(approval.requester.str()),
                                  std::string_view(approval.reason),
                                  to_unix_ms(approval.requested_at),
                                  to_unix_ms(approval.expires_at)};
  RETURN_IF_ERROR(connection.execute(
      "INSERT INTO approvals (approval_number, approval_id, kind, subject, amount, detail, "
      "request_key, requested_by, requester, reason, requested_at, expires_at, state, decided_by, "
      "decided_reason, decided_at, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, "
      "$12, 1, '', '', 0, 1)",
      row));
  return {};
}

Status move(store::Connection& connection, Approval& approval, State to, const Decision& decision) {
  const bool is_allowed = std::ranges::any_of(kMoves, [&](const Allowed& allowed) {
    return allowed.from == approval.state && allowed.to == to;
  });
  if (!is_allowed) {
    return make_error(ErrorCode::kVersionConflict, "an approval that is " +
                                                       std::string(name(approval.state)) +
                                                       " does not become " + std::string(name(to)));
  }
  const store::Parameter change[] = {
      std::string_view(approval.id.str()), approval.version,
      static_cast<std::int64_t>(to),       std::string_view(decision.by),
      std::string_view(decision.reason),   to_unix_ms(decision.at)};
  ASSIGN_OR_RETURN(
      const std::int64_t changed,
      connection.execute("UPDATE approvals SET state = $3, decided_by = $4, decided_reason = $5, "
                         "decided_at = $6, version = version + 1 WHERE approval_id = $1 AND "
                         "version = $2",
                         change));
  if (changed != 1) {
    return make_error(ErrorCode::kVersionConflict, "somebody else decided meanwhile");
  }
  approval.state = to;
  approval.decided_by = decision.by;
  approval.decided_reason = decision.reason;
  approval.decided_at = decision.at;
  approval.version += 1;
  return {};
}

}  // namespace dermaga::approvals

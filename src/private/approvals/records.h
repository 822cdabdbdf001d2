#pragma once

#include <optional>
#include <string_view>

#include "approvals/approval.h"
#include "store/database.h"

namespace dermaga::approvals {

// Whether a stored number is one of `Kind`.
bool is_known(std::int64_t kind);

inline constexpr std::string_view kColumns =
    "approval_number, approval_id, kind, subject, amount, detail, requested_by, requester, reason, "
    "requested_at, expires_at, state, decided_by, decided_reason, decided_at, version";

// kCorrupt for a row that no approval is.
Result<Approval> read_approval(const store::Row& row);
// As it is at that time: what waited for too long is expired, whether or not that was written down.
Approval seen_at(Approval approval, UtcTime now);

// Locked until the transaction ends; kNotFound.
Result<Approval> lock_approval(store::Connection& connection, const ApprovalId& id);
// Waiting, approved or done: what came to nothing gives its key free.
Result<std::optional<Approval>> find_by_key(store::Connection& connection, std::string_view key);
// Of this kind about this subject, still open at that time.
Result<std::optional<Approval>> find_open(store::Connection& connection, const Deed& deed,
                                          UtcTime now);
Result<std::int64_t> count_waiting(store::Connection& connection, UtcTime now);
Result<std::int64_t> count_waiting_of(store::Connection& connection, const StaffId& requester,
                                      UtcTime now);
// Gives it its number; the caller is the only one at it.
Status insert(store::Connection& connection, Approval& approval, std::string_view key);

// Who decides, and why.
struct Decision {
  std::string by;
  std::string reason;
  UtcTime at;
};
// One move by the table of allowed ones, and only of the version that was read: kVersionConflict.
Status move(store::Connection& connection, Approval& approval, State to, const Decision& decision);
// Whoever does an approved one again has a version of their own: only the last one settles it.
Status take_over(store::Connection& connection, Approval& approval);

}  // namespace dermaga::approvals

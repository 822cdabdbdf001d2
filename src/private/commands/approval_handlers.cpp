#include "approval_lines.h"
#include "approvals/approvals.h"
#include "arguments.h"
#include "handlers.h"
#include "identity/people.h"

namespace dermaga::commands {

namespace {

Result<ApprovalId> only_approval_id(const Arguments& arguments) {
  if (arguments.plain().size() != 1) {
    return make_error(ErrorCode::kInvalidArgument, "name one approval (apr_…)");
  }
  return ApprovalId::parse(arguments.plain()[0]);
}

// Nobody of the private host agrees: its user has everything that core has, and a second person
// would be the same one.
approvals::Decider host_decider(const audit::Actor& actor) {
  return {
      .actor = actor, .staff = {}, .permissions = identity::host_principal(actor, "").permissions};
}

std::string line_of(const approvals::Approval& approval) {
  std::string line = approval.id.str() + "  " + format_rfc3339(approval.requested_at) + "  " +
                     std::string(approvals::name(approval.state)) + "  " +
                     std::string(approvals::name(approval.deed.kind)) + "  " +
                     approval.deed.subject;
  if (approval.deed.amount > 0) {
    line += "  " + std::to_string(approval.deed.amount) + " " + approval.deed.detail;
  }
  line += "  by " + approval.requested_by + ": " + approval.reason;
  if (approval.state == approvals::State::kWaiting) {
    line += "  (until " + format_rfc3339(approval.expires_at) + ")";
  } else if (!approval.decided_by.empty()) {
    line += "  (" + approval.decided_by +
            (approval.decided_reason.empty() ? "" : ": " + approval.decided_reason) + ")";
  }
  return line;
}

Status print_outcome(const approvals::Outcome& outcome, admin::Output& output) {
  using enum approvals::Refusal;
  if (outcome.refusal == kOwnRequest) {
    return make_error(ErrorCode::kForbidden, "the private host asked for it: withdraw it");
  }
  if (outcome.refusal.has_value()) {
    return make_error(
        ErrorCode::kVersionConflict,
        "it waits no more: it is " + std::string(approvals::name(outcome.approval.state)));
  }
  output.line(line_of(outcome.approval));
  return {};
}

}  // namespace

void print_asked(const approvals::Approval& approval, admin::Output& output) {
  output.line(line_of(approval));
  if (approval.state == approvals::State::kWaiting) {
    output.line(
        "nothing was done: a second person must agree, in the console under Approvals, by " +
        format_rfc3339(approval.expires_at));
  } else {
    output.line("this was asked before: it is " + std::string(approvals::name(approval.state)));
  }
}

Status approvals_list(shop::Shop& shop, const std::vector<std::string>& words, const audit::Actor&,
                      admin::Output& output) {
  ASSIGN_OR_RETURN(const auto arguments,
                   Arguments::parse(words, 2, {"state", "limit", "before"}, 0));
  approvals::ApprovalQuery query;
  if (const auto state = arguments.option("state")) {
    query.state = approvals::state_from(*state);
    if (!query.state.has_value()) {
      return make_error(ErrorCode::kInvalidArgument, "--state: no such state " + *state);
    }
  }
  ASSIGN_OR_RETURN(const auto limit, arguments.integer("limit", 1, 100));
  query.limit = static_cast<std::size_t>(limit.value_or(50));
  ASSIGN_OR_RETURN(query.before, arguments.integer("before", 1, INT64_MAX));
  ASSIGN_OR_RETURN(const auto page, shop.four_eyes().approvals().list(query));
  for (const auto& approval : page.items) {
    output.line(line_of(approval));
  }
  if (page.items.empty()) {
    output.line("no approvals");
  } else if (page.next_before.has_value()) {
    output.line("more: --before " + std::to_string(*page.next_before));
  }
  return {};
}

Status approvals_refuse(shop::Shop& shop, const std::vector<std::string>& words,
                        const audit::Actor& actor, admin::Output& output) {
  ASSIGN_OR_RETURN(const auto arguments, Arguments::parse(words, 2, {"reason"}, 1));
  ASSIGN_OR_RETURN(const auto id, only_approval_id(arguments));
  ASSIGN_OR_RETURN(const auto reason, arguments.required("reason"));
  ASSIGN_OR_RETURN(const auto outcome,
                   shop.four_eyes().approvals().refuse(id, host_decider(actor), reason));
  return print_outcome(outcome, output);
}

Status approvals_withdraw(shop::Shop& shop, const std::vector<std::string>& words,
                          const audit::Actor& actor, admin::Output& output) {
  ASSIGN_OR_RETURN(const auto arguments, Arguments::parse(words, 2, {}, 1));
  ASSIGN_OR_RETURN(const auto id, only_approval_id(arguments));
  ASSIGN_OR_RETURN(const auto outcome,
                   shop.four_eyes().approvals().withdraw(id, host_decider(actor)));
  return print_outcome(outcome, output);
}

}  // namespace dermaga::commands

#include "approval_json.h"
#include "approvals/approvals.h"
#include "routes.h"

namespace dermaga::admin_api {
namespace {

Result<ApprovalId> approval_of(const Call& call) {
  return ApprovalId::parse(call.values[0]);
}

http::Response told(const approvals::Outcome& outcome, const Call& call) {
  using enum approvals::Refusal;
  if (!outcome.refusal.has_value()) {
    return one_approval(outcome.approval, call);
  }
  switch (*outcome.refusal) {
    case kOwnRequest:
      return http::problem(403, "own_request", "Somebody else must decide",
                           "Whoever asked, or made the token that did, may only withdraw it.");
    case kRequesterNotAllowed:
      return http::problem(409, "requester_not_allowed", "Who asked may not do it any more",
                           "The request is refused by that: whoever still wants it asks anew.");
    case kActRefused:
      return problem_of(
          outcome.error.value_or(Error(ErrorCode::kVersionConflict, "it could not be done")));
    case kOver:
      break;
  }
  return http::problem(409, "approval_over", "It waits no more",
                       "It is " + std::string(approvals::name(outcome.approval.state)) + ".");
}

}  // namespace

Result<http::Response> list_approvals(Desk& desk, Call& call) {
  ASSIGN_OR_RETURN(const auto query, Query::parse(call, {"state", "limit", "cursor"}));
  approvals::ApprovalQuery wanted;
  if (const auto state = query.one("state")) {
    wanted.state = approvals::state_from(*state);
    if (!wanted.state.has_value()) {
      return make_error(ErrorCode::kInvalidArgument, "there is no such state");
    }
  }
  ASSIGN_OR_RETURN(wanted.limit, query.limit());
  ASSIGN_OR_RETURN(wanted.before, query.integer("cursor", 1, INT64_MAX));
  ASSIGN_OR_RETURN(const auto page, desk.shop.four_eyes().approvals().list(wanted));
  std::string text;
  json::Writer writer(text);
  writer.object();
  writer.key("items");
  writer.array();
  for (const auto& approval : page.items) {
    write_approval(writer, approval, call);
  }
  writer.end_array();
  if (page.next_before.has_value()) {
    writer.field("next_cursor", std::to_string(*page.next_before));
  }
  writer.end_object();
  return json_response(200, std::move(text));
}

Result<http::Response> get_approval(Desk& desk, Call& call) {
  ASSIGN_OR_RETURN(const auto id, approval_of(call));
  ASSIGN_OR_RETURN(const auto approval, desk.shop.four_eyes().approvals().find(id));
  return one_approval(approval, call);
}

// What the kind itself wants of whoever decides, the module asks: the gate knows routes only.
Result<http::Response> approve_approval(Desk& desk, Call& call) {
  ASSIGN_OR_RETURN(const auto id, approval_of(call));
  ASSIGN_OR_RETURN(const auto reason, read_reason(call));
  ASSIGN_OR_RETURN(const auto outcome,
                   desk.shop.four_eyes().approvals().approve(id, decider_of(call), reason));
  return told(outcome, call);
}

Result<http::Response> refuse_approval(Desk& desk, Call& call) {
  ASSIGN_OR_RETURN(const auto id, approval_of(call));
  ASSIGN_OR_RETURN(const auto reason, read_reason(call));
  ASSIGN_OR_RETURN(const auto outcome,
                   desk.shop.four_eyes().approvals().refuse(id, decider_of(call), reason));
  return told(outcome, call);
}

Result<http::Response> withdraw_approval(Desk& desk, Call& call) {
  ASSIGN_OR_RETURN(const auto id, approval_of(call));
  ASSIGN_OR_RETURN(const auto outcome,
                   desk.shop.four_eyes().approvals().withdraw(id, decider_of(call)));
  return told(outcome, call);
}

}  // namespace dermaga::admin_api

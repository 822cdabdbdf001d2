#include "approval_json.h"

namespace dermaga::admin_api {

approvals::Requester requester_of(const Call& call) {
  return {.actor = identity::actor_of(call.caller), .staff = call.caller.staff};
}

approvals::Decider decider_of(const Call& call) {
  return {.actor = identity::actor_of(call.caller),
          .staff = call.caller.staff,
          .permissions = call.caller.permissions,
          .is_person = !call.caller.session.empty() && call.caller.is_fresh};
}

void write_approval(json::Writer& writer, const approvals::Approval& approval, const Call& call) {
  const bool is_own = approval.requester == call.caller.staff;
  writer.object();
  writer.field("id", approval.id.str());
  writer.field("kind", approvals::name(approval.deed.kind));
  writer.field("subject", approval.deed.subject);
  if (approval.deed.amount > 0) {
    // Absent: all that is left. A refund's detail is the order's currency.
    writer.key("amount");
    writer.object();
    writer.field("amount", approval.deed.amount);
    writer.field("currency", approval.deed.detail);
    writer.end_object();
  }
  writer.field("requested_by", approval.requested_by);
  writer.field("reason", approval.reason);
  writer.field("requested_at", format_rfc3339(approval.requested_at));
  writer.field("expires_at", format_rfc3339(approval.expires_at));
  writer.field("state", approvals::name(approval.state));
  if (!approval.decided_by.empty()) {
    writer.field("decided_by", approval.decided_by);
    writer.field("decided_reason", approval.decided_reason);
    writer.field("decided_at", format_rfc3339(approval.decided_at));
  }
  writer.field_bool("is_own", is_own);
  writer.field_bool("may_decide", !is_own && !call.caller.session.empty() &&
                                      call.caller.permissions.contains(
                                          approvals::permissions_for(approval.deed.kind)));
  writer.end_object();
}

http::Response one_approval(const approvals::Approval& approval, const Call& call, int status) {
  std::string text;
  json::Writer writer(text);
  write_approval(writer, approval, call);
  return json_response(status, std::move(text));
}

}  // namespace dermaga::admin_api

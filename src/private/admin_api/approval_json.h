#pragma once

#include "approvals/approval.h"
#include "call.h"

namespace dermaga::admin_api {

// Whoever asks by this call: of a token, the person who made it stands for it.
approvals::Requester requester_of(const Call& call);
approvals::Decider decider_of(const Call& call);

// One object; what the caller may do with it is told too.
void write_approval(json::Writer& writer, const approvals::Approval& approval, const Call& call);
// 202 where nothing was done and a second person must agree first.
http::Response one_approval(const approvals::Approval& approval, const Call& call,
                            int status = 200);

}  // namespace dermaga::admin_api

#pragma once

#include "admin/admin_socket.h"
#include "approvals/approval.h"

namespace dermaga::commands {

// That nothing was done, and who may agree to it.
void print_asked(const approvals::Approval& approval, admin::Output& output);

}  // namespace dermaga::commands

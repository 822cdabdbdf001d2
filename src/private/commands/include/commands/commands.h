#pragma once

#include <string>
#include <vector>

#include "admin/admin_socket.h"
#include "audit/audit.h"
#include "shop/shop.h"

namespace dermaga::commands {

// What staff do to an open shop from the private host: import, orders, stock, leases, keys, the
// audit log, staff. The same words run in the serving core (through its admin socket) or in a
// process that opened the shop itself.

// Runs one command on the word of `actor`, writing lines for people; returns 0, or 1 with the
// reason written.
int run(shop::Shop& shop, const std::vector<std::string>& words, const audit::Actor& actor,
        admin::Output& output);

// Who gives commands from the private host, through the socket or beside a stopped core.
audit::Actor host_actor(const std::string& user);

// One line per command with its words, for --help.
std::vector<std::string> usage();

}  // namespace dermaga::commands

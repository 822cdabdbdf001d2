#pragma once

#include <string>
#include <vector>

#include "admin/admin_socket.h"
#include "shop/shop.h"

namespace dermaga::commands {

// What staff do to an open shop from the private host: import, orders, stock. The same words run in
// the serving core (through its admin socket) or in a process that opened the shop itself.

// Runs one command, writing lines for people; returns 0, or 1 with the reason written.
int run(shop::Shop& shop, const std::vector<std::string>& words, admin::Output& output);

// One line per command with its words, for --help.
std::vector<std::string> usage();

}  // namespace dermaga::commands

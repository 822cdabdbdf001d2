#pragma once

#include "detach.h"
#include "shop_layout.h"
#include "supervisor/supervisor.h"

namespace dermaga::supervisor {

// Each prints for people (or JSON) and returns the process's exit code.

// Starts the shop and supervises it until SIGINT, SIGTERM or SIGHUP.
int run_up(const UpOptions& options, const ShopLayout& layout, const Release& release);

// 0 also when no shop runs there.
int run_down(const ShopLayout& layout);

// 0: everything is ready; 3: no shop runs there; 1: something is not ready.
int run_status(const ShopLayout& layout, bool json);

}  // namespace dermaga::supervisor

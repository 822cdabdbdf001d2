#pragma once

#include <functional>
#include <string>

#include "result/result.h"

namespace dermaga::supervisor {

// Called once everything is ready and told to the caller; an error means that nobody waits any
// more.
using Release = std::function<Status()>;

// Runs `work` in a background process in a session of its own and returns when it called its
// Release (exit code 0) or ended before (its exit code). From the release on, what it prints goes
// to `log_file`.
int run_detached(const std::string& log_file, const std::function<int(const Release&)>& work);

}  // namespace dermaga::supervisor

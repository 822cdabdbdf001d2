#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>

#include "clock/clock.h"
#include "commands.h"
#include "run_state.h"

namespace dermaga::supervisor {

namespace {

constexpr std::chrono::seconds kPatience{10};
constexpr useconds_t kPollUs = 50'000;

}  // namespace

int run_down(const ShopLayout& layout) {
  const auto holder = running_supervisor(layout.lock_file());
  if (!holder.has_value()) {
    std::fprintf(stderr, "dermaga: %s\n", holder.error().message().c_str());
    return 1;
  }
  if (!holder->has_value()) {
    std::printf("no shop runs on %s\n", layout.data().c_str());
    return 0;
  }
  const pid_t pid = holder->value();
  if (::kill(pid, SIGTERM) != 0) {
    std::fprintf(stderr, "dermaga: cannot stop process %d: %s\n", pid, std::strerror(errno));
    return 1;
  }
  const SteadyTime deadline = system_clock().steady_now() + kPatience;
  while (system_clock().steady_now() < deadline) {
    const auto now = running_supervisor(layout.lock_file());
    if (now.has_value() && now.value() != std::optional(pid)) {
      std::printf("stopped the shop on %s\n", layout.data().c_str());
      return 0;
    }
    ::usleep(kPollUs);
  }
  std::fprintf(stderr, "dermaga: process %d does not end; look into %s\n", pid,
               layout.supervisor_log().c_str());
  return 1;
}

}  // namespace dermaga::supervisor

#include <cstdio>

#include "commands.h"

namespace dermaga::supervisor {

namespace {

int run_one(const UpOptions& options) {
  const ShopLayout layout(options, own_folder());
  if (!options.detach) {
    return run_up(options, layout, [] { return Status(); });
  }
  return run_detached(layout.supervisor_log(),
                      [&](const Release& release) { return run_up(options, layout, release); });
}

int run_one(const DownOptions& options) {
  return run_down(ShopLayout({.data = options.data}, own_folder()));
}

int run_one(const StatusOptions& options) {
  return run_status(ShopLayout({.data = options.data}, own_folder()), options.json);
}

int run_one(const Message& message) {
  std::fputs(message.text.c_str(), message.exit_code == 0 ? stdout : stderr);
  return message.exit_code;
}

}  // namespace

int run(const Command& command) {
  return std::visit([](const auto& options) { return run_one(options); }, command);
}

}  // namespace dermaga::supervisor

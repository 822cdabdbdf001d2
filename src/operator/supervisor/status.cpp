#include <cstdio>

#include "commands.h"
#include "files/volume.h"
#include "health.h"
#include "json/writer.h"
#include "run_state.h"

namespace dermaga::supervisor {

namespace {

constexpr int kNotRunning = 3;

std::string duration_text(std::chrono::milliseconds duration) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(duration).count();
  char text[64];
  if (seconds >= 86'400) {
    std::snprintf(text, sizeof text, "%lldd %02lldh", seconds / 86'400LL, seconds / 3600LL % 24);
  } else if (seconds >= 3'600) {
    std::snprintf(text, sizeof text, "%lldh %02lldm", seconds / 3'600LL, seconds / 60LL % 60);
  } else {
    std::snprintf(text, sizeof text, "%lldm %02llds", seconds / 60LL, seconds % 60LL);
  }
  return text;
}

std::string health_text(const RunState::Process& process) {
  std::string text = process.ready ? "ready" : (process.pid > 0 ? "not ready" : "restarting");
  if (process.ends) {
    text = process.done ? "done: its folder can be removed"
                        : (process.pid > 0 ? "draining" : "cannot drain: see its log/spool.out");
  }
  if (const std::int64_t waiting = process.undelivered_orders.value_or(0); waiting > 0) {
    text += ", " + std::to_string(waiting) + " orders wait for core";
  }
  return text;
}

void print_table(const RunState& state) {
  std::printf("%-10s %8s %10s %9s  %s\n", "program", "pid", "uptime", "restarts", "health");
  const UtcTime now = system_clock().now();
  for (const RunState::Process& process : state.processes) {
    const bool runs = process.pid > 0;
    std::printf("%-10s %8s %10s %9d  %s\n", process.name.c_str(),
                runs ? std::to_string(process.pid).c_str() : "-",
                runs ? duration_text(now - process.started_at).c_str() : "-", process.restarts,
                health_text(process).c_str());
  }
  std::printf("\n");
  for (const auto& [name, address] : state.addresses) {
    std::printf("%-16s %s\n", name.c_str(), address.c_str());
  }
  std::printf("%-16s %s\n%-16s %s\n%-16s %s\n", "CA certificate", state.ca_file.c_str(), "data",
              state.data.c_str(), "private volume", state.private_volume.c_str());
}

int tell_not_running(const ShopLayout& layout, bool json, const char* why) {
  if (json) {
    std::string out;
    json::Writer writer(out);
    writer.object();
    writer.field_bool("running", false);
    writer.field("data", layout.data());
    writer.end_object();
    std::printf("%s\n", out.c_str());
  } else {
    std::printf("%s %s\n", why, layout.data().c_str());
  }
  return kNotRunning;
}

}  // namespace

int run_status(const ShopLayout& layout, bool json) {
  const auto holder = running_supervisor(layout.lock_file());
  if (!holder.has_value()) {
    std::fprintf(stderr, "dermaga: %s\n", holder.error().message().c_str());
    return 1;
  }
  if (!holder->has_value()) {
    return tell_not_running(layout, json, "no shop runs on");
  }
  auto state = read_run_state(layout.state_file());
  if (!state.has_value()) {
    if (state.error().code() == ErrorCode::kNotFound) {
      return tell_not_running(layout, json, "a shop is starting on");
    }
    std::fprintf(stderr, "dermaga: %s\n", state.error().message().c_str());
    return 1;
  }
  bool all_ready = true;
  for (RunState::Process& process : state->processes) {
    const Health health = process.pid > 0 ? look_at_health(process.health_port) : Health{};
    process.ready = health.ready;
    process.undelivered_orders = health.undelivered_orders;
    all_ready = all_ready && (process.ready || process.done || (process.ends && health.answers));
  }
  state->private_volume = files::name(files::volume_encryption(layout.private_folder()));
  if (json) {
    std::printf("%s\n", to_json(*state).c_str());
  } else {
    print_table(*state);
  }
  return all_ready ? 0 : 1;
}

}  // namespace dermaga::supervisor

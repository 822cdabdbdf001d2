#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "clock/clock.h"
#include "result/result.h"

namespace dermaga::supervisor {

// What <data>/run/up.json tells other processes about a running shop; also what --json prints.
struct RunState {
  struct Process {
    std::string name;
    pid_t pid = 0;  // 0: between death and restart
    int health_port = 0;
    UtcTime started_at;
    int restarts = 0;
    bool ready = false;
    bool ends = false;  // by itself, when its work is done
    bool done = false;
    std::optional<std::int64_t> undelivered_orders;  // of a spool that was asked
  };

  pid_t supervisor_pid = 0;
  UtcTime started_at;
  std::string data;
  int port_base = 0;
  std::string ca_file;
  std::vector<std::pair<std::string, std::string>> addresses;
  std::vector<Process> processes;
  std::string owner_link;      // one-time, told to whoever started the shop and kept nowhere
  std::string private_volume;  // files::name() of its encryption; only `status` looks
};

std::string to_json(const RunState& state);
Result<RunState> parse_run_state(const std::string& text);

Status write_run_state(const std::string& path, const RunState& state);
Result<RunState> read_run_state(const std::string& path);

// Process id of who holds the lock on <data>/run/lock; nullopt when no supervisor runs there.
Result<std::optional<pid_t>> running_supervisor(const std::string& lock_file);

}  // namespace dermaga::supervisor

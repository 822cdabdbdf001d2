#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>

#include "commands.h"
#include "files/files.h"
#include "health.h"
#include "ports.h"
#include "run_state.h"
#include "supervisor_loop.h"

namespace dermaga::supervisor {

namespace {

constexpr std::chrono::seconds kSetupPatience{120};
constexpr std::chrono::seconds kImportPatience{600};
constexpr std::chrono::seconds kReadyPatience{120};
constexpr std::chrono::seconds kOwnerLinkPatience{20};
constexpr std::uint64_t kOwnerLinkBytesMax = 4'096;
constexpr std::uint64_t kSettingsBytesMax = 256 * std::uint64_t{1024};
constexpr int kLockTries = 5;
constexpr useconds_t kLockPauseUs = 50'000;
constexpr std::chrono::milliseconds kStopPatience{4'500};  // the promise is 5 s

// Progress; standard output stays clean for --json.
void say(const std::string& line) {
  std::fprintf(stderr, "· %s\n", line.c_str());
}

Result<files::LockFile> lock(const ShopLayout& layout) {
  RETURN_IF_ERROR(files::make_directories(layout.run_folder(), 0700));
  auto held = files::LockFile::acquire(layout.lock_file());
  // "dermaga status" takes the lock for an instant to see whether it is free.
  for (int tries = 1; !held.has_value() && tries < kLockTries; ++tries) {
    ::usleep(kLockPauseUs);
    held = files::LockFile::acquire(layout.lock_file());
  }
  if (!held.has_value() && held.error().code() == ErrorCode::kAlreadyExists) {
    return make_error(ErrorCode::kAlreadyExists,
                      "a shop already runs on " + layout.data() +
                          "; see it with: ./dermaga status --data " + layout.data() +
                          "; stop it with: ./dermaga down --data " + layout.data());
  }
  return held;
}

// The sample shop's become the new shop's own, where it has none; nobody else's change by
// themselves.
Status take_sample_settings(const ShopLayout& layout) {
  ASSIGN_OR_RETURN(const bool has_own, files::exists(layout.settings_file()));
  if (has_own || layout.sample_settings().empty()) {
    return {};
  }
  ASSIGN_OR_RETURN(const bool is_there, files::exists(layout.sample_settings()));
  if (!is_there) {
    return {};
  }
  ASSIGN_OR_RETURN(const std::string text,
                   files::read_file(layout.sample_settings(), kSettingsBytesMax));
  RETURN_IF_ERROR(files::write_file_atomically(layout.settings_file(), text, 0600));
  say("settings of the sample shop in " + layout.settings_file());
  return {};
}

// Keys, certificate authority, store and, for a new shop, the sample catalog. Idempotent.
Status prepare(const ShopLayout& layout, SignalQueue& signals, const Clock& clock) {
  ASSIGN_OR_RETURN(const bool was_there, files::exists(layout.private_folder()));
  const bool is_new = !was_there;
  if (is_new) {
    RETURN_IF_ERROR(files::write_file_atomically(layout.import_pending_file(), "", 0600));
    RETURN_IF_ERROR(take_sample_settings(layout));
  }
  RETURN_IF_ERROR(files::make_directories(layout.private_folder(), 0700));
  for (const std::string& folder : layout.log_folders()) {
    RETURN_IF_ERROR(files::make_directories(folder, 0700));
  }
  say(is_new ? "making keys, certificates and store in " + layout.data()
             : "using the shop in " + layout.data());
  RETURN_IF_ERROR(
      run_to_end(signals, layout.init_command(), layout.setup_log(), kSetupPatience, clock));
  ASSIGN_OR_RETURN(const bool import_pending, files::exists(layout.import_pending_file()));
  if (!import_pending) {
    return {};
  }
  for (const auto& command : layout.import_commands()) {
    say("importing " + command[2]);
    RETURN_IF_ERROR(run_to_end(signals, command, layout.setup_log(), kImportPatience, clock));
  }
  std::error_code failure;
  std::filesystem::remove(layout.import_pending_file(), failure);
  return failure
             ? Status(make_errno_error("remove " + layout.import_pending_file(), failure.value()))
             : Status();
}

RunState state_of(const ShopLayout& layout, const Supervisor& supervisor, UtcTime started_at) {
  RunState state;
  state.supervisor_pid = ::getpid();
  state.started_at = started_at;
  state.data = layout.data();
  state.port_base = layout.port_base();
  state.ca_file = layout.ca_file();
  state.addresses = layout.addresses();
  for (const Supervised& supervised : supervisor.programs()) {
    state.processes.push_back({.name = supervised.program.name,
                               .pid = supervised.pid,
                               .health_port = supervised.program.health_port,
                               .started_at = supervised.started_at,
                               .restarts = supervised.restarts,
                               .ready = supervised.ready,
                               .ends = supervised.program.ends,
                               .done = supervised.done});
  }
  return state;
}

void announce(const ShopLayout& layout, const RunState& state, const UpOptions& options) {
  if (options.json) {
    std::printf("%s\n", to_json(state).c_str());
  } else {
    std::printf("\nThe shop is open.\n\n");
    for (const auto& [name, address] : state.addresses) {
      std::printf("  %-16s %s\n", name.c_str(), address.c_str());
    }
    std::printf("  %-16s %s\n", "CA certificate", state.ca_file.c_str());
    for (const std::string& folder : layout.log_folders()) {
      std::printf("  %-16s %s\n", "log", folder.c_str());
    }
    if (!state.owner_link.empty()) {
      std::printf(
          "\nNobody manages the shop yet. The first owner enrols here, once, within 48 hours:\n\n"
          "  %s\n",
          state.owner_link.c_str());
    }
    std::printf("\nStop it with %s./dermaga down --data %s\n\n", options.detach ? "" : "Ctrl-C or ",
                state.data.c_str());
  }
  std::fflush(stdout);
}

// Empty once an owner has enrolled. The link goes through a file that others cannot read and that
// is gone at once: a command's output has no other way.
std::string owner_link(const ShopLayout& layout, SignalQueue& signals, const Clock& clock) {
  const std::string file = layout.owner_link_file();
  std::error_code ignored;
  std::filesystem::remove(file, ignored);
  const Status made =
      run_to_end(signals, layout.owner_link_command(), file, kOwnerLinkPatience, clock);
  const auto text = files::read_file(file, kOwnerLinkBytesMax);
  std::filesystem::remove(file, ignored);
  if (!made.has_value() || !text.has_value() || !text->starts_with("https://")) {
    return {};
  }
  return text->substr(0, text->find('\n'));
}

Status start_programs(const ShopLayout& layout, SignalQueue& signals, Supervisor& supervisor) {
  for (const Program& program : layout.programs()) {
    if (signals.stop_asked()) {
      break;
    }
    RETURN_IF_ERROR(supervisor.start(program, kReadyPatience));
  }
  return {};
}

Status supervise(const UpOptions& options, const ShopLayout& layout, const Release& release) {
  const Clock& clock = system_clock();
  const UtcTime started_at = clock.now();
  ASSIGN_OR_RETURN(const files::LockFile held, lock(layout));
  RETURN_IF_ERROR(check_ports_are_free(layout.ports()));
  SignalQueue signals;
  RETURN_IF_ERROR(prepare(layout, signals, clock));
  RETURN_IF_ERROR(remember_spools(layout.data(), layout.spools().serving));
  if (layout.spools().serving == 0) {
    say("no spools: while core is away orders are refused (--spools 1 keeps them)");
  }
  for (const int number : layout.spools().draining) {
    say("spool-" + std::to_string(number) +
        " is one too many now: it takes no orders, delivers those it has and ends; after that " +
        spool_folder(layout.data(), number) + " can be removed");
  }

  Supervisor* running = nullptr;
  const auto save = [&] {
    const auto saved = write_run_state(layout.state_file(), state_of(layout, *running, started_at));
    if (!saved.has_value()) {
      say("cannot keep the run state: " + saved.error().message());
    }
  };
  Supervisor supervisor(
      signals,
      {.is_ready = [](const Program& program) { return look_at_health(program.health_port).ready; },
       .changed = save,
       .say = say},
      clock);
  running = &supervisor;

  Status outcome = start_programs(layout, signals, supervisor);
  if (outcome.has_value() && !signals.stop_asked()) {
    RunState state = state_of(layout, supervisor, started_at);
    state.owner_link = owner_link(layout, signals, clock);
    announce(layout, state, options);
    outcome = release();
    if (outcome.has_value()) {
      supervisor.run();
    }
  }
  say("stopping");
  supervisor.stop(kStopPatience);
  std::error_code ignored;  // a left-over file only says what the lock already denies
  std::filesystem::remove(layout.state_file(), ignored);
  if (outcome.has_value()) {
    say("stopped");
  }
  return outcome;
}

}  // namespace

int run_up(const UpOptions& options, const ShopLayout& layout, const Release& release) {
  ::umask(0077);
  const auto outcome = supervise(options, layout, release);
  if (!outcome.has_value()) {
    std::fprintf(stderr, "dermaga: %s\n", outcome.error().message().c_str());
    return 1;
  }
  return 0;
}

}  // namespace dermaga::supervisor

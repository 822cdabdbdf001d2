#include "supervisor_loop.h"

#include <sys/wait.h>

#include <algorithm>
#include <cstdio>

namespace dermaga::supervisor {

namespace {

constexpr std::chrono::milliseconds kTick{50};
constexpr std::chrono::milliseconds kProbeEvery{500};

std::string seconds_text(SteadyTime::duration duration) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f s", std::chrono::duration<double>(duration).count());
  return text;
}

void send(pid_t pid, int signal) {
  if (pid > 0) {
    ::kill(pid, signal);
  }
}

// "what: reason", with the program's last words below.
std::unexpected<Error> failed(ErrorCode code, const std::string& what, const std::string& log_file,
                              std::uint64_t offset) {
  const std::string words = last_lines(log_file, offset);
  return make_error(code,
                    what + (words.empty() ? "" : ":\n" + words) + "\n(more in " + log_file + ")");
}

}  // namespace

SignalQueue::SignalQueue() {
  sigemptyset(&signals_);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGCHLD}) {
    sigaddset(&signals_, signal);
  }
  CHECK(::pthread_sigmask(SIG_BLOCK, &signals_, &before_) == 0);
}

SignalQueue::~SignalQueue() {
  ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

void SignalQueue::wait(std::chrono::milliseconds at_most) {
  const timespec time{.tv_sec = at_most.count() / 1000,
                      .tv_nsec = (at_most.count() % 1000) * 1'000'000};
  const int signal = ::sigtimedwait(&signals_, nullptr, &time);
  stop_asked_ = stop_asked_ || signal == SIGINT || signal == SIGTERM || signal == SIGHUP;
}

Supervisor::~Supervisor() {
  for (const Supervised& supervised : programs_) {
    if (supervised.pid > 0) {
      send(supervised.pid, SIGKILL);
      ::waitpid(supervised.pid, nullptr, 0);
    }
  }
}

Status Supervisor::launch(Supervised& supervised) {
  supervised.started = clock_.steady_now();  // also of a start that fails: it ran for no time
  ASSIGN_OR_RETURN(supervised.pid, spawn(supervised.program.command, supervised.program.log_file));
  supervised.started_at = clock_.now();
  supervised.ready = false;
  return {};
}

Status Supervisor::start(const Program& program, std::chrono::seconds patience) {
  programs_.push_back({.program = program});
  Supervised& supervised = programs_.back();
  const std::uint64_t offset = size_of(program.log_file);
  RETURN_IF_ERROR(launch(supervised));
  if (program.ends) {
    hooks_.changed();
    return {};
  }
  starting_ = &supervised;
  const SteadyTime deadline = clock_.steady_now() + patience;
  Status outcome;
  while (!supervised.ready && !signals_.stop_asked()) {
    signals_.wait(kTick);
    step();
    if (const auto ending = reap(supervised.pid)) {
      supervised.pid = 0;
      outcome =
          failed(ErrorCode::kInternal, program.name + " ended at its start with " + ending->text,
                 program.log_file, offset);
      break;
    }
    supervised.ready = hooks_.is_ready(program);
    if (!supervised.ready && clock_.steady_now() > deadline) {
      outcome = failed(ErrorCode::kTimeout,
                       program.name + " is not ready after " + seconds_text(patience),
                       program.log_file, offset);
      break;
    }
  }
  starting_ = nullptr;
  if (supervised.ready) {
    hooks_.say(program.name + " is ready (" +
               seconds_text(clock_.steady_now() - supervised.started) + ")");
    hooks_.changed();
  }
  return outcome;
}

void Supervisor::handle_death(Supervised& supervised, const Ending& ending) {
  if (supervised.program.ends && ending.ok) {
    supervised.pid = 0;
    supervised.ready = false;
    supervised.done = true;
    hooks_.say(supervised.program.name + " has done its work and ended");
    hooks_.changed();
    return;
  }
  const auto now = clock_.steady_now();
  const auto ran_for =
      std::chrono::duration_cast<std::chrono::milliseconds>(now - supervised.started);
  const auto delay = supervised.policy.delay_after(ran_for);
  supervised.pid = 0;
  supervised.ready = false;
  supervised.restart_at = now + delay;
  hooks_.say(supervised.program.name + " ended with " + ending.text + "; starting it again in " +
             seconds_text(delay));
  hooks_.changed();
}

// One round: deaths, restarts that are due.
void Supervisor::step() {
  for (Supervised& supervised : programs_) {
    if (&supervised == starting_ || supervised.done) {
      continue;
    }
    if (supervised.pid > 0) {
      if (const auto ending = reap(supervised.pid)) {
        handle_death(supervised, *ending);
      }
    } else if (clock_.steady_now() >= supervised.restart_at) {
      const auto launched = launch(supervised);
      if (launched.has_value()) {
        ++supervised.restarts;
        hooks_.changed();
      } else {
        handle_death(supervised, {.text = launched.error().message()});
      }
    }
  }
}

void Supervisor::run() {
  SteadyTime next_probe{};
  while (!signals_.stop_asked()) {
    signals_.wait(kTick * 2);
    step();
    if (clock_.steady_now() < next_probe) {
      continue;
    }
    next_probe = clock_.steady_now() + kProbeEvery;
    for (Supervised& supervised : programs_) {
      if (supervised.pid > 0 && !supervised.ready && hooks_.is_ready(supervised.program)) {
        supervised.ready = true;
        hooks_.say(supervised.program.name + " is ready again");
        hooks_.changed();
      }
    }
  }
}

void Supervisor::wait_for_end(std::size_t from, SteadyTime until) {
  const auto runs = [](const Supervised& supervised) { return supervised.pid > 0; };
  const auto first = programs_.begin() + static_cast<std::ptrdiff_t>(from);
  while (std::any_of(first, programs_.end(), runs) && clock_.steady_now() < until) {
    signals_.wait(kTick);
    for (Supervised& supervised : programs_) {
      if (supervised.pid > 0 && reap(supervised.pid).has_value()) {
        supervised.pid = 0;
      }
    }
  }
}

void Supervisor::stop(std::chrono::milliseconds patience) {
  const SteadyTime start = clock_.steady_now();
  for (std::size_t i = 1; i < programs_.size(); ++i) {
    send(programs_[i].pid, SIGTERM);
  }
  wait_for_end(1, start + patience / 2);
  if (!programs_.empty()) {
    send(programs_[0].pid, SIGTERM);
  }
  wait_for_end(0, start + patience);
  for (Supervised& supervised : programs_) {
    if (supervised.pid > 0) {
      hooks_.say(supervised.program.name + " does not stop; killing it");
      send(supervised.pid, SIGKILL);
      ::waitpid(supervised.pid, nullptr, 0);
      supervised.pid = 0;
    }
  }
}

Status run_to_end(SignalQueue& signals, const std::vector<std::string>& command,
                  const std::string& log_file, std::chrono::seconds patience, const Clock& clock) {
  const std::uint64_t offset = size_of(log_file);
  ASSIGN_OR_RETURN(const pid_t child, spawn(command, log_file));
  const SteadyTime deadline = clock.steady_now() + patience;
  while (true) {
    signals.wait(kTick);
    if (const auto ending = reap(child)) {
      if (ending->ok) {
        return {};
      }
      return failed(ErrorCode::kInternal,
                    command[0] + " " + command[1] + " ended with " + ending->text, log_file,
                    offset);
    }
    const bool late = clock.steady_now() > deadline;
    if (signals.stop_asked() || late) {
      send(child, SIGKILL);
      ::waitpid(child, nullptr, 0);
      return late ? failed(ErrorCode::kTimeout, command[0] + " takes too long", log_file, offset)
                  : make_error(ErrorCode::kUnavailable, "stopped while starting");
    }
  }
}

}  // namespace dermaga::supervisor

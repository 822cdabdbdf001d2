#pragma once

#include <sys/types.h>

#include <chrono>
#include <csignal>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "child_process.h"
#include "clock/clock.h"
#include "restart_policy.h"
#include "shop_layout.h"

namespace dermaga::supervisor {

// Blocks the signals that stop or inform the supervisor for this thread and hands them out one by
// one. Make it before any other thread, so that all threads inherit the mask.
class SignalQueue {
 public:
  SignalQueue();
  SignalQueue(const SignalQueue&) = delete;
  SignalQueue& operator=(const SignalQueue&) = delete;
  ~SignalQueue();

  // Waits until a signal comes or the time is over.
  void wait(std::chrono::milliseconds at_most);
  // SIGINT, SIGTERM or SIGHUP came at some time.
  bool stop_asked() const { return stop_asked_; }

 private:
  sigset_t signals_;
  sigset_t before_;
  bool stop_asked_ = false;
};

struct Supervised {
  Program program;
  pid_t pid = 0;  // 0: not running
  UtcTime started_at;
  SteadyTime started;
  int restarts = 0;
  bool ready = false;
  RestartPolicy policy;
  SteadyTime restart_at;
  bool done = false;  // ended with its work done, as Program::ends says
};

// Starts programs in order, starts again what dies, stops all. One thread; see README.
class Supervisor {
 public:
  struct Hooks {
    std::function<bool(const Program&)> is_ready;  // may block for a second
    std::function<void()> changed;                 // a program came, went or became ready
    std::function<void(const std::string&)> say;   // one line for people
  };

  Supervisor(SignalQueue& signals, Hooks hooks, const Clock& clock)
      : signals_(signals), hooks_(std::move(hooks)), clock_(clock) {}
  Supervisor(const Supervisor&) = delete;
  Supervisor& operator=(const Supervisor&) = delete;
  ~Supervisor();  // kills what still runs

  // Returns once the program is ready (one that `ends`: once it runs), or a stop was asked for. The
  // error says what the program wrote before it ended; kTimeout when it is not ready in time.
  Status start(const Program& program, std::chrono::seconds patience);

  // Until a stop is asked for.
  void run();

  // SIGTERM to all but the first program, then to the first; SIGKILL when patience is over.
  void stop(std::chrono::milliseconds patience);

  const std::vector<Supervised>& programs() const { return programs_; }

 private:
  Status launch(Supervised& supervised);
  void step();
  void handle_death(Supervised& supervised, const Ending& ending);
  void wait_for_end(std::size_t from, SteadyTime until);

  SignalQueue& signals_;
  Hooks hooks_;
  const Clock& clock_;
  std::vector<Supervised> programs_;
  Supervised* starting_ = nullptr;  // its death is start()'s to report
};

// Runs a command to its end. kInternal with its last lines when it fails; kTimeout; kUnavailable
// when a stop was asked for.
Status run_to_end(SignalQueue& signals, const std::vector<std::string>& command,
                  const std::string& log_file, std::chrono::seconds patience, const Clock& clock);

}  // namespace dermaga::supervisor

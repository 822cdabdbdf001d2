#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "result/result.h"

namespace dermaga::supervisor {

// Starts a program in a process group of its own, with an empty signal mask, /dev/null as standard
// input and `log_file` (appended, 0600) as standard output and error. It gets SIGTERM when this
// thread ends, however it ends. kNotFound or kIo when it cannot be started.
Result<pid_t> spawn(const std::vector<std::string>& command, const std::string& log_file);

// How a child ended, if it did: "exit code 1", "signal 9 (Killed)". Never blocks.
struct Ending {
  bool ok = false;
  std::string text;
};
std::optional<Ending> reap(pid_t child);

// What was written to a log since it had `offset` bytes: the last lines, for an error message.
std::string last_lines(const std::string& log_file, std::uint64_t offset);
std::uint64_t size_of(const std::string& file);

}  // namespace dermaga::supervisor

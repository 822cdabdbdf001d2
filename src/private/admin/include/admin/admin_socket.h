#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "result/result.h"

namespace dermaga::admin {

// Core's private Unix socket: how `dermaga-core import`, `orders` and `stock` reach a core that is
// serving. One request per connection: the client sends the command's words as a JSON array on one
// line; the server answers with lines of text for people and, last, one status line. See
// docs/reference/admin-socket.md.

// Where a running command writes for its caller.
class Output {
 public:
  virtual ~Output() = default;
  // One line without its line feed. Lost silently when the caller went away.
  virtual void line(std::string_view text) = 0;
};

// Runs one command; returns its exit code (0, or 1 with the reason already written).
// `user` gave it: the name of the operating system's user.
using CommandRunner = std::function<int(const std::vector<std::string>& words,
                                        const std::string& user, Output& output)>;

// The name that the system knows a user by; its number where it has none.
std::string name_of_user(uid_t user);

class Server {
 public:
  // Listens at `path` (0600). Only this user and root are answered (SO_PEERCRED); at most 8
  // commands run at once, more are told to come back.
  static Result<std::unique_ptr<Server>> start(const std::string& path, CommandRunner runner);
  virtual ~Server() = default;
};

// Sends the command to the core that listens at `path` and copies its lines to `output`; returns
// its exit code. kUnavailable when nobody listens there; kTimeout when core says nothing for
// `silence_max` (while a command runs it gives a sign every 5 s).
Result<int> run_remotely(const std::string& path, const std::vector<std::string>& words,
                         Output& output,
                         std::chrono::milliseconds silence_max = std::chrono::seconds(20));

}  // namespace dermaga::admin

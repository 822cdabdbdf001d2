#include "local_postgres/local_postgres.h"

#include <fcntl.h>
#include <pwd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <thread>
#include <vector>

namespace dermaga::local_postgres {
namespace {

using namespace std::chrono_literals;
using Words = std::vector<std::string>;

constexpr auto kStartPatience = 30s;
constexpr auto kStopPatience = 10s;

// Debian keeps each major version apart; the newest counts.
std::string binaries() {
  int newest = 0;
  std::error_code missing;
  for (const auto& entry : std::filesystem::directory_iterator("/usr/lib/postgresql", missing)) {
    if (std::filesystem::exists(entry.path() / "bin/initdb")) {
      newest = std::max(newest, std::atoi(entry.path().filename().c_str()));
    }
  }
  return newest == 0 ? "" : "/usr/lib/postgresql/" + std::to_string(newest) + "/bin/";
}

// Runs as whoever owns the cluster, and ends when we do.
Words as_owner(Words command) {
  Words words = {"setpriv", "--pdeathsig", "INT"};
  if (geteuid() == 0) {
    words.insert(words.end(), {"--reuid", "postgres", "--regid", "postgres", "--init-groups"});
  }
  words.insert(words.end(), command.begin(), command.end());
  return words;
}

pid_t spawn(const Words& words, const std::string& log) {
  std::vector<char*> arguments;
  for (const std::string& word : words) {
    arguments.push_back(const_cast<char*>(word.c_str()));
  }
  arguments.push_back(nullptr);
  const pid_t child = fork();
  if (child == 0) {
    const int output = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
    dup2(output, STDOUT_FILENO);
    dup2(output, STDERR_FILENO);
    if (chdir("/") != 0) {
      _exit(127);
    }
    execvp(arguments[0], arguments.data());
    _exit(127);
  }
  return child;
}

// Whether it ended well.
bool run(const Words& words, const std::string& log) {
  const pid_t child = spawn(words, log);
  int status = 0;
  return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) &&
         WEXITSTATUS(status) == 0;
}

std::unexpected<Error> missing() {
  const bool insisted = std::getenv("DERMAGA_REQUIRE_POSTGRES") != nullptr;
  return make_error(insisted ? ErrorCode::kInternal : ErrorCode::kNotFound,
                    "PostgreSQL is not installed: apt-get install postgresql");
}

Result<std::string> make_folder() {
  char name[] = "/tmp/dermaga-pg-XXXXXX";
  if (mkdtemp(name) == nullptr) {
    return make_errno_error("make a folder for PostgreSQL", errno);
  }
  if (geteuid() == 0) {
    const passwd* const owner = getpwnam("postgres");
    if (owner == nullptr || chown(name, owner->pw_uid, owner->pw_gid) != 0) {
      return make_errno_error("give the folder to the user postgres", errno);
    }
  }
  return std::string(name);
}

}  // namespace

Result<std::unique_ptr<LocalPostgres>> LocalPostgres::start() {
  const std::string programs = binaries();
  if (programs.empty()) {
    return missing();
  }
  ASSIGN_OR_RETURN(const std::string folder, make_folder());
  const std::string data = folder + "/data";
  const std::string log = folder + ".log";
  const auto failed = [&](std::string_view what) {
    return make_error(ErrorCode::kInternal, std::string(what) + " failed; see " + log);
  };
  if (!run(as_owner({programs + "initdb", "-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8",
                     "--locale", "C.UTF-8", "--no-instructions"}),
           log)) {
    return failed("initdb");
  }
  std::unique_ptr<LocalPostgres> server(new LocalPostgres(
      folder, spawn(as_owner({programs + "postgres", "-D", data, "-c", "listen_addresses=", "-c",
                              "unix_socket_directories=" + folder, "-c", "max_connections=200"}),
                    log)));
  const auto deadline = std::chrono::steady_clock::now() + kStartPatience;
  while (!run({programs + "pg_isready", "-q", "-h", folder}, "/dev/null")) {
    if (std::chrono::steady_clock::now() > deadline) {
      return failed("starting the server");
    }
    std::this_thread::sleep_for(50ms);
  }
  return server;
}

LocalPostgres::~LocalPostgres() {
  kill(server_, SIGINT);  // a fast shutdown: clients are thrown out
  const auto deadline = std::chrono::steady_clock::now() + kStopPatience;
  while (waitpid(server_, nullptr, WNOHANG) == 0) {
    if (std::chrono::steady_clock::now() > deadline) {
      kill(server_, SIGKILL);
    }
    std::this_thread::sleep_for(10ms);
  }
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
  std::filesystem::remove(folder_ + ".log", ignored);
}

std::string LocalPostgres::url(const std::string& schema, const std::string& host) const {
  return "postgres://postgres@/postgres?host=" + (host.empty() ? folder_ : host) +
         (schema.empty() ? "" : "&options=-csearch_path%3D" + schema);
}

}  // namespace dermaga::local_postgres

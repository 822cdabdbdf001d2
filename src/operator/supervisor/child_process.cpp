#include "child_process.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace dermaga::supervisor {

namespace {

constexpr std::uint64_t kShownBytesMax = 4096;
constexpr int kShownLinesMax = 12;

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { reset(); }
  int get() const { return number_; }
  void reset() {
    if (number_ >= 0) {
      ::close(number_);
      number_ = -1;
    }
  }

 private:
  int number_;
};

// In the child, between fork and exec: only async-signal-safe calls. Returns on failure only.
void become(char* const* arguments, int log, pid_t parent) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (::getppid() != parent) {
    ::_exit(1);  // the supervisor died before prctl took hold
  }
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::signal(SIGPIPE, SIG_DFL);
  const int nothing = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (nothing < 0 || ::dup2(nothing, STDIN_FILENO) < 0 || ::dup2(log, STDOUT_FILENO) < 0 ||
      ::dup2(log, STDERR_FILENO) < 0) {
    return;
  }
  ::execv(arguments[0], arguments);
}

}  // namespace

Result<pid_t> spawn(const std::vector<std::string>& command, const std::string& log_file) {
  CHECK(!command.empty());
  const Descriptor log(
      ::open(log_file.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (log.get() < 0) {
    return make_errno_error("open " + log_file, errno);
  }
  std::array<int, 2> ends;
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    return make_errno_error("pipe", errno);
  }
  const Descriptor failure_reader(ends[0]);
  Descriptor failure_writer(ends[1]);
  std::vector<char*> arguments;
  for (const std::string& argument : command) {
    arguments.push_back(const_cast<char*>(argument.c_str()));
  }
  arguments.push_back(nullptr);
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child < 0) {
    return make_errno_error("start " + command[0], errno);
  }
  if (child == 0) {
    become(arguments.data(), log.get(), parent);
    const int failure = errno;
    (void)!::write(failure_writer.get(), &failure, sizeof failure);
    ::_exit(127);
  }
  // exec closes the pipe, so that nothing to read means success.
  failure_writer.reset();
  int failure = 0;
  ssize_t got = 0;
  do {
    got = ::read(failure_reader.get(), &failure, sizeof failure);
  } while (got < 0 && errno == EINTR);
  if (got == sizeof failure) {
    ::waitpid(child, nullptr, 0);
    return make_errno_error("start " + command[0], failure);
  }
  return child;
}

std::optional<Ending> reap(pid_t child) {
  int status = 0;
  const pid_t ended = ::waitpid(child, &status, WNOHANG);
  if (ended == 0 || (ended < 0 && errno == EINTR)) {
    return std::nullopt;
  }
  if (ended < 0) {
    return Ending{.text = "unknown"};
  }
  if (WIFSIGNALED(status)) {
    const int number = WTERMSIG(status);
    return Ending{.text = "signal " + std::to_string(number) + " (" + ::strsignal(number) + ")"};
  }
  const int code = WEXITSTATUS(status);
  return Ending{.ok = code == 0, .text = "exit code " + std::to_string(code)};
}

std::string last_lines(const std::string& log_file, std::uint64_t offset) {
  std::ifstream stream(log_file, std::ios::binary);
  const std::uint64_t size = size_of(log_file);
  if (!stream || size <= offset) {
    return {};
  }
  const std::uint64_t shown = std::min(size - offset, kShownBytesMax);
  std::string text(shown, '\0');
  stream.seekg(static_cast<std::streamoff>(size - shown));
  stream.read(text.data(), static_cast<std::streamsize>(shown));
  text.resize(static_cast<std::size_t>(stream.gcount()));
  while (!text.empty() && text.back() == '\n') {
    text.pop_back();
  }
  std::size_t from = text.size();
  for (int lines = 0; lines < kShownLinesMax && from != std::string::npos && from > 0; ++lines) {
    from = text.rfind('\n', from - 1);
  }
  return from == std::string::npos ? text : text.substr(from == 0 ? 0 : from + 1);
}

std::uint64_t size_of(const std::string& file) {
  std::error_code failure;
  const auto size = std::filesystem::file_size(file, failure);
  return failure ? 0 : size;
}

}  // namespace dermaga::supervisor

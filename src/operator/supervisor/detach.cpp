#include "detach.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>

namespace dermaga::supervisor {

namespace {

// Standard output and error to the log, so that a pipe the caller reads from sees its end.
Status redirect_output(const std::string& log_file) {
  std::fflush(nullptr);
  const int log = ::open(log_file.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  if (log < 0) {
    return make_errno_error("open " + log_file, errno);
  }
  const bool redirected = ::dup2(log, STDOUT_FILENO) >= 0 && ::dup2(log, STDERR_FILENO) >= 0;
  ::close(log);
  return redirected ? Status() : Status(make_errno_error("redirect the output", errno));
}

int work_in_background(int ready_writer, const std::string& log_file,
                       const std::function<int(const Release&)>& work) {
  ::setsid();
  ::signal(SIGPIPE, SIG_IGN);
  const int nothing = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (nothing >= 0) {
    ::dup2(nothing, STDIN_FILENO);
    ::close(nothing);
  }
  const Release release = [ready_writer, &log_file]() -> Status {
    RETURN_IF_ERROR(redirect_output(log_file));
    const char ready = 1;
    if (::write(ready_writer, &ready, 1) != 1) {
      return make_errno_error("tell that the shop is ready", errno);
    }
    ::close(ready_writer);
    return {};
  };
  return work(release);
}

}  // namespace

int run_detached(const std::string& log_file, const std::function<int(const Release&)>& work) {
  std::array<int, 2> ends;
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    std::perror("dermaga: pipe");
    return 1;
  }
  std::fflush(nullptr);
  const pid_t background = ::fork();
  if (background < 0) {
    std::perror("dermaga: fork");
    return 1;
  }
  if (background == 0) {
    ::close(ends[0]);
    const int code = work_in_background(ends[1], log_file, work);
    std::fflush(nullptr);
    ::_exit(code);
  }
  ::close(ends[1]);
  char ready = 0;
  ssize_t got = 0;
  do {
    got = ::read(ends[0], &ready, 1);
  } while (got < 0 && errno == EINTR);
  ::close(ends[0]);
  if (got == 1) {
    return 0;
  }
  int status = 0;
  ::waitpid(background, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

}  // namespace dermaga::supervisor

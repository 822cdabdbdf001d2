#include "smtp_process.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <string_view>
#include <vector>

extern char** environ;

namespace dermaga::mail_test {

namespace {

std::string first_line(int descriptor) {
  std::string line;
  for (char c = 0; ::read(descriptor, &c, 1) == 1 && c != '\n';) {
    line += c;
  }
  return line;
}

}  // namespace

SmtpProcess::SmtpProcess(const SmtpProcessOptions& options) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    return;
  }
  std::vector<std::string> words = {
      DERMAGA_PYTHON,  DERMAGA_SMTP_SERVER,         "--mode",   options.mode,
      "--certificate", options.certificate,         "--folder", options.folder,
      "--port",        std::to_string(options.port)};
  std::vector<char*> arguments;
  for (std::string& word : words) {
    arguments.push_back(word.data());
  }
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  if (::posix_spawn(&pid_, DERMAGA_PYTHON, &actions, nullptr, arguments.data(), environ) != 0) {
    pid_ = 0;
  }
  posix_spawn_file_actions_destroy(&actions);
  ::close(ends[1]);
  const std::string line = first_line(ends[0]);  // empty where it ended early
  ::close(ends[0]);
  constexpr std::string_view kBefore = "port ";
  if (line.starts_with(kBefore)) {
    std::from_chars(line.data() + kBefore.size(), line.data() + line.size(), port_);
  }
}

SmtpProcess::~SmtpProcess() {
  if (pid_ != 0) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
}

}  // namespace dermaga::mail_test

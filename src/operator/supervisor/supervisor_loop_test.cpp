#include "supervisor_loop.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <thread>

namespace dermaga::supervisor {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::HasSubstr;

// Real processes: shell scripts that say in files what they do.
class SupervisorTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = ::testing::TempDir() + "supervisor_XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  // Ready once the script has made the file <name>.ready.
  Program script(const std::string& name, const std::string& text) const {
    return {.name = name,
            .command = {"/bin/sh", "-c", "cd " + folder_ + "; " + text},
            .log_file = folder_ + "/" + name + ".out"};
  }
  bool exists(const std::string& file) const {
    return std::filesystem::exists(folder_ + "/" + file);
  }
  std::string text(const std::string& file) const {
    std::ifstream stream(folder_ + "/" + file);
    return {std::istreambuf_iterator<char>(stream), {}};
  }
  bool wait_for(const std::function<bool()>& condition) const {
    for (int i = 0; i < 500; ++i) {
      if (condition()) {
        return true;
      }
      std::this_thread::sleep_for(10ms);
    }
    return false;
  }
  Supervisor::Hooks hooks() {
    return {.is_ready = [this](const Program& p) { return exists(p.name + ".ready"); },
            .changed = [this] { ++changes_; },
            .say = [this](const std::string& line) { said_ += line + "\n"; }};
  }

  std::string folder_;
  SignalQueue signals_;
  std::string said_;
  int changes_ = 0;
};

TEST_F(SupervisorTest, StartsInOrderAndStopsTheFirstLast) {
  Supervisor supervisor(signals_, hooks(), system_clock());
  const std::string core =
      "trap 'echo bye > core.bye; exit 0' TERM; touch core.ready; while :; do sleep 0.02; done";
  ASSERT_TRUE(supervisor.start(script("core", core), 10s).has_value());
  const std::string edge =
      "trap 'test -e core.bye || echo first > edge.bye; exit 0' TERM; "
      "touch edge.ready; while :; do sleep 0.02; done";
  ASSERT_TRUE(supervisor.start(script("edge", edge), 10s).has_value());
  EXPECT_EQ(supervisor.programs().size(), 2U);
  EXPECT_EQ(changes_, 2);
  supervisor.stop(4s);
  EXPECT_EQ(text("edge.bye"), "first\n");
  EXPECT_EQ(text("core.bye"), "bye\n");
  EXPECT_THAT(said_, AllOf(HasSubstr("core is ready ("), HasSubstr("edge is ready (")));
}

TEST_F(SupervisorTest, AnEarlyEndTellsTheLastWords) {
  Supervisor supervisor(signals_, hooks(), system_clock());
  std::ofstream(folder_ + "/core.out") << "words of an earlier run\n";
  const auto status = supervisor.start(script("core", "echo the disk is full >&2; exit 7"), 10s);
  ASSERT_FALSE(status.has_value());
  EXPECT_THAT(status.error().message(),
              HasSubstr("core ended at its start with exit code 7:\nthe disk is full\n(more in"));
  EXPECT_THAT(status.error().message(), Not(HasSubstr("earlier run")));
}

TEST_F(SupervisorTest, AProgramThatIsNotThereIsAnError) {
  Supervisor supervisor(signals_, hooks(), system_clock());
  Program program = script("core", "");
  program.command = {"/no/such/program"};
  EXPECT_THAT(supervisor.start(program, 10s).error().message(),
              HasSubstr("start /no/such/program"));
}

TEST_F(SupervisorTest, NotReadyInTimeIsATimeout) {
  Supervisor supervisor(signals_, hooks(), system_clock());
  const auto status = supervisor.start(script("core", "sleep 30"), 0s);
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().code(), ErrorCode::kTimeout);
}

TEST_F(SupervisorTest, WhatDiesIsStartedAgainUntilAStopIsAsked) {
  Supervisor supervisor(signals_, hooks(), system_clock());
  const std::string dies_once =
      "touch core.ready; if test -e second; then touch third; exec sleep 30; fi; "
      "touch second; sleep 0.1; kill -9 $$";
  ASSERT_TRUE(supervisor.start(script("core", dies_once), 10s).has_value());
  const pid_t self = ::getpid();
  std::jthread stopper([&] {
    EXPECT_TRUE(wait_for([&] { return exists("third"); }));
    std::this_thread::sleep_for(700ms);
    ::kill(self, SIGTERM);
  });
  supervisor.run();
  EXPECT_EQ(supervisor.programs()[0].restarts, 1);
  EXPECT_TRUE(supervisor.programs()[0].ready);
  EXPECT_THAT(said_, HasSubstr("core ended with signal 9 (Killed); starting it again in 0.2 s"));
  EXPECT_THAT(said_, HasSubstr("core is ready again"));
  supervisor.stop(4s);
}

TEST_F(SupervisorTest, WhatDoesNotListenIsKilledInTime) {
  Supervisor supervisor(signals_, hooks(), system_clock());
  const std::string deaf = "trap '' TERM; touch core.ready; while :; do sleep 0.02; done";
  ASSERT_TRUE(supervisor.start(script("core", deaf), 10s).has_value());
  const auto start = std::chrono::steady_clock::now();
  supervisor.stop(300ms);
  EXPECT_LT(std::chrono::steady_clock::now() - start, 2s);
  EXPECT_EQ(supervisor.programs()[0].pid, 0);
  EXPECT_THAT(said_, HasSubstr("core does not stop; killing it"));
}

TEST_F(SupervisorTest, CommandsRunToTheirEnd) {
  const std::string log = folder_ + "/setup.out";
  const auto run = [&](const std::string& command, std::chrono::seconds patience) {
    return run_to_end(signals_, {"/bin/sh", "-c", command}, log, patience, system_clock());
  };
  EXPECT_TRUE(run("exit 0", 10s).has_value());
  EXPECT_THAT(run("echo row 3 is bad; exit 1", 10s).error().message(),
              HasSubstr("ended with exit code 1:\nrow 3 is bad"));
  EXPECT_EQ(run("sleep 30", 0s).error().code(), ErrorCode::kTimeout);
  ::kill(::getpid(), SIGINT);
  EXPECT_EQ(run("sleep 30", 10s).error().code(), ErrorCode::kUnavailable);
}

TEST_F(SupervisorTest, ChildrenHaveTheirOwnGroupAndAnOpenSignalMask) {
  const std::string log = folder_ + "/child.out";
  const auto child = spawn({"/bin/sh", "-c", "grep SigBlk /proc/self/status; cat; exit 3"}, log);
  ASSERT_TRUE(child.has_value());
  EXPECT_EQ(::getpgid(*child), *child);
  std::optional<Ending> ending;
  EXPECT_TRUE(wait_for([&] { return (ending = reap(*child)).has_value(); }));
  EXPECT_EQ(ending->text, "exit code 3");
  EXPECT_THAT(text("child.out"), HasSubstr("SigBlk:\t0000000000000000"));
  struct stat status{};
  ASSERT_EQ(::stat(log.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(SupervisorTest, LastLinesAreBounded) {
  std::ofstream stream(folder_ + "/long");
  for (int i = 0; i < 1000; ++i) {
    stream << "line " << i << "\n";
  }
  stream.close();
  const std::string words = last_lines(folder_ + "/long", 0);
  EXPECT_TRUE(words.starts_with("line 988\n")) << words;
  EXPECT_TRUE(words.ends_with("line 999"));
  EXPECT_EQ(last_lines(folder_ + "/long", size_of(folder_ + "/long")), "");
  EXPECT_EQ(last_lines(folder_ + "/none", 0), "");
}

TEST_F(SupervisorTest, WhatEndsWithItsWorkDoneIsNotStartedAgain) {
  Supervisor supervisor(signals_, hooks(), system_clock());
  Program worker = script("worker", "echo once >> ran; exit 0");
  worker.ends = true;
  ASSERT_TRUE(supervisor.start(worker, 5s).has_value());
  Program failing = script("failing", "echo once >> failed; exit 1");
  failing.ends = true;
  ASSERT_TRUE(supervisor.start(failing, 5s).has_value());
  std::thread stopper([&] {
    wait_for([&] { return text("failed") == "once\nonce\nonce\n"; });
    ::kill(::getpid(), SIGTERM);
  });
  supervisor.run();
  stopper.join();
  EXPECT_EQ(text("ran"), "once\n");
  EXPECT_TRUE(supervisor.programs()[0].done);
  EXPECT_FALSE(supervisor.programs()[1].done);
  EXPECT_THAT(said_, HasSubstr("worker has done its work"));
  supervisor.stop(2s);
}

}  // namespace
}  // namespace dermaga::supervisor

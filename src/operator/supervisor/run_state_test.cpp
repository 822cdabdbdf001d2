#include "run_state.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "files/files.h"

namespace dermaga::supervisor {
namespace {

using ::testing::HasSubstr;

class RunStateTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = ::testing::TempDir() + "run_state_XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    state_.supervisor_pid = 100;
    state_.started_at = *parse_rfc3339("2026-11-22T08:00:00Z");
    state_.data = "/srv/shop";
    state_.port_base = 8440;
    state_.ca_file = "/srv/shop/private/pki/ca.crt";
    state_.addresses = {{"storefront", "https://localhost:8443"}, {"link", "127.0.0.1:8445"}};
    state_.processes = {{.name = "core",
                         .pid = 101,
                         .health_port = 8450,
                         .started_at = state_.started_at,
                         .restarts = 2,
                         .ready = true}};
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::string folder_;
  RunState state_;
};

TEST_F(RunStateTest, IsOneObject) {
  EXPECT_EQ(
      to_json(state_),
      R"({"supervisor_pid":100,"started_at":"2026-11-22T08:00:00Z","data":"/srv/shop",)"
      R"("port_base":8440,"ca_file":"/srv/shop/private/pki/ca.crt",)"
      R"("addresses":{"storefront":"https://localhost:8443","link":"127.0.0.1:8445"},)"
      R"("processes":[{"name":"core","pid":101,"health_port":8450,)"
      R"("started_at":"2026-11-22T08:00:00Z","restarts":2,"ready":true,"ends":false,"done":false}]})");
}

TEST_F(RunStateTest, ReadsBackWhatItWrote) {
  const std::string path = folder_ + "/up.json";
  ASSERT_TRUE(write_run_state(path, state_).has_value());
  const auto read = read_run_state(path);
  ASSERT_TRUE(read.has_value()) << read.error().message();
  EXPECT_EQ(to_json(*read), to_json(state_));
  struct stat status{};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(RunStateTest, OneOfAnOlderSupervisorIsRead) {
  std::string text = to_json(state_);
  const std::string newer = R"(,"ends":false,"done":false)";
  text.erase(text.find(newer), newer.size());
  EXPECT_TRUE(parse_run_state(text).has_value());
}

TEST_F(RunStateTest, DamagedFilesAreRefused) {
  const std::string good = to_json(state_);
  for (std::size_t length = 0; length < good.size(); length += 7) {
    EXPECT_FALSE(parse_run_state(good.substr(0, length)).has_value());
  }
  const std::string path = folder_ + "/up.json";
  EXPECT_EQ(read_run_state(path).error().code(), ErrorCode::kNotFound);
  ASSERT_TRUE(files::write_file_atomically(path, "{}", 0600).has_value());
  EXPECT_THAT(read_run_state(path).error().message(), HasSubstr(path + ": supervisor_pid"));
}

// Whoever looks may find the lock taken, but never the name of one that ended.
TEST_F(RunStateTest, AnEmptyLockFileNamesNobody) {
  const std::string path = folder_ + "/lock";
  const auto held = files::LockFile::acquire(path);
  ASSERT_TRUE(held.has_value());
  std::filesystem::resize_file(path, 0);
  EXPECT_EQ(running_supervisor(path).error().code(), ErrorCode::kCorrupt);
}

TEST_F(RunStateTest, TheLockSaysWhoRuns) {
  const std::string path = folder_ + "/lock";
  EXPECT_EQ(running_supervisor(path).value(), std::nullopt);
  {
    const auto held = files::LockFile::acquire(path);
    EXPECT_EQ(running_supervisor(path).value(), ::getpid());
  }
  EXPECT_EQ(running_supervisor(path).value(), std::nullopt);
}

}  // namespace
}  // namespace dermaga::supervisor

#include "admin/admin_socket.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <condition_variable>
#include <filesystem>
#include <future>
#include <mutex>
#include <thread>

namespace dermaga::admin {
namespace {

class Lines final : public Output {
 public:
  void line(std::string_view text) override { all.emplace_back(text); }
  std::vector<std::string> all;
};

class AdminSocketTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = ::testing::TempDir() + "adm_XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    path_ = folder_ + "/core.sock";
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::string folder_;
  std::string path_;
};

TEST_F(AdminSocketTest, WordsArriveAndLinesComeBack) {
  const auto server = Server::start(path_, [](const auto& words, Output& output) {
    for (const auto& word : words) {
      output.line("<" + word + ">");
    }
    return 3;
  });
  ASSERT_TRUE(server.has_value()) << server.error().message();
  Lines lines;
  EXPECT_EQ(run_remotely(path_, {"stock", "kopi \"gayo\"\n"}, lines).value(), 3);
  EXPECT_EQ(lines.all, (std::vector<std::string>{"<stock>", "<kopi \"gayo\"", ">"}));
}

TEST_F(AdminSocketTest, OnlyTheOwnerMayOpenIt) {
  const auto server = Server::start(path_, [](const auto&, Output&) { return 0; });
  ASSERT_TRUE(server.has_value());
  struct stat info{};
  ASSERT_EQ(::stat(path_.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
}

TEST_F(AdminSocketTest, NobodyListening) {
  Lines lines;
  EXPECT_EQ(run_remotely(path_, {"x"}, lines).error().code(), ErrorCode::kUnavailable);
}

TEST_F(AdminSocketTest, TooLongAPathSaysSo) {
  const std::string path = folder_ + "/" + std::string(200, 'x');
  const auto server = Server::start(path, [](const auto&, Output&) { return 0; });
  ASSERT_FALSE(server.has_value());
  EXPECT_NE(server.error().message().find("shorter --data"), std::string::npos);
}

TEST_F(AdminSocketTest, NinthCommandAtOnceIsToldToComeBack) {
  std::mutex mutex;
  std::condition_variable wake;
  bool release = false;
  int entered = 0;
  auto server = Server::start(path_, [&](const auto&, Output&) {
    std::unique_lock lock(mutex);
    ++entered;
    wake.notify_all();
    wake.wait(lock, [&] { return release; });
    return 0;
  });
  ASSERT_TRUE(server.has_value());
  std::vector<std::future<int>> busy;
  for (int i = 0; i < 8; ++i) {
    busy.push_back(std::async(std::launch::async, [&] {
      Lines lines;
      return run_remotely(path_, {"slow"}, lines).value();
    }));
  }
  {
    std::unique_lock lock(mutex);
    wake.wait(lock, [&] { return entered == 8; });
  }
  Lines lines;
  EXPECT_EQ(run_remotely(path_, {"one more"}, lines).value(), 1);
  ASSERT_EQ(lines.all.size(), 1u);
  EXPECT_NE(lines.all[0].find("busy"), std::string::npos);
  {
    const std::lock_guard lock(mutex);
    release = true;
  }
  wake.notify_all();
  for (auto& one : busy) {
    EXPECT_EQ(one.get(), 0);
  }
}

}  // namespace
}  // namespace dermaga::admin

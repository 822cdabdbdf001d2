#include "admin/admin_socket.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

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
  const auto server =
      Server::start(path_, [](const auto& words, const std::string& user, Output& output) {
        output.line(user);
        for (const auto& word : words) {
          output.line("<" + word + ">");
        }
        return 3;
      });
  ASSERT_TRUE(server.has_value()) << server.error().message();
  Lines lines;
  EXPECT_EQ(run_remotely(path_, {"stock", "kopi \"gayo\"\n"}, lines).value(), 3);
  EXPECT_EQ(lines.all,
            (std::vector<std::string>{name_of_user(::getuid()), "<stock>", "<kopi \"gayo\"", ">"}));
}

TEST_F(AdminSocketTest, OnlyTheOwnerMayOpenIt) {
  const auto server = Server::start(path_, [](const auto&, const auto&, Output&) { return 0; });
  ASSERT_TRUE(server.has_value());
  struct stat info{};
  ASSERT_EQ(::stat(path_.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
}

TEST_F(AdminSocketTest, NobodyListening) {
  Lines lines;
  EXPECT_EQ(run_remotely(path_, {"x"}, lines).error().code(), ErrorCode::kUnavailable);
}

// Seconds long: the mark comes every five.
TEST_F(AdminSocketTest, SignsOfLifeAreNotLinesOfText) {
  const auto server = Server::start(path_, [](const auto&, const auto&, Output& output) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5'500));
    output.line("done");
    return 0;
  });
  ASSERT_TRUE(server.has_value());
  const int plain = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
  path_.copy(address.sun_path, sizeof address.sun_path - 1);
  ASSERT_EQ(::connect(plain, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  ASSERT_EQ(::send(plain, "[]\n", 3, 0), 3);
  Lines lines;
  EXPECT_EQ(run_remotely(path_, {"x"}, lines).value(), 0);
  EXPECT_EQ(lines.all, std::vector<std::string>{"done"});
  std::string raw;
  char chunk[256];
  for (ssize_t got = 0; (got = ::recv(plain, chunk, sizeof chunk, 0)) > 0;) {
    raw.append(chunk, static_cast<std::size_t>(got));
  }
  ::close(plain);
  EXPECT_EQ(raw,
            "\x05\ndone\n\x04"
            "0\n");
}

TEST_F(AdminSocketTest, ACoreThatHangsIsNotWaitedForForever) {
  const int listener = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
  path_.copy(address.sun_path, sizeof address.sun_path - 1);
  ASSERT_EQ(::bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  ASSERT_EQ(::listen(listener, 1), 0);  // accepts nobody
  Lines lines;
  const auto answer = run_remotely(path_, {"x"}, lines, std::chrono::milliseconds(100));
  ::close(listener);
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().code(), ErrorCode::kTimeout);
  EXPECT_NE(answer.error().message().find("hangs"), std::string::npos);
}

TEST_F(AdminSocketTest, TooLongAPathSaysSo) {
  const std::string path = folder_ + "/" + std::string(200, 'x');
  const auto server = Server::start(path, [](const auto&, const auto&, Output&) { return 0; });
  ASSERT_FALSE(server.has_value());
  EXPECT_NE(server.error().message().find("shorter --data"), std::string::npos);
}

TEST_F(AdminSocketTest, NinthCommandAtOnceIsToldToComeBack) {
  std::mutex mutex;
  std::condition_variable wake;
  bool release = false;
  int entered = 0;
  auto server = Server::start(path_, [&](const auto&, const auto&, Output&) {
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

#include "log/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <limits>

#include "files/files.h"
#include "json/reader.h"

namespace dermaga::log {
namespace {

using ::testing::HasSubstr;

class LogTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = ::testing::TempDir() + "log_XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    file_ = folder_ + "/log";
  }
  void TearDown() override {
    ASSERT_TRUE(start("test", "-", Level::kInfo).has_value());
    std::filesystem::remove_all(folder_);
  }
  std::string text(const std::string& path) const {
    return files::read_file(path, 100'000).value_or("");
  }
  std::string folder_;
  std::string file_;
};

TEST_F(LogTest, WritesOneJsonObjectALine) {
  ASSERT_TRUE(start("dermaga-edge", file_, Level::kInfo).has_value());
  debug("not_shown");
  info("ready", {{"port", 8440},
                 {"name", "a \"b\"\n"},
                 {"ratio", 0.5},
                 {"ok", true},
                 {"nan", std::numeric_limits<double>::quiet_NaN()},
                 {"bytes", "\xff!{}"}});
  const std::string line = text(file_);
  const auto document = json::Document::parse(line);
  ASSERT_TRUE(document.has_value()) << line;
  EXPECT_THAT(line, HasSubstr("Z\",\"level\":\"info\",\"program\":\"dermaga-edge\",\"event\":"
                              "\"ready\",\"port\":8440,\"name\":\"a \\\"b\\\"\\n\",\"ratio\":0.5,"
                              "\"ok\":true,\"nan\":null,\"bytes\":\"?!{}\"}\n"));
}

TEST_F(LogTest, ReopenFollowsRotation) {
  ASSERT_TRUE(start("test", file_, Level::kInfo).has_value());
  info("first");
  std::filesystem::rename(file_, file_ + ".1");
  info("second");
  reopen();
  warning("third");
  EXPECT_THAT(text(file_ + ".1"), HasSubstr("second"));
  EXPECT_THAT(text(file_), HasSubstr("\"level\":\"warning\""));
  EXPECT_THAT(text(file_), Not(HasSubstr("second")));
}

TEST_F(LogTest, AFailedReopenKeepsTheOldFile) {
  std::filesystem::create_directory(folder_ + "/sub");
  const std::string file = folder_ + "/sub/log";
  ASSERT_TRUE(start("test", file, Level::kInfo).has_value());
  std::filesystem::rename(folder_ + "/sub", folder_ + "/moved");
  std::ofstream(folder_ + "/sub") << "a file where the folder was";
  reopen();
  EXPECT_THAT(text(folder_ + "/moved/log"), HasSubstr("log_not_reopened"));
}

TEST_F(LogTest, AProcessThatMustStopSaysWhyTwice) {
  const auto stop = [this] {
    (void)start("dermaga-core", file_, Level::kInfo);
    stop_process("the disk could not sync");
  };
  EXPECT_EXIT(stop(), ::testing::ExitedWithCode(1), "dermaga-core: stopping: the disk could not");
  EXPECT_THAT(text(file_), HasSubstr(R"("event":"stopping","reason":"the disk could not sync")"));
}

TEST_F(LogTest, AFileThatCannotBeOpenedIsAnError) {
  const auto status = start("test", "/proc/none/log", Level::kInfo);
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().code(), ErrorCode::kIo);
  EXPECT_THAT(status.error().message(), HasSubstr("/proc/none/log"));
}

}  // namespace
}  // namespace dermaga::log

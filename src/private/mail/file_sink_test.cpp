#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "mail/mail.h"

namespace dermaga::mail {
namespace {

using ::testing::HasSubstr;

class FileSinkTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = ::testing::TempDir() + "mail_XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    root_ = pattern;
    folder_ = root_ + "/mail";
  }
  void TearDown() override { std::filesystem::remove_all(root_); }

  FileSinkOptions options() {
    return {.folder = folder_,
            .from = {.address = "shop@example.com", .name = "Shop"},
            .clock = clock_,
            .random = system_random()};
  }
  std::vector<std::string> mails() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
      names.push_back(entry.path().string());
    }
    std::ranges::sort(names);
    return names;
  }
  static std::string text_of(const std::string& file) {
    std::ifstream in(file);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  static Message message(const std::string& subject) {
    return {.to = vault::EmailAddress("sari@example.org"),
            .subject = subject,
            .text = vault::SecretText("Hello\n")};
  }

  ManualClock clock_{from_unix_ms(1'800'000'000'000)};
  std::string root_;
  std::string folder_;
};

TEST_F(FileSinkTest, WritesOneFileThatOnlyItsOwnerReads) {
  const auto sink = make_file_sink(options()).value();
  ASSERT_TRUE(sink->send(message("One")).has_value());
  ASSERT_EQ(mails().size(), 1U);
  EXPECT_THAT(text_of(mails()[0]), HasSubstr("To: sari@example.org\r\nSubject: One\r\n"));
  struct stat entry{};
  ASSERT_EQ(::stat(mails()[0].c_str(), &entry), 0);
  EXPECT_EQ(entry.st_mode & 0777U, 0600U);
  ASSERT_EQ(::stat(folder_.c_str(), &entry), 0);
  EXPECT_EQ(entry.st_mode & 0777U, 0700U);
}

TEST_F(FileSinkTest, RemovesTheOldestBeyondItsBound) {
  auto bounded = options();
  bounded.files_max = 3;
  const auto sink = make_file_sink(std::move(bounded)).value();
  std::ofstream(folder_ + "/notes.txt") << "not ours";
  for (const std::string subject : {"1", "2", "3", "4", "5"}) {
    ASSERT_TRUE(sink->send(message("S" + subject)).has_value());
    clock_.advance(std::chrono::milliseconds(1));
  }
  const auto names = mails();
  ASSERT_EQ(names.size(), 4U);
  EXPECT_THAT(text_of(names[0]), HasSubstr("Subject: S3"));
  EXPECT_THAT(text_of(names[2]), HasSubstr("Subject: S5"));
  EXPECT_TRUE(std::filesystem::exists(folder_ + "/notes.txt"));
}

TEST_F(FileSinkTest, RefusesWhatCannotBeSent) {
  const auto sink = make_file_sink(options()).value();
  EXPECT_EQ(sink->send(message("a\r\nBcc: b@c")).error().code(), ErrorCode::kInvalidArgument);
  EXPECT_TRUE(mails().empty());
  auto nobody = options();
  nobody.from.address = "nobody";
  EXPECT_EQ(make_file_sink(std::move(nobody)).error().code(), ErrorCode::kInvalidArgument);
}

TEST_F(FileSinkTest, SaysWhenTheFolderIsGone) {
  const auto sink = make_file_sink(options()).value();
  std::filesystem::remove_all(folder_);
  EXPECT_FALSE(sink->send(message("One")).has_value());
}

TEST_F(FileSinkTest, OldMailsAreRemovedAndNothingElse) {
  EXPECT_EQ(remove_files_before(folder_, clock_.now()).value(), 0);  // no folder yet
  const auto sink = make_file_sink(options()).value();
  ASSERT_TRUE(sink->send(message("One")).has_value());
  const std::string old = mails()[0];
  std::ofstream(old + ".AbCdEf") << "a crash left it";
  for (const char* other : {"/notes.eml", "/00180000000000-a.eml", "/001800000000000-a.txt"}) {
    std::ofstream(folder_ + other) << "not the sink's";
  }
  clock_.advance(std::chrono::milliseconds(1));
  ASSERT_TRUE(sink->send(message("Two")).has_value());
  EXPECT_EQ(remove_files_before(folder_, clock_.now() - std::chrono::milliseconds(1)).value(), 0);
  EXPECT_EQ(remove_files_before(folder_, clock_.now()).value(), 2);
  EXPECT_FALSE(std::filesystem::exists(old));
  EXPECT_EQ(mails().size(), 4U);
  EXPECT_EQ(remove_files_before(folder_, clock_.now()).value(), 0);
}

}  // namespace
}  // namespace dermaga::mail

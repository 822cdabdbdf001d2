#include "files/files.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

namespace dermaga::files {
namespace {

class FilesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = ::testing::TempDir() + "files_XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::string folder_;
};

TEST_F(FilesTest, AtomicWriteReplacesAndSetsTheMode) {
  const std::string path = folder_ + "/a";
  ASSERT_TRUE(write_file_atomically(path, "one", 0600).has_value());
  ASSERT_TRUE(write_file_atomically(path, "two", 0600).has_value());
  EXPECT_EQ(read_file(path, 10).value(), "two");
  EXPECT_EQ(read_secret_file(path, 10).value(), "two");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_), {}), 1);
}

TEST_F(FilesTest, ReadIsBounded) {
  const std::string path = folder_ + "/a";
  ASSERT_TRUE(write_file_atomically(path, "0123456789", 0600).has_value());
  EXPECT_EQ(read_file(path, 9).error().code(), ErrorCode::kInvalidArgument);
  EXPECT_EQ(read_file(folder_ + "/none", 9).error().code(), ErrorCode::kNotFound);
}

TEST_F(FilesTest, WideSecretsAreRefusedWithTheCure) {
  const std::string path = folder_ + "/key";
  ASSERT_TRUE(write_file_atomically(path, "secret", 0640).has_value());
  const auto refused = read_secret_file(path, 10);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code(), ErrorCode::kForbidden);
  EXPECT_NE(refused.error().message().find("chmod 600"), std::string::npos);
}

TEST_F(FilesTest, OnlyOneHolderOfALock) {
  const std::string path = folder_ + "/lock";
  {
    auto first = LockFile::acquire(path);
    ASSERT_TRUE(first.has_value());
    EXPECT_EQ(LockFile::acquire(path).error().code(), ErrorCode::kAlreadyExists);
  }
  EXPECT_TRUE(LockFile::acquire(path).has_value());
}

TEST_F(FilesTest, WritingIntoAMissingFolderSaysWhich) {
  const auto status = write_file_atomically(folder_ + "/x/y", "1", 0600);
  ASSERT_FALSE(status.has_value());
  EXPECT_NE(status.error().message().find("/x/y"), std::string::npos);
}

}  // namespace
}  // namespace dermaga::files

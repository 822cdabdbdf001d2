// Issue 3: a failed fsync is never tried again. This program's own fsync and fdatasync stand in
// front of the C library's, also for SQLite, and fail for one file.
#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <filesystem>
#include <string>
#include <vector>

#include "store/store.h"

namespace {

// Set and read by one thread at a time; the ending of the file's path, empty: nothing fails.
std::string failing_file;  // NOLINT(cert-err58-cpp)
std::atomic<int> syncs_after_failure{0};
std::atomic<bool> failed{false};

int sync_unless_told(int descriptor, long call) {
  char path[4096];
  const std::string link = "/proc/self/fd/" + std::to_string(descriptor);
  const ssize_t size = ::readlink(link.c_str(), path, sizeof path);
  const std::string name(path, size > 0 ? static_cast<std::size_t>(size) : 0);
  if (failed) {
    ++syncs_after_failure;
  } else if (!failing_file.empty() && name.ends_with(failing_file)) {
    failed = true;
    errno = EIO;
    return -1;
  }
  return static_cast<int>(::syscall(call, descriptor));
}

}  // namespace

extern "C" int fdatasync(int descriptor) {
  return sync_unless_told(descriptor, SYS_fdatasync);
}
extern "C" int fsync(int descriptor) {
  return sync_unless_told(descriptor, SYS_fsync);
}

namespace dermaga::store {
namespace {

class SyncFailure : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/dermaga-sync-XXXXXX";
    ASSERT_NE(::mkdtemp(name), nullptr);
    folder_ = name;
  }
  void TearDown() override {
    failing_file.clear();
    failed = false;
    syncs_after_failure = 0;
    std::filesystem::remove_all(folder_);
  }

  std::unique_ptr<Connection> connect(int checkpoint_pages, bool listens = true) {
    SqliteOptions options{.file = folder_ + "/core.db", .checkpoint_pages = checkpoint_pages};
    if (listens) {
      options.on_sync_failed = [this](std::string_view reason) {
        reasons_.emplace_back(reason);
        syncs_when_told_ = syncs_after_failure;
      };
    }
    database_ = open_sqlite(options).value();
    auto connection = database_->connect().value();
    EXPECT_TRUE(connection->execute("CREATE TABLE t (v BLOB) STRICT"));
    return connection;
  }
  // In one transaction; false when the commit was refused.
  static bool write(Connection& connection, std::size_t bytes) {
    const std::string value(bytes, 'x');
    auto transaction = Transaction::begin(connection).value();
    EXPECT_TRUE(
        connection.execute("INSERT INTO t VALUES ($1)", std::vector<Parameter>{Blob{value}}));
    return transaction.commit().has_value();
  }

  std::string folder_;
  std::unique_ptr<Database> database_;
  std::vector<std::string> reasons_;
  int syncs_when_told_ = -1;
};

TEST_F(SyncFailure, Issue3OfACommitIsToldBeforeAnythingElseIsSynced) {
  const auto connection = connect(8'000);
  EXPECT_TRUE(write(*connection, 10));
  failing_file = "/core.db-wal";
  EXPECT_FALSE(write(*connection, 10));
  ASSERT_EQ(reasons_.size(), 1u);
  EXPECT_NE(reasons_[0].find("could not sync"), std::string::npos) << reasons_[0];
  EXPECT_NE(reasons_[0].find(folder_), std::string::npos) << reasons_[0];
  EXPECT_EQ(syncs_when_told_, 0);
}

TEST_F(SyncFailure, Issue3OfAStatementOutsideOfATransactionIsTold) {
  const auto connection = connect(8'000);
  failing_file = "/core.db-wal";
  EXPECT_FALSE(connection->execute("INSERT INTO t VALUES (x'00')").has_value());
  EXPECT_EQ(reasons_.size(), 1u);
  EXPECT_EQ(syncs_when_told_, 0);
}

TEST_F(SyncFailure, Issue3OfACheckpointIsToldAndTheCommitIsNotAcknowledged) {
  const auto connection = connect(20);
  failing_file = "/core.db";
  bool acknowledged = true;
  for (int i = 0; i < 30 && acknowledged; ++i) {
    acknowledged = write(*connection, 4'000);
  }
  EXPECT_FALSE(acknowledged);
  ASSERT_EQ(reasons_.size(), 1u);
  EXPECT_EQ(syncs_when_told_, 0);
}

TEST_F(SyncFailure, Issue3OfTheStoresFolderKeepsItClosed) {
  (void)connect(8'000);
  database_.reset();
  failing_file = folder_;
  const auto opened = open_sqlite({.file = folder_ + "/core.db"});
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().code(), ErrorCode::kIo);
  EXPECT_NE(opened.error().message().find(folder_), std::string::npos);
}

TEST_F(SyncFailure, Issue3TheLogStaysWhileTheDatabaseIsOpen) {
  (void)connect(8'000);
  EXPECT_TRUE(std::filesystem::exists(folder_ + "/core.db-wal"));
  database_.reset();
  EXPECT_FALSE(std::filesystem::exists(folder_ + "/core.db-wal"));
}

// As a killed process leaves it: the log lies beside the database, perhaps in the page cache only.
TEST_F(SyncFailure, Issue3ALogThatCannotBeSyncedIsNotCopiedIntoTheDatabase) {
  const auto connection = connect(8'000);
  EXPECT_TRUE(write(*connection, 10));
  const std::string left = folder_ + "/left";
  std::filesystem::create_directory(left);
  for (const char* name : {"/core.db", "/core.db-wal"}) {
    std::filesystem::copy_file(folder_ + name, left + name);
  }
  const auto size = [&](const char* name) { return std::filesystem::file_size(left + name); };
  const auto database_size = size("/core.db");
  const auto log_size = size("/core.db-wal");
  failing_file = "/left/core.db-wal";
  EXPECT_FALSE(open_sqlite({.file = left + "/core.db"}).has_value());
  EXPECT_EQ(syncs_after_failure, 0);
  ASSERT_TRUE(std::filesystem::exists(left + "/core.db-wal"));
  EXPECT_EQ(size("/core.db-wal"), log_size);
  EXPECT_EQ(size("/core.db"), database_size);
}

TEST_F(SyncFailure, WithoutAListenerTheStatementFails) {
  const auto connection = connect(8'000, false);
  failing_file = "/core.db-wal";
  const auto failure = connection->execute("INSERT INTO t VALUES (x'00')");
  ASSERT_FALSE(failure.has_value());
  EXPECT_EQ(failure.error().code(), ErrorCode::kIo);
}

TEST_F(SyncFailure, ALongLogIsCheckpointed) {
  const auto connection = connect(20);
  const auto size = [&] { return std::filesystem::file_size(folder_ + "/core.db"); };
  const auto before = size();
  for (int i = 0; i < 30; ++i) {
    EXPECT_TRUE(write(*connection, 4'000));
  }
  EXPECT_GT(size(), before);
  EXPECT_TRUE(reasons_.empty());
}

}  // namespace
}  // namespace dermaga::store

// Checkpoints beside the commits.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "store/store.h"
#include "sync_fault_test.h"

namespace dermaga::store {
namespace {

using namespace std::chrono_literals;

constexpr int kCheckpointPages = 20;
constexpr int kLogPagesMax = 200;
constexpr std::uintmax_t kFrameBytes = 24 + 4096;
constexpr std::uintmax_t kLogHeaderBytes = 32;

class Checkpoints : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/dermaga-checkpoints-XXXXXX";
    ASSERT_NE(::mkdtemp(name), nullptr);
    folder_ = name;
    open(true);
    ASSERT_TRUE(connection_->execute("CREATE TABLE t (v BLOB) STRICT"));
    sync_fault::clear();
  }
  void TearDown() override {
    connection_.reset();
    database_.reset();
    sync_fault::clear();
    std::filesystem::remove_all(folder_);
  }

  void open(bool listens) {
    connection_.reset();
    database_.reset();
    SqliteOptions options{.file = folder_ + "/core.db",
                          .checkpoint_pages = kCheckpointPages,
                          .checkpoint_thread = true,
                          .log_pages_max = kLogPagesMax};
    if (listens) {
      options.on_sync_failed = [this](std::string_view) { ++told_; };
    }
    database_ = open_sqlite(options).value();
    connection_ = database_->connect().value();
  }
  Status write() {
    const std::string value(4'000, 'x');
    const std::vector<Parameter> row{Blob{value}};
    auto transaction = Transaction::begin(*connection_).value();
    RETURN_IF_ERROR(connection_->execute("INSERT INTO t VALUES ($1)", row));
    return transaction.commit();
  }
  std::int64_t rows() {
    std::int64_t count = 0;
    EXPECT_TRUE(
        connection_->query("SELECT count(*) FROM t", {}, [&count](const Row& row) -> Status {
          count = row.integer(0);
          return {};
        }));
    return count;
  }
  std::uintmax_t log_bytes() const { return std::filesystem::file_size(folder_ + "/core.db-wal"); }

  std::string folder_;
  std::unique_ptr<Database> database_;
  std::unique_ptr<Connection> connection_;
  std::atomic<int> told_ = 0;
};

TEST_F(Checkpoints, CommitsDoNotWaitForThem) {
  for (int i = 0; i < 30; ++i) {
    ASSERT_TRUE(write());
  }
  for (int i = 0; i < 500 && sync_fault::of_database == 0; ++i) {
    std::this_thread::sleep_for(10ms);
  }
  EXPECT_GT(sync_fault::of_database, 0);
  EXPECT_EQ(sync_fault::of_database_here, 0);
}

TEST_F(Checkpoints, ALogThatIsNeverEmptyStaysBounded) {
  constexpr int kRows = 2'000;
  for (int i = 0; i < kRows; ++i) {
    ASSERT_TRUE(write());
    ASSERT_LE(log_bytes(), kLogHeaderBytes + (kLogPagesMax + 10) * kFrameBytes);
  }
  EXPECT_EQ(rows(), kRows);
  open(true);
  EXPECT_EQ(rows(), kRows);
  EXPECT_EQ(told_, 0);
}

TEST_F(Checkpoints, AReaderKeepsItsMomentAndTheLog) {
  ASSERT_TRUE(write());
  auto reader = database_->connect_read_only().value();
  std::int64_t seen = 0;
  const auto count = [&seen](const Row& row) -> Status {
    seen = row.integer(0);
    return {};
  };
  ASSERT_TRUE(reader->begin());
  ASSERT_TRUE(reader->query("SELECT count(*) FROM t", {}, count));
  for (int i = 0; i < 2 * kLogPagesMax; ++i) {
    ASSERT_TRUE(write());
  }
  ASSERT_TRUE(reader->query("SELECT count(*) FROM t", {}, count));
  EXPECT_EQ(seen, 1);
  reader->rollback();
  ASSERT_TRUE(reader->query("SELECT count(*) FROM t", {}, count));
  EXPECT_EQ(seen, 1 + 2 * kLogPagesMax);
}

TEST_F(Checkpoints, Issue3AFailedSyncIsToldOnceAndNothingIsAcknowledgedAfterIt) {
  sync_fault::failing_file = "/core.db";
  Status written;
  for (int i = 0; i < 2'000 && written.has_value(); ++i) {
    written = write();
    std::this_thread::sleep_for(1ms);
  }
  ASSERT_FALSE(written.has_value());
  EXPECT_EQ(sync_fault::of_database, 1);
  EXPECT_GE(told_, 1);
  EXPECT_FALSE(write().has_value());
  EXPECT_EQ(sync_fault::of_database, 1);
}

TEST_F(Checkpoints, Issue3WithoutAListenerTheNextCommitFails) {
  open(false);
  sync_fault::failing_file = "/core.db";
  Status written;
  for (int i = 0; i < 2'000 && written.has_value(); ++i) {
    written = write();
    std::this_thread::sleep_for(1ms);
  }
  ASSERT_FALSE(written.has_value());
  EXPECT_EQ(written.error().code(), ErrorCode::kIo);
}

}  // namespace
}  // namespace dermaga::store

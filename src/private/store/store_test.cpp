#include "store/store.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "sqlite_connection.h"

namespace dermaga::store {
namespace {

class Store : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/dermaga-store-XXXXXX";
    ASSERT_NE(::mkdtemp(name), nullptr);
    folder_ = name;
    file_ = folder_ + "/core.db";
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::unique_ptr<Connection> connect() {
    if (!database_) {
      auto opened = open_sqlite({.file = file_});
      EXPECT_TRUE(opened.has_value()) << opened.error().message();
      database_ = std::move(opened).value();
    }
    return database_->connect().value();
  }
  static std::int64_t number(Connection& connection, std::string_view sql) {
    std::int64_t value = -1;
    EXPECT_TRUE(connection.query(sql, {}, [&](const Row& row) -> Status {
      value = row.integer(0);
      return {};
    }));
    return value;
  }

  std::string folder_;
  std::string file_;
  std::unique_ptr<Database> database_;
};

TEST_F(Store, OpensDurablyAndPrivately) {
  const auto connection = connect();
  EXPECT_EQ(number(*connection, "PRAGMA synchronous"), 2);  // FULL
  EXPECT_EQ(number(*connection, "PRAGMA foreign_keys"), 1);
  EXPECT_EQ(number(*connection, "SELECT journal_mode = 'wal' FROM pragma_journal_mode"), 1);
  struct stat info{};
  ASSERT_EQ(::stat(file_.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
}

TEST_F(Store, MigratesOnceAndRefusesANewerSchema) {
  const auto connection = connect();
  EXPECT_EQ(migrate(*connection, "sqlite").value(), newest_schema_version());
  EXPECT_EQ(migrate(*connection, "sqlite").value(), newest_schema_version());
  EXPECT_EQ(schema_version(*connection).value(), newest_schema_version());
  ASSERT_TRUE(connection->execute("INSERT INTO schema_migrations VALUES (9999, 'future')"));
  const auto refused = migrate(*connection, "sqlite");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), ErrorCode::kVersionConflict);
  EXPECT_NE(refused.error().message().find("newer Dermaga"), std::string::npos);
}

TEST_F(Store, WritesAndReadsEveryKindOfValue) {
  const auto connection = connect();
  ASSERT_TRUE(connection->execute("CREATE TABLE t (k INTEGER PRIMARY KEY, s TEXT, b BLOB) STRICT"));
  constexpr std::string_view kColumns[] = {"k", "s", "b"};
  const std::string zeros("\0x\0", 3);
  const Parameter rows[] = {std::int64_t{3}, std::string_view("tiga"), Blob{zeros},
                            std::int64_t{1}, std::string_view(""),     Blob{""},
                            std::int64_t{2}, std::monostate{},         std::monostate{}};
  ASSERT_TRUE(connection->insert_many("t", kColumns, rows));
  std::vector<std::int64_t> seen;
  const Parameter keys[] = {std::int64_t{3}, std::int64_t{1}, std::int64_t{3}, std::int64_t{9}};
  ASSERT_TRUE(
      connection->select_by_keys("t", "k, s, b", "k", keys, true, [&](const Row& row) -> Status {
        seen.push_back(row.integer(0));
        EXPECT_EQ(row.text(1), row.integer(0) == 3 ? "tiga" : "");
        EXPECT_EQ(row.blob(2), row.integer(0) == 3 ? zeros : "");
        EXPECT_FALSE(row.is_null(1));
        return {};
      }));
  EXPECT_EQ(seen, (std::vector<std::int64_t>{1, 3}));  // key order, each once
  EXPECT_EQ(number(*connection, "SELECT count(*) FROM t WHERE s IS NULL"), 1);
  const Parameter updates[] = {std::int64_t{1}, std::string_view("x"), std::int64_t{7},
                               std::string_view("y")};
  EXPECT_EQ(connection->execute_many("UPDATE t SET s = $2 WHERE k = $1", 2, updates).value(), 1);
}

TEST_F(Store, KeyConflictsAndCallbackErrorsAreTold) {
  const auto connection = connect();
  ASSERT_TRUE(connection->execute("CREATE TABLE t (k INTEGER PRIMARY KEY) STRICT"));
  constexpr std::string_view kColumns[] = {"k"};
  const Parameter rows[] = {std::int64_t{1}, std::int64_t{1}};
  EXPECT_EQ(connection->insert_many("t", kColumns, rows).error().code(), ErrorCode::kAlreadyExists);
  const auto status = connection->query("SELECT k FROM t", {}, [](const Row&) -> Status {
    return make_error(ErrorCode::kInvalidArgument, "enough");
  });
  EXPECT_EQ(status.error().code(), ErrorCode::kInvalidArgument);
  EXPECT_EQ(connection->execute("SELEKT 1").error().code(), ErrorCode::kInternal);
  EXPECT_EQ(connection->execute("  ").error().code(), ErrorCode::kInternal);
}

TEST_F(Store, ACallbackMayRunTheSameStatement) {
  const auto connection = connect();
  int inner = 0;
  ASSERT_TRUE(connection->query("SELECT 1", {}, [&](const Row&) -> Status {
    return connection->query("SELECT 1", {}, [&](const Row&) -> Status {
      ++inner;
      return {};
    });
  }));
  EXPECT_EQ(inner, 1);
}

TEST_F(Store, AnUncommittedTransactionLeavesNothing) {
  const auto connection = connect();
  ASSERT_TRUE(connection->execute("CREATE TABLE t (k INTEGER PRIMARY KEY) STRICT"));
  {
    auto transaction = Transaction::begin(*connection).value();
    ASSERT_TRUE(connection->execute("INSERT INTO t VALUES (1)"));
  }
  EXPECT_EQ(number(*connection, "SELECT count(*) FROM t"), 0);
  auto transaction = Transaction::begin(*connection).value();
  ASSERT_TRUE(connection->execute("INSERT INTO t VALUES (1)"));
  ASSERT_TRUE(transaction.commit());
  EXPECT_EQ(number(*database_->connect_read_only().value(), "SELECT count(*) FROM t"), 1);
}

TEST_F(Store, ReadOnlyConnectionsCannotWrite) {
  const auto writer = connect();
  ASSERT_TRUE(writer->execute("CREATE TABLE t (k INTEGER PRIMARY KEY) STRICT"));
  const auto reader = database_->connect_read_only().value();
  EXPECT_EQ(reader->execute("INSERT INTO t VALUES (1)").error().code(), ErrorCode::kIo);
}

TEST_F(Store, DamagedAndForeignFilesAreRefusedWithWhatToDo) {
  std::ofstream(file_) << std::string(8192, 'x');
  const auto damaged = open_sqlite({.file = file_});
  ASSERT_FALSE(damaged);
  EXPECT_EQ(damaged.error().code(), ErrorCode::kCorrupt);
  EXPECT_NE(damaged.error().message().find("backup"), std::string::npos);

  file_ = folder_ + "/other.db";
  {
    const auto connection = connect();
    ASSERT_TRUE(connection->execute("PRAGMA application_id=7"));
  }
  database_.reset();
  const auto foreign = open_sqlite({.file = file_});
  ASSERT_FALSE(foreign);
  EXPECT_EQ(foreign.error().code(), ErrorCode::kCorrupt);
  EXPECT_EQ(open_sqlite({.file = folder_ + "/none/core.db"}).error().code(), ErrorCode::kIo);
}

TEST_F(Store, ADamagedPageIsFoundAtTheStart) {
  {
    const auto connection = connect();
    ASSERT_TRUE(connection->execute("CREATE TABLE t (k INTEGER PRIMARY KEY, s TEXT) STRICT"));
    for (int i = 0; i < 2000; ++i) {
      ASSERT_TRUE(connection->execute("INSERT INTO t (s) VALUES ('some text to fill the pages')"));
    }
  }
  database_.reset();
  {
    std::fstream file(file_, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(4096 * 3);
    file << std::string(4096, '\xff');
  }
  const auto damaged = open_sqlite({.file = file_});
  ASSERT_FALSE(damaged);
  EXPECT_EQ(damaged.error().code(), ErrorCode::kCorrupt);
}

TEST_F(Store, AFullDiskIsSaidPlainly) {
  const auto connection = connect();
  ASSERT_TRUE(connection->execute("CREATE TABLE t (b BLOB) STRICT"));
  ASSERT_TRUE(connection->execute("PRAGMA max_page_count=10"));
  const auto full = connection->execute("INSERT INTO t VALUES (zeroblob(1000000))");
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().code(), ErrorCode::kIo);
  EXPECT_NE(full.error().message().find("is full; free some space"), std::string::npos);
}

TEST_F(Store, BrokenReferencesAreFound) {
  const auto connection = connect();
  ASSERT_TRUE(connection->execute("CREATE TABLE p (k INTEGER PRIMARY KEY) STRICT"));
  ASSERT_TRUE(connection->execute("CREATE TABLE c (k INTEGER REFERENCES p(k)) STRICT"));
  EXPECT_TRUE(reference_breaches(*connection, "sqlite")->empty());
  ASSERT_TRUE(connection->execute("PRAGMA foreign_keys=OFF"));
  ASSERT_TRUE(connection->execute("INSERT INTO c VALUES (5)"));
  EXPECT_EQ(reference_breaches(*connection, "sqlite")->size(), 1u);
  EXPECT_TRUE(integrity_breaches(*connection, "sqlite")->empty());
}

TEST(Dialect, OnlyTheWordsThatDifferChange) {
  EXPECT_EQ(translate_schema("a INTEGER, INTEGERS BLOB) STRICT, WITHOUT ROWID", "postgresql"),
            "a BIGINT, INTEGERS BYTEA) ");
  EXPECT_EQ(translate_schema("a BLOB) STRICT", "sqlite"), "a BLOB) STRICT");
}

TEST(Dialect, ParametersAreNumberedOutsideOfLiterals) {
  EXPECT_EQ(number_parameters("SELECT $1, '$2', $12"), "SELECT ?1, '$2', ?12");
}

}  // namespace
}  // namespace dermaga::store

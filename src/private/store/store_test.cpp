#include "store/store.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>
#include <utility>

#include "local_postgres/local_postgres.h"
#include "sqlite_connection.h"

namespace dermaga::store {
namespace {

// Runs on SQLite, and with DERMAGA_TEST_STORE=postgres on a server of its own.
class Store : public testing::Test {
 protected:
  static bool on_postgres() {
    const char* const store = std::getenv("DERMAGA_TEST_STORE");
    return store != nullptr && std::string_view(store) == "postgres";
  }
  static std::string_view dialect() { return on_postgres() ? "postgresql" : "sqlite"; }

  static void SetUpTestSuite() {
    if (on_postgres()) {
      server_ = new Result<std::unique_ptr<local_postgres::LocalPostgres>>(
          local_postgres::LocalPostgres::start());
    }
  }
  static void TearDownTestSuite() { delete std::exchange(server_, nullptr); }

  void SetUp() override {
    char name[] = "/tmp/dermaga-store-XXXXXX";
    ASSERT_NE(::mkdtemp(name), nullptr);
    folder_ = name;
    file_ = folder_ + "/core.db";
    if (server_ == nullptr) {
      return;
    }
    if (!server_->has_value()) {
      ASSERT_EQ(server_->error().code(), ErrorCode::kNotFound) << server_->error().message();
      GTEST_SKIP() << server_->error().message();
    }
    static int number = 0;
    url_ = (**server_)->url("t" + std::to_string(++number));
    const auto plain = open_postgres({.url = (**server_)->url()});
    ASSERT_TRUE(plain.has_value()) << plain.error().message();
    const auto maker = (*plain)->connect().value();
    ASSERT_TRUE(maker->execute("CREATE SCHEMA t" + std::to_string(number)));
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::unique_ptr<Connection> connect() {
    if (!database_) {
      auto opened = on_postgres() ? open_postgres({.url = url_}) : open_sqlite({.file = file_});
      EXPECT_TRUE(opened.has_value()) << opened.error().message();
      database_ = std::move(opened).value();
    }
    return database_->connect().value();
  }
  static Status create(Connection& connection, std::string_view sql) {
    RETURN_IF_ERROR(connection.execute(translate_schema(sql, dialect())));
    return {};
  }
  static std::int64_t number(Connection& connection, std::string_view sql) {
    std::int64_t value = -1;
    EXPECT_TRUE(connection.query(sql, {}, [&](const Row& row) -> Status {
      value = row.integer(0);
      return {};
    }));
    return value;
  }

  static inline Result<std::unique_ptr<local_postgres::LocalPostgres>>* server_ = nullptr;
  std::string folder_;
  std::string file_;
  std::string url_;
  std::unique_ptr<Database> database_;
};

// What only one of the drivers has.
class SqliteStore : public Store {
 protected:
  void SetUp() override {
    if (on_postgres()) {
      GTEST_SKIP() << "about SQLite";
    }
    Store::SetUp();
  }
};
class PostgresStore : public Store {
 protected:
  void SetUp() override {
    if (!on_postgres()) {
      GTEST_SKIP() << "about PostgreSQL";
    }
    Store::SetUp();
  }
  // Ends the session of `connection` from another one.
  void end_session(Connection& connection) {
    const std::int64_t session = number(connection, "SELECT pg_backend_pid()");
    EXPECT_EQ(number(*connect(), "SELECT CAST(pg_terminate_backend(" + std::to_string(session) +
                                     ", 5000) AS INTEGER)"),
              1);
  }
};

TEST_F(SqliteStore, OpensDurablyAndPrivately) {
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
  EXPECT_EQ(migrate(*connection, dialect()).value(), newest_schema_version());
  EXPECT_EQ(migrate(*connection, dialect()).value(), newest_schema_version());
  EXPECT_EQ(schema_version(*connection, dialect()).value(), newest_schema_version());
  ASSERT_TRUE(connection->execute("INSERT INTO schema_migrations VALUES (9999, 'future')"));
  const auto refused = migrate(*connection, dialect());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), ErrorCode::kVersionConflict);
  EXPECT_NE(refused.error().message().find("newer Dermaga"), std::string::npos);
}

TEST_F(Store, WritesAndReadsEveryKindOfValue) {
  const auto connection = connect();
  ASSERT_TRUE(create(*connection, "CREATE TABLE t (k INTEGER PRIMARY KEY, s TEXT, b BLOB) STRICT"));
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
  ASSERT_TRUE(create(*connection, "CREATE TABLE t (k INTEGER PRIMARY KEY) STRICT"));
  constexpr std::string_view kColumns[] = {"k"};
  const Parameter rows[] = {std::int64_t{1}, std::int64_t{1}};
  EXPECT_EQ(connection->insert_many("t", kColumns, rows).error().code(), ErrorCode::kAlreadyExists);
  const auto status = connection->query("SELECT 1", {}, [](const Row&) -> Status {
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
  ASSERT_TRUE(create(*connection, "CREATE TABLE t (k INTEGER PRIMARY KEY) STRICT"));
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
  ASSERT_TRUE(create(*writer, "CREATE TABLE t (k INTEGER PRIMARY KEY) STRICT"));
  const auto reader = database_->connect_read_only().value();
  EXPECT_EQ(reader->execute("INSERT INTO t VALUES (1)").error().code(), ErrorCode::kIo);
}

TEST_F(Store, WritesOfATransactionAreSeenInIt) {
  const auto connection = connect();
  ASSERT_TRUE(create(*connection, "CREATE TABLE t (k INTEGER PRIMARY KEY, s TEXT) STRICT"));
  auto transaction = Transaction::begin(*connection).value();
  constexpr std::string_view kColumns[] = {"k", "s"};
  const Parameter rows[] = {std::int64_t{1}, std::string_view("a"), std::int64_t{2},
                            std::string_view("b")};
  ASSERT_TRUE(connection->insert_many("t", kColumns, rows));
  const Parameter swapped[] = {std::int64_t{1}, std::string_view("B"), std::int64_t{2},
                               std::string_view("A")};
  ASSERT_TRUE(connection->update_many("UPDATE t SET s = $2 WHERE k = $1", 2, swapped));
  EXPECT_EQ(number(*connection, "SELECT count(*) FROM t WHERE (k, s) IN ((1, 'B'), (2, 'A'))"), 2);
  ASSERT_TRUE(transaction.commit());
  EXPECT_EQ(number(*connect(), "SELECT count(*) FROM t"), 2);
}

TEST_F(Store, AnUpdateThatMissesARowCommitsNothing) {
  const auto connection = connect();
  ASSERT_TRUE(create(*connection, "CREATE TABLE t (k INTEGER PRIMARY KEY, v INTEGER) STRICT"));
  ASSERT_TRUE(connection->execute("INSERT INTO t VALUES (1, 1)"));
  const Parameter values[] = {std::int64_t{1}, std::int64_t{7}, std::int64_t{2}, std::int64_t{7}};
  const Status status = [&]() -> Status {
    ASSIGN_OR_RETURN(auto transaction, Transaction::begin(*connection));
    RETURN_IF_ERROR(connection->update_many("UPDATE t SET v = $2 WHERE k = $1", 2, values));
    return transaction.commit();
  }();
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().code(), ErrorCode::kInternal);
  EXPECT_NE(status.error().message().find("a row to change is gone"), std::string::npos);
  EXPECT_EQ(number(*connection, "SELECT v FROM t"), 1);
}

TEST_F(Store, AConflictIsToldByTheCommitAtTheLatest) {
  const auto connection = connect();
  ASSERT_TRUE(create(*connection, "CREATE TABLE t (k TEXT PRIMARY KEY) STRICT"));
  const auto insert = [&](std::string_view key) -> Status {
    ASSIGN_OR_RETURN(auto transaction, Transaction::begin(*connection));
    constexpr std::string_view kColumns[] = {"k"};
    const Parameter row[] = {key};
    RETURN_IF_ERROR(connection->insert_many("t", kColumns, row));
    return transaction.commit();
  };
  EXPECT_TRUE(insert("a").has_value());
  const Status again = insert("a");
  ASSERT_FALSE(again.has_value());
  EXPECT_EQ(again.error().code(), ErrorCode::kAlreadyExists);
  EXPECT_TRUE(insert("b").has_value());  // the connection is as good as before
}

TEST_F(Store, ManyRowsInKeyOrderOfBytes) {
  const auto connection = connect();
  ASSERT_TRUE(create(*connection,
                     "CREATE TABLE t (k TEXT NOT NULL, n INTEGER NOT NULL, b BLOB, PRIMARY KEY "
                     "(k, n)) STRICT, WITHOUT ROWID"));
  std::vector<std::string> keys;
  for (int i = 0; i < 3000; ++i) {
    keys.push_back((i % 2 == 0 ? "Z" : "a") + std::to_string(i));
  }
  const std::string bytes(500, '\xff');
  std::vector<Parameter> rows;
  std::vector<Parameter> wanted;
  for (const std::string& key : keys) {
    rows.insert(rows.end(), {std::string_view(key), std::int64_t{7}, Blob{bytes}});
    wanted.emplace_back(std::string_view(key));
  }
  constexpr std::string_view kColumns[] = {"k", "n", "b"};
  ASSERT_TRUE(connection->insert_many("t", kColumns, rows));
  std::vector<std::string> seen;
  ASSERT_TRUE(
      connection->select_by_keys("t", "k, n, b", "k", wanted, false, [&](const Row& row) -> Status {
        seen.emplace_back(row.text(0));
        EXPECT_EQ(row.blob(2), bytes);
        return {};
      }));
  std::ranges::sort(keys);
  EXPECT_EQ(seen, keys);
}

TEST_F(Store, AJobIsClaimedByOneTransactionAtATime) {
  const auto first = connect();
  const auto second = connect();
  {
    auto transaction = Transaction::begin(*first).value();
    EXPECT_TRUE(first->claim("sweep", false).value());
    if (on_postgres()) {
      auto other = Transaction::begin(*second).value();
      EXPECT_FALSE(second->claim("sweep", false).value());
      EXPECT_TRUE(second->claim("another", false).value());
    }
  }
  auto transaction = Transaction::begin(*second).value();
  EXPECT_TRUE(second->claim("sweep", true).value());
}

TEST_F(Store, TwoProcessesMayMigrateAtOnce) {
  const auto first = connect();
  const auto second = connect();
  Result<int> other(0);
  std::thread thread([&] { other = migrate(*second, dialect()); });
  const auto version = migrate(*first, dialect());
  thread.join();
  EXPECT_EQ(version.value_or(-1), newest_schema_version());
  EXPECT_EQ(other.value_or(-1), newest_schema_version());
}

TEST_F(PostgresStore, ALostServerIsConnectedAnew) {
  const auto connection = connect();
  ASSERT_TRUE(create(*connection, "CREATE TABLE t (k INTEGER PRIMARY KEY) STRICT"));
  end_session(*connection);
  EXPECT_EQ(number(*connection, "SELECT count(*) FROM t"), 0);
  end_session(*connection);
  EXPECT_TRUE(connection->execute("INSERT INTO t VALUES (1)"));
}

TEST_F(PostgresStore, CommitsStayDurableWhateverTheServerIsToldLater) {
  const auto connection = connect();
  const auto other = connect();
  const auto tell = [&](const std::string& sql) {
    ASSERT_TRUE(other->execute(sql));
    ASSERT_TRUE(other->execute("SELECT pg_reload_conf()"));
  };
  tell("ALTER SYSTEM SET synchronous_commit = off");
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  std::string setting;
  EXPECT_TRUE(connection->query("SHOW synchronous_commit", {}, [&](const Row& row) -> Status {
    setting = row.text(0);
    return {};
  }));
  EXPECT_EQ(setting, "on");
  tell("ALTER SYSTEM RESET synchronous_commit");
}

TEST_F(PostgresStore, ALostTransactionWroteNothing) {
  const auto connection = connect();
  ASSERT_TRUE(create(*connection, "CREATE TABLE t (k INTEGER PRIMARY KEY) STRICT"));
  {
    auto transaction = Transaction::begin(*connection).value();
    ASSERT_TRUE(connection->execute("INSERT INTO t VALUES (1)"));
    end_session(*connection);
    const auto lost = connection->execute("INSERT INTO t VALUES (2)");
    ASSERT_FALSE(lost.has_value());
    EXPECT_EQ(lost.error().code(), ErrorCode::kUnavailable);
    EXPECT_EQ(transaction.commit().error().code(), ErrorCode::kUnavailable);
  }
  EXPECT_EQ(number(*connection, "SELECT count(*) FROM t"), 0);
}

TEST_F(PostgresStore, ALostCommitIsSaidToBeUnknown) {
  const auto connection = connect();
  ASSERT_TRUE(create(*connection, "CREATE TABLE t (k INTEGER PRIMARY KEY) STRICT"));
  auto transaction = Transaction::begin(*connection).value();
  ASSERT_TRUE(connection->execute("INSERT INTO t VALUES (1)"));
  end_session(*connection);
  const Status status = transaction.commit();
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().code(), ErrorCode::kTimeout);
}

TEST_F(PostgresStore, ADeadlockIsToBeTriedAgain) {
  const auto first = connect();
  const auto second = connect();
  ASSERT_TRUE(create(*first, "CREATE TABLE t (k INTEGER PRIMARY KEY, v INTEGER) STRICT"));
  ASSERT_TRUE(first->execute("INSERT INTO t VALUES (1, 0), (2, 0)"));
  auto one = Transaction::begin(*first).value();
  auto two = Transaction::begin(*second).value();
  ASSERT_TRUE(first->execute("UPDATE t SET v = 1 WHERE k = 1"));
  ASSERT_TRUE(second->execute("UPDATE t SET v = 1 WHERE k = 2"));
  Result<std::int64_t> crossed(0);
  std::thread thread([&] { crossed = first->execute("UPDATE t SET v = 1 WHERE k = 2"); });
  const auto other = second->execute("UPDATE t SET v = 1 WHERE k = 1");
  if (!other.has_value()) {
    second->rollback();  // lets the first one through
  }
  thread.join();
  EXPECT_NE(crossed.has_value(), other.has_value());
  EXPECT_EQ((crossed.has_value() ? other : crossed).error().code(), ErrorCode::kUnavailable);
}

TEST_F(PostgresStore, LockedRowsWaitForEachOther) {
  const auto first = connect();
  const auto second = connect();
  ASSERT_TRUE(create(*first, "CREATE TABLE t (k TEXT PRIMARY KEY, v INTEGER) STRICT"));
  ASSERT_TRUE(first->execute("INSERT INTO t VALUES ('a', 5)"));
  const Parameter key[] = {std::string_view("a")};
  const auto take_one = [&](Connection& connection) -> Status {
    ASSIGN_OR_RETURN(auto transaction, Transaction::begin(connection));
    std::int64_t left = 0;
    RETURN_IF_ERROR(
        connection.select_by_keys("t", "k, v", "k", key, true, [&](const Row& row) -> Status {
          left = row.integer(1);
          return {};
        }));
    const Parameter written[] = {std::string_view("a"), left - 1};
    RETURN_IF_ERROR(connection.update_many("UPDATE t SET v = $2 WHERE k = $1", 2, written));
    return transaction.commit();
  };
  std::thread thread([&] {
    for (int i = 0; i < 50; ++i) {
      EXPECT_TRUE(take_one(*first).has_value());
    }
  });
  for (int i = 0; i < 50; ++i) {
    EXPECT_TRUE(take_one(*second).has_value());
  }
  thread.join();
  EXPECT_EQ(number(*first, "SELECT v FROM t"), 5 - 100);
}

TEST_F(PostgresStore, AReaderSeesOneMoment) {
  const auto writer = connect();
  ASSERT_TRUE(create(*writer, "CREATE TABLE t (k INTEGER PRIMARY KEY) STRICT"));
  const auto reader = database_->connect_read_only().value();
  auto view = Transaction::begin(*reader).value();
  EXPECT_EQ(number(*reader, "SELECT count(*) FROM t"), 0);
  ASSERT_TRUE(writer->execute("INSERT INTO t VALUES (1)"));
  EXPECT_EQ(number(*reader, "SELECT count(*) FROM t"), 0);
  EXPECT_EQ(number(*reader, "SELECT sum(k) FROM t"), 0);  // NULL
  EXPECT_TRUE(view.commit().has_value());
  EXPECT_EQ(number(*reader, "SELECT -sum(k + 123456789012) FROM t"), -123456789013);
}

TEST_F(PostgresStore, AHundredThousandRowsPassOneByOne) {
  const auto connection = connect();
  std::int64_t rows = 0;
  std::int64_t inner = 0;
  ASSERT_TRUE(connection->query("SELECT i FROM generate_series(1, 100000) AS i", {},
                                [&](const Row& row) -> Status {
                                  rows += row.integer(0) == rows + 1 ? 1 : 0;
                                  if (rows == 500) {  // the rest is read into memory for this one
                                    inner = number(*connection, "SELECT 41 + 1");
                                  }
                                  return {};
                                }));
  EXPECT_EQ(rows, 100000);
  EXPECT_EQ(inner, 42);
}

TEST_F(PostgresStore, AServerThatForgetsIsRefused) {
  const auto refused = open_postgres({.url = url_ + "%20-csynchronous_commit%3Doff"});
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code(), ErrorCode::kInvalidArgument);
  EXPECT_NE(refused.error().message().find("synchronous_commit = on"), std::string::npos);
}

TEST_F(PostgresStore, NoMessageHoldsAPassword) {
  const std::string url = "postgres://core:hunter2@/postgres?host=" + folder_;
  const auto unreachable = open_postgres({.url = url});
  ASSERT_FALSE(unreachable.has_value());
  EXPECT_EQ(unreachable.error().code(), ErrorCode::kUnavailable);
  EXPECT_EQ(unreachable.error().message().find("hunter2"), std::string::npos);
  const auto broken = open_postgres({.url = "postgres://core:@hunter2@host/x"});
  ASSERT_FALSE(broken.has_value());
  EXPECT_EQ(broken.error().code(), ErrorCode::kInvalidArgument);
  EXPECT_EQ(broken.error().message().find("hunter2"), std::string::npos);
}

TEST_F(SqliteStore, DamagedAndForeignFilesAreRefusedWithWhatToDo) {
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

TEST_F(SqliteStore, ADamagedPageIsFoundAtTheStart) {
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

TEST_F(SqliteStore, AFullDiskIsSaidPlainly) {
  const auto connection = connect();
  ASSERT_TRUE(connection->execute("CREATE TABLE t (b BLOB) STRICT"));
  ASSERT_TRUE(connection->execute("PRAGMA max_page_count=10"));
  const auto full = connection->execute("INSERT INTO t VALUES (zeroblob(1000000))");
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().code(), ErrorCode::kIo);
  EXPECT_NE(full.error().message().find("is full; free some space"), std::string::npos);
}

TEST_F(SqliteStore, BrokenReferencesAreFound) {
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
  EXPECT_EQ(
      translate_schema("a INTEGER, INTEGERS BLOB, text TEXT) STRICT, WITHOUT ROWID", "postgresql"),
      "a BIGINT, INTEGERS BYTEA, text TEXT COLLATE \"C\") ");
  EXPECT_EQ(translate_schema("a BLOB) STRICT", "sqlite"), "a BLOB) STRICT");
  EXPECT_EQ(translate_schema("ALTER TABLE a DROP CONSTRAINT b", "sqlite"), "");
  EXPECT_EQ(translate_schema("ALTER TABLE a DROP CONSTRAINT b", "postgresql"),
            "ALTER TABLE a DROP CONSTRAINT b");
}

TEST(Dialect, ParametersAreNumberedOutsideOfLiterals) {
  EXPECT_EQ(number_parameters("SELECT $1, '$2', $12"), "SELECT ?1, '$2', ?12");
}

}  // namespace
}  // namespace dermaga::store

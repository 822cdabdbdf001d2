#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "store/database.h"
#include "store/store.h"

struct sqlite3;
struct sqlite3_stmt;

namespace dermaga::store {

struct CloseHandle {
  void operator()(sqlite3* handle) const;
};
using Handle = std::unique_ptr<sqlite3, CloseHandle>;

// Write transactions of one process take turns, first come first served: SQLite's own waiting polls
// and would let a busy committer starve everybody else. Thread-safe.
class WriteTurns {
 public:
  void take();
  void give_back();

 private:
  std::mutex mutex_;
  std::condition_variable turned_;
  std::uint64_t next_ticket_ = 0;
  std::uint64_t now_serving_ = 0;
};

// Writes $1, $2, … as SQLite's ?1, ?2, … outside of string literals.
std::string number_parameters(std::string_view sql);

// One SQLite connection with its prepared statements.
class SqliteConnection final : public Connection {
 public:
  // No turns: a read-only connection.
  SqliteConnection(Handle handle, const SqliteOptions& options, std::shared_ptr<WriteTurns> turns);
  ~SqliteConnection() override;

  Result<std::int64_t> execute(std::string_view sql,
                               std::span<const Parameter> parameters) override;
  Result<std::int64_t> execute_many(std::string_view sql, std::size_t parameters_per_row,
                                    std::span<const Parameter> parameters) override;
  Status query(std::string_view sql, std::span<const Parameter> parameters,
               const RowCallback& row) override;
  Status insert_many(std::string_view table, std::span<const std::string_view> columns,
                     std::span<const Parameter> parameters) override;
  Status select_by_keys(std::string_view table, std::string_view select_columns,
                        std::string_view key_column, std::span<const Parameter> keys, bool lock,
                        const RowCallback& row) override;
  Status begin() override;
  Status commit() override;
  void rollback() override;

 private:
  struct CloseStatement {
    void operator()(sqlite3_stmt* statement) const;
  };
  using Statement = std::unique_ptr<sqlite3_stmt, CloseStatement>;
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept {
      return std::hash<std::string_view>{}(text);
    }
  };
  // Takes a statement out of the cache (so that a callback may run the same text) and back.
  class Lease;

  static int after_commit(void* self, sqlite3* handle, const char* schema, int pages);
  void end_turn();
  Result<Statement> prepare(std::string_view sql);
  Status bind(sqlite3_stmt* statement, std::span<const Parameter> parameters, std::string_view sql);
  Status step_rows(sqlite3_stmt* statement, std::string_view sql, const RowCallback& row);
  std::unexpected<Error> failure(int code, std::string_view sql);

  Handle handle_;
  std::string file_;
  std::function<void(std::string_view)> on_sync_failed_;
  int checkpoint_pages_;
  int checkpoint_failure_ = 0;  // of the statement that runs: a sync failure, or 0
  std::shared_ptr<WriteTurns> turns_;
  bool has_turn_ = false;
  std::unordered_map<std::string, Statement, TextHash, std::equal_to<>> cache_;
};

}  // namespace dermaga::store

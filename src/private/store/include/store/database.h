#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "result/result.h"

namespace dermaga::store {

// The Database port. SQL given to it stays within what SQLite ≥ 3.40 and PostgreSQL ≥ 15 share:
// numbered parameters $1, $2, …; INTEGER/BIGINT, TEXT, BLOB/BYTEA; ON CONFLICT. A parameter has the
// type that it is given with.

// Raw bytes, told apart from text.
struct Blob {
  std::string_view bytes;
};
// A bound value; views must live until the call returns.
using Parameter = std::variant<std::monostate, std::int64_t, std::string_view, Blob>;

// One result row; views die when the callback returns.
class Row {
 public:
  virtual ~Row() = default;
  virtual bool is_null(int column) const = 0;
  virtual std::int64_t integer(int column) const = 0;
  virtual std::string_view text(int column) const = 0;
  virtual std::string_view blob(int column) const = 0;
};
using RowCallback = std::function<Status(const Row&)>;

// One connection, used by one thread at a time. Prepared statements are cached by SQL text.
//
// A server may be lost (kUnavailable). Outside of a transaction the next call connects anew; a
// transaction that was open is over, and nothing of it was written. Whatever fails inside a
// transaction ends it: it can only be rolled back.
class Connection {
 public:
  virtual ~Connection() = default;

  // One statement; returns the number of rows it changed.
  virtual Result<std::int64_t> execute(std::string_view sql,
                                       std::span<const Parameter> parameters = {}) = 0;
  // The same statement once per group of `parameters_per_row`; returns the rows changed in all.
  // Sent as one round trip where the driver can.
  virtual Result<std::int64_t> execute_many(std::string_view sql, std::size_t parameters_per_row,
                                            std::span<const Parameter> parameters) = 0;
  virtual Status query(std::string_view sql, std::span<const Parameter> parameters,
                       const RowCallback& row) = 0;

  // An UPDATE of the form UPDATE … SET … WHERE … once per group of `parameters_per_row`, each of
  // which must change exactly one row of its own: else nothing is committed (kInternal). Like
  // insert_many it may wait for the next call of another kind, or for the commit, in a transaction.
  virtual Status update_many(std::string_view sql, std::size_t parameters_per_row,
                             std::span<const Parameter> parameters) {
    ASSIGN_OR_RETURN(const std::int64_t changed, execute_many(sql, parameters_per_row, parameters));
    if (changed != static_cast<std::int64_t>(parameters.size() / parameters_per_row)) {
      return make_error(ErrorCode::kInternal, std::string(sql) + ": a row to change is gone");
    }
    return {};
  }

  // INSERT of many rows: `columns` per row, row-major. kAlreadyExists on a key conflict, which in a
  // transaction may be told by a later call or by the commit.
  virtual Status insert_many(std::string_view table, std::span<const std::string_view> columns,
                             std::span<const Parameter> parameters) = 0;
  // SELECT `select_columns` FROM table WHERE key_column is one of `keys`, in key order. With
  // `lock`, the rows stay locked until the transaction ends and are locked in that order; rows of
  // one key in the order of the column that is selected second, which must make it complete.
  virtual Status select_by_keys(std::string_view table, std::string_view select_columns,
                                std::string_view key_column, std::span<const Parameter> keys,
                                bool lock, const RowCallback& row) = 0;

  // Write transactions (on a read-only connection: one consistent view); use the guard below.
  virtual Status begin() = 0;
  virtual Status commit() = 0;
  virtual void rollback() = 0;

  // Inside a write transaction: makes this process the only one at the job `name` until the
  // transaction ends. False where another one is at it, after waiting for it with `wait`. An
  // embedded engine has one writer at a time, so there the transaction itself is enough.
  virtual Result<bool> claim(std::string_view /*name*/, bool /*wait*/) { return true; }
};

// Rolls back unless committed. A failed commit is returned as it is: kIo means the process must
// stop (a failed fsync is never retried), kTimeout that nobody knows whether it was committed (the
// server was lost meanwhile): ask the rows before doing it again. With other codes nothing was
// written.
class Transaction {
 public:
  static Result<Transaction> begin(Connection& connection) {
    RETURN_IF_ERROR(connection.begin());
    return Transaction(connection);
  }
  Transaction(Transaction&& other) noexcept
      : connection_(std::exchange(other.connection_, nullptr)) {}
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction() {
    if (connection_ != nullptr) {
      connection_->rollback();
    }
  }
  Status commit() {
    auto status = connection_->commit();
    if (status.has_value()) {
      connection_ = nullptr;
    }
    return status;
  }

 private:
  explicit Transaction(Connection& connection) : connection_(&connection) {}
  Connection* connection_;
};

// Hands out connections. Thread-safe.
class Database {
 public:
  virtual ~Database() = default;
  virtual Result<std::unique_ptr<Connection>> connect() = 0;
  virtual Result<std::unique_ptr<Connection>> connect_read_only() = 0;
  virtual std::string_view dialect() const = 0;  // "sqlite" | "postgresql"
  // Whether other processes may work on the same rows, and outlive this one.
  virtual bool is_shared() const { return false; }
};

}  // namespace dermaga::store

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
// numbered parameters $1, $2, …; INTEGER/BIGINT, TEXT, BLOB/BYTEA; ON CONFLICT; no RETURNING
// tricks.

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

  // INSERT of many rows: `columns` per row, row-major. kAlreadyExists on a key conflict.
  virtual Status insert_many(std::string_view table, std::span<const std::string_view> columns,
                             std::span<const Parameter> parameters) = 0;
  // SELECT `select_columns` FROM table WHERE key_column is one of `keys`. With `lock`, the rows
  // stay locked until the transaction ends and are locked in key order (keys are sorted by the
  // driver).
  virtual Status select_by_keys(std::string_view table, std::string_view select_columns,
                                std::string_view key_column, std::span<const Parameter> keys,
                                bool lock, const RowCallback& row) = 0;

  // Write transactions (on a read-only connection: one consistent view); use the guard below.
  virtual Status begin() = 0;
  virtual Status commit() = 0;
  virtual void rollback() = 0;
};

// Rolls back unless committed. A failed commit is returned as it is: kIo means the process must
// stop (a failed fsync is never retried).
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
};

}  // namespace dermaga::store

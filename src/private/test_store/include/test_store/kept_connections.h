#pragma once

#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "store/database.h"

namespace dermaga::test_store {

// A database whose connections are kept for whoever asks next: tests make thousands of calls, each
// of which asks for one, and opening it costs more than the call. Thread-safe.
class KeptConnections final : public store::Database {
 public:
  explicit KeptConnections(std::unique_ptr<store::Database> database)
      : database_(std::move(database)) {}

  Result<std::unique_ptr<store::Connection>> connect() override { return lend(writing_, false); }
  Result<std::unique_ptr<store::Connection>> connect_read_only() override {
    return lend(reading_, true);
  }
  std::string_view dialect() const override { return database_->dialect(); }
  bool is_shared() const override { return database_->is_shared(); }

 private:
  struct Kept {
    std::mutex mutex;
    std::vector<std::unique_ptr<store::Connection>> connections;
  };

  // Passes everything on, and the connection back at its end.
  class Lent final : public store::Connection {
   public:
    Lent(std::unique_ptr<store::Connection> connection, std::shared_ptr<Kept> kept)
        : connection_(std::move(connection)), kept_(std::move(kept)) {}
    ~Lent() override {
      const std::scoped_lock lock(kept_->mutex);
      kept_->connections.push_back(std::move(connection_));
    }
    Lent(const Lent&) = delete;
    Lent& operator=(const Lent&) = delete;

    Result<std::int64_t> execute(std::string_view sql,
                                 std::span<const store::Parameter> parameters) override {
      return connection_->execute(sql, parameters);
    }
    Result<std::int64_t> execute_many(std::string_view sql, std::size_t parameters_per_row,
                                      std::span<const store::Parameter> parameters) override {
      return connection_->execute_many(sql, parameters_per_row, parameters);
    }
    Status query(std::string_view sql, std::span<const store::Parameter> parameters,
                 const store::RowCallback& row) override {
      return connection_->query(sql, parameters, row);
    }
    Status update_many(std::string_view sql, std::size_t parameters_per_row,
                       std::span<const store::Parameter> parameters) override {
      return connection_->update_many(sql, parameters_per_row, parameters);
    }
    Status insert_many(std::string_view table, std::span<const std::string_view> columns,
                       std::span<const store::Parameter> parameters) override {
      return connection_->insert_many(table, columns, parameters);
    }
    Status select_by_keys(std::string_view table, std::string_view select_columns,
                          std::string_view key_column, std::span<const store::Parameter> keys,
                          bool lock, const store::RowCallback& row) override {
      return connection_->select_by_keys(table, select_columns, key_column, keys, lock, row);
    }
    Status begin() override { return connection_->begin(); }
    Status commit() override { return connection_->commit(); }
    void rollback() override { connection_->rollback(); }
    Result<bool> claim(std::string_view name, bool wait) override {
      return connection_->claim(name, wait);
    }

   private:
    std::unique_ptr<store::Connection> connection_;
    std::shared_ptr<Kept> kept_;
  };

  Result<std::unique_ptr<store::Connection>> lend(const std::shared_ptr<Kept>& kept,
                                                  bool read_only) {
    {
      const std::scoped_lock lock(kept->mutex);
      if (!kept->connections.empty()) {
        auto connection = std::move(kept->connections.back());
        kept->connections.pop_back();
        return std::make_unique<Lent>(std::move(connection), kept);
      }
    }
    ASSIGN_OR_RETURN(auto connection,
                     read_only ? database_->connect_read_only() : database_->connect());
    return std::make_unique<Lent>(std::move(connection), kept);
  }

  std::unique_ptr<store::Database> database_;
  std::shared_ptr<Kept> writing_ = std::make_shared<Kept>();
  std::shared_ptr<Kept> reading_ = std::make_shared<Kept>();
};

}  // namespace dermaga::test_store

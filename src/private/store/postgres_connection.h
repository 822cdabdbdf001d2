#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "postgres_session.h"
#include "store/database.h"

namespace dermaga::store {

// One PostgreSQL connection that connects anew when its server was lost, and its transaction.
//
// In a transaction BEGIN, insert_many() and update_many() are only queued: they travel with the
// next call that needs an answer, so that a batch of writes and its commit are one round trip.
class PostgresConnection final : public Connection {
 public:
  PostgresConnection(PostgresOptions options, bool read_only,
                     std::unique_ptr<PostgresSession> session)
      : options_(std::move(options)), read_only_(read_only), session_(std::move(session)) {}
  ~PostgresConnection() override;

  Result<std::int64_t> execute(std::string_view sql,
                               std::span<const Parameter> parameters) override;
  Result<std::int64_t> execute_many(std::string_view sql, std::size_t parameters_per_row,
                                    std::span<const Parameter> parameters) override;
  Status update_many(std::string_view sql, std::size_t parameters_per_row,
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
  Result<bool> claim(std::string_view name, bool wait) override;

 private:
  class Stream;

  // Ready for the next statement: connected, BEGIN queued, no rows of an outer query on the way.
  Status prepare_to_send();
  Status send(std::string_view sql, const BoundParameters& parameters);
  Status write(const std::string& sql, const BoundParameters& parameters);
  // Ends the run and takes results until only the last `keep` statements are left; adds up the rows
  // that the last `counted` of the taken ones changed.
  Result<std::int64_t> run(std::size_t keep, std::size_t counted);
  // After an error: throws away the rest of the run.
  std::unexpected<Error> give_up_run(Error error);
  std::unexpected<Error> unknown_outcome(std::string_view why);

  PostgresOptions options_;
  bool read_only_;
  std::unique_ptr<PostgresSession> session_;
  Stream* streaming_ = nullptr;  // a query whose callback is running
  bool in_transaction_ = false;
  bool begin_unsent_ = false;
};

// "UPDATE t SET a = $2 WHERE k = $1" for many groups at once: the arrays $1, $2, … become columns,
// and the statement fails unless as many rows changed as $<count_parameter> says.
// `columns` says what stands for each parameter: a column of the arrays, or NULL.
std::string update_from_arrays(std::string_view sql, std::span<const std::string> columns,
                               std::string_view arrays, std::size_t count_parameter);

}  // namespace dermaga::store

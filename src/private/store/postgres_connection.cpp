#include "postgres_connection.h"

#include <libpq-fe.h>

#include <charconv>
#include <utility>

namespace dermaga::store {
namespace {

// Arrays for a row-major table of values: their SQL, and what stands for each column.
struct Columns {
  BoundParameters parameters;
  std::string unnest;               // "unnest($1::bigint[], $2::text[]) AS u(p1, p2)"
  std::vector<std::string> values;  // "u.p1", or "NULL" for a column without any value
};

void fill_columns(Columns& columns, std::size_t per_row, std::span<const Parameter> parameters) {
  CHECK(per_row > 0 && parameters.size() % per_row == 0);
  std::string arrays;
  std::string names;
  for (std::size_t column = 0; column < per_row; ++column) {
    if (!columns.parameters.add_array(parameters, column, per_row)) {
      columns.values.emplace_back("NULL");
      continue;
    }
    const std::string number = std::to_string(columns.parameters.count());
    const std::string separator = names.empty() ? "" : ", ";
    const auto last = static_cast<std::size_t>(columns.parameters.count()) - 1;
    arrays += separator + "$" + number + "::" + std::string(columns.parameters.type_name(last));
    names += separator + "p" + number;
    columns.values.push_back("u.p" + number);
  }
  CHECK(!names.empty());
  columns.unnest = "unnest(" + arrays + ") AS u(" + names + ")";
}

std::int64_t rows_changed(const pg_result* result) {
  const std::string_view text = PQcmdTuples(const_cast<pg_result*>(result));
  std::int64_t rows = 0;
  std::from_chars(text.data(), text.data() + text.size(), rows);
  return rows;
}

}  // namespace

// The rows of a query while its callback runs. A callback that uses the connection first has the
// rest of them read into memory.
class PostgresConnection::Stream {
 public:
  explicit Stream(PostgresConnection& owner)
      : owner_(owner), outer_(std::exchange(owner.streaming_, this)) {}
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  ~Stream() { owner_.streaming_ = outer_; }

  // Nothing at the end.
  Result<ResultHandle> next() {
    if (!buffered_.empty()) {
      ResultHandle first = std::move(buffered_.front());
      buffered_.pop_front();
      return first;
    }
    RETURN_IF_ERROR(failure_);
    return receive();
  }

  Status buffer_rest() {
    while (!ended_) {
      auto result = receive();
      if (!result.has_value()) {
        failure_ = std::unexpected(result.error());
      } else if (*result != nullptr) {
        buffered_.push_back(*std::move(result));
      }
    }
    return failure_;
  }

 private:
  Result<ResultHandle> receive() {
    if (ended_) {
      return ResultHandle();
    }
    auto taken = owner_.session_->take(true);
    ended_ = !taken.has_value() || taken->result == nullptr;
    if (!taken.has_value()) {
      return owner_.give_up_run(std::move(taken).error());
    }
    if (ended_) {
      RETURN_IF_ERROR(owner_.session_->take_sync());
    }
    return std::move(taken->result);
  }

  PostgresConnection& owner_;
  Stream* outer_;
  bool ended_ = false;
  Status failure_;
  std::deque<ResultHandle> buffered_;
};

PostgresConnection::~PostgresConnection() {
  rollback();
}

Status PostgresConnection::prepare_to_send() {
  if (streaming_ != nullptr) {
    RETURN_IF_ERROR(streaming_->buffer_rest());
  }
  if (in_transaction_ && !begin_unsent_) {
    if (session_->is_lost()) {
      return make_error(ErrorCode::kUnavailable,
                        "the database server was lost; nothing of the transaction was written");
    }
    return {};
  }
  if (session_->notice_end()) {
    ASSIGN_OR_RETURN(session_, PostgresSession::open(options_, read_only_));
  }
  if (std::exchange(begin_unsent_, false)) {
    return send(read_only_ ? "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
                           : "BEGIN ISOLATION LEVEL READ COMMITTED",
                BoundParameters());
  }
  return {};
}

Status PostgresConnection::send(std::string_view sql, const BoundParameters& parameters) {
  return session_->send(sql, parameters);
}

std::unexpected<Error> PostgresConnection::give_up_run(Error error) {
  if (!session_->is_lost()) {
    (void)session_->discard_run();
  }
  if (error.code() == ErrorCode::kIo && !read_only_) {
    // It was a primary when we came, and is a standby now: look for the new one.
    session_->close();
    return make_error(ErrorCode::kUnavailable, error.message());
  }
  return std::unexpected(std::move(error));
}

std::unexpected<Error> PostgresConnection::unknown_outcome(std::string_view why) {
  session_->close();
  in_transaction_ = false;
  return make_error(ErrorCode::kTimeout,
                    "nobody knows whether it was committed: " + std::string(why));
}

Result<std::int64_t> PostgresConnection::run(std::size_t keep, std::size_t counted) {
  RETURN_IF_ERROR(session_->send_sync());
  std::int64_t rows = 0;
  while (session_->statements_waiting() > keep) {
    const bool counts = session_->statements_waiting() <= keep + counted;
    auto taken = session_->take(false);
    if (!taken.has_value()) {
      return give_up_run(std::move(taken).error());
    }
    if (taken->result != nullptr && counts) {
      if (PQresultStatus(taken->result.get()) == PGRES_EMPTY_QUERY) {
        (void)give_up_run(Error(ErrorCode::kInternal, ""));
        return make_error(ErrorCode::kInternal, "a statement without words");
      }
      rows += rows_changed(taken->result.get());
    }
  }
  if (keep == 0) {
    RETURN_IF_ERROR(session_->take_sync());
  }
  return rows;
}

Result<std::int64_t> PostgresConnection::execute(std::string_view sql,
                                                 std::span<const Parameter> parameters) {
  return execute_many(sql, parameters.size(), parameters);
}

Result<std::int64_t> PostgresConnection::execute_many(std::string_view sql,
                                                      std::size_t parameters_per_row,
                                                      std::span<const Parameter> parameters) {
  CHECK(parameters_per_row == 0 || parameters.size() % parameters_per_row == 0);
  const std::size_t groups = parameters_per_row == 0 ? 1 : parameters.size() / parameters_per_row;
  RETURN_IF_ERROR(prepare_to_send());
  for (std::size_t i = 0; i < groups; ++i) {
    RETURN_IF_ERROR(
        send(sql, BoundParameters(parameters.subspan(i * parameters_per_row, parameters_per_row))));
  }
  auto rows = run(0, groups);
  if (!rows.has_value() && session_->is_lost() && !in_transaction_ && !read_only_) {
    return unknown_outcome(rows.error().message());
  }
  return rows;
}

// In a transaction only queued.
Status PostgresConnection::write(const std::string& sql, const BoundParameters& parameters) {
  RETURN_IF_ERROR(prepare_to_send());
  RETURN_IF_ERROR(send(sql, parameters));
  if (in_transaction_) {
    session_->flush();
    return {};
  }
  const auto rows = run(0, 0);
  if (!rows.has_value()) {
    return session_->is_lost() ? unknown_outcome(rows.error().message())
                               : std::unexpected(rows.error());
  }
  return {};
}

Status PostgresConnection::insert_many(std::string_view table,
                                       std::span<const std::string_view> columns,
                                       std::span<const Parameter> parameters) {
  if (parameters.empty()) {
    return {};
  }
  Columns arrays;
  fill_columns(arrays, columns.size(), parameters);
  std::string names;
  std::string values;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    names += (i == 0 ? "" : ", ") + std::string(columns[i]);
    values += (i == 0 ? "" : ", ") + arrays.values[i];
  }
  return write("INSERT INTO " + std::string(table) + " (" + names + ") SELECT " + values +
                   " FROM " + arrays.unnest,
               arrays.parameters);
}

Status PostgresConnection::update_many(std::string_view sql, std::size_t parameters_per_row,
                                       std::span<const Parameter> parameters) {
  if (parameters.empty()) {
    return {};
  }
  Columns arrays;
  fill_columns(arrays, parameters_per_row, parameters);
  const auto groups = static_cast<std::int64_t>(parameters.size() / parameters_per_row);
  arrays.parameters.add_number(groups);
  return write(update_from_arrays(sql, arrays.values, arrays.unnest,
                                  static_cast<std::size_t>(arrays.parameters.count())),
               arrays.parameters);
}

Status PostgresConnection::query(std::string_view sql, std::span<const Parameter> parameters,
                                 const RowCallback& row) {
  RETURN_IF_ERROR(prepare_to_send());
  RETURN_IF_ERROR(send(sql, BoundParameters(parameters)));
  RETURN_IF_ERROR(run(1, 0));
  Stream stream(*this);
  Status status;
  while (true) {
    ASSIGN_OR_RETURN(const ResultHandle result, stream.next());
    if (result == nullptr) {
      return status;
    }
    const int count = PQntuples(result.get());
    for (int i = 0; i < count && row && status.has_value(); ++i) {
      status = row(PostgresRow(result.get(), i));
    }
  }
}

Status PostgresConnection::select_by_keys(std::string_view table, std::string_view select_columns,
                                          std::string_view key_column,
                                          std::span<const Parameter> keys, bool lock,
                                          const RowCallback& row) {
  BoundParameters array;
  if (keys.empty() || !array.add_array(keys, 0, 1)) {
    return {};
  }
  // Bytes decide the order, as they do in SQLite, whatever language the database sorts by.
  const std::string_view collation = array.type_name(0) == "text[]" ? " COLLATE \"C\"" : "";
  const std::string_view second = select_columns.find(',') != std::string_view::npos ? ", 2" : "";
  std::string sql = "SELECT " + std::string(select_columns) + " FROM " + std::string(table) +
                    " WHERE " + std::string(key_column) + " = ANY($1) ORDER BY " +
                    std::string(key_column) + std::string(collation);
  if (lock) {
    sql += std::string(second) + " FOR UPDATE";
  }
  RETURN_IF_ERROR(prepare_to_send());
  RETURN_IF_ERROR(send(sql, array));
  RETURN_IF_ERROR(run(1, 0));
  ResultHandle rows;
  while (true) {
    auto taken = session_->take(false);
    if (!taken.has_value()) {
      return give_up_run(std::move(taken).error());
    }
    if (taken->result == nullptr) {
      break;
    }
    rows = std::move(taken->result);
  }
  RETURN_IF_ERROR(session_->take_sync());
  for (int i = 0; i < PQntuples(rows.get()); ++i) {
    RETURN_IF_ERROR(row(PostgresRow(rows.get(), i)));
  }
  return {};
}

Status PostgresConnection::begin() {
  CHECK(!in_transaction_);  // a transaction inside a transaction
  in_transaction_ = true;
  begin_unsent_ = true;
  return {};
}

Status PostgresConnection::commit() {
  CHECK(in_transaction_);
  if (begin_unsent_) {  // nothing was done
    in_transaction_ = begin_unsent_ = false;
    return {};
  }
  RETURN_IF_ERROR(prepare_to_send());
  (void)session_->take_warning();
  Status status = send("COMMIT", BoundParameters());
  if (status.has_value()) {
    status = session_->send_sync();
  }
  std::string done;
  while (status.has_value() && session_->statements_waiting() > 0) {
    auto taken = session_->take(false);
    if (!taken.has_value()) {
      status = std::unexpected(std::move(taken).error());
    } else if (taken->result != nullptr) {
      done = PQcmdStatus(taken->result.get());
    }
  }
  if (session_->is_lost()) {
    return unknown_outcome(status.error().message());
  }
  if (!status.has_value()) {
    return give_up_run(std::move(status).error());  // and the transaction with it
  }
  RETURN_IF_ERROR(session_->take_sync());
  if (done != "COMMIT") {
    in_transaction_ = false;
    return make_error(ErrorCode::kInternal, "a transaction that had failed was committed");
  }
  if (session_->take_warning()) {
    // Committed on the primary alone: a failover would forget it.
    return unknown_outcome("the server stopped waiting for its standby");
  }
  in_transaction_ = false;
  return {};
}

void PostgresConnection::rollback() {
  if (!std::exchange(in_transaction_, false) || std::exchange(begin_unsent_, false)) {
    return;
  }
  const auto roll_back = [this]() -> Status {
    if (streaming_ != nullptr) {
      RETURN_IF_ERROR(streaming_->buffer_rest());
    }
    if (session_->statements_waiting() > 0) {  // queued writes: they may have failed, or not
      RETURN_IF_ERROR(session_->send_sync());
      RETURN_IF_ERROR(session_->discard_run());
    }
    RETURN_IF_ERROR(send("ROLLBACK", BoundParameters()));
    RETURN_IF_ERROR(run(0, 0));
    return {};
  };
  if (!session_->is_lost() && (!roll_back().has_value() || session_->is_in_transaction())) {
    session_->close();  // the server rolls back what it loses
  }
}

Result<bool> PostgresConnection::claim(std::string_view name, bool wait) {
  CHECK(in_transaction_);
  // Locks are the whole database's; several shops may live in it, each in its own schema.
  constexpr std::string_view kWait =
      "SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || '/' || $1, 0))";
  constexpr std::string_view kTry =
      "SELECT pg_try_advisory_xact_lock(hashtextextended(current_schema() || '/' || $1, 0))";
  const Parameter key[] = {name};
  bool claimed = false;
  RETURN_IF_ERROR(query(wait ? kWait : kTry, key, [&](const Row& row) -> Status {
    claimed = wait || row.integer(0) != 0;
    return {};
  }));
  return claimed;
}

std::string update_from_arrays(std::string_view sql, std::span<const std::string> columns,
                               std::string_view arrays, std::size_t count_parameter) {
  constexpr std::string_view kWhere = " WHERE ";
  const std::size_t where = sql.find(kWhere);
  CHECK(sql.starts_with("UPDATE ") && where != std::string_view::npos);
  std::string out = "WITH changed AS (";
  for (std::size_t i = 0; i < sql.size(); ++i) {
    if (i == where) {
      out += " FROM " + std::string(arrays);
    }
    std::size_t number = 0;
    const auto parsed = std::from_chars(sql.data() + i + 1, sql.data() + sql.size(), number);
    if (sql[i] != '$' || parsed.ec != std::errc()) {
      out += sql[i];
      continue;
    }
    CHECK(number >= 1 && number <= columns.size());
    out += columns[number - 1];
    i = static_cast<std::size_t>(parsed.ptr - sql.data()) - 1;
  }
  return out + " RETURNING 1) SELECT 1 / CAST(count(*) = $" + std::to_string(count_parameter) +
         " AS INTEGER) FROM changed";
}

}  // namespace dermaga::store

#include "sqlite_connection.h"

#include <sqlite3.h>

#include <algorithm>

#include "sqlite_error.h"

namespace dermaga::store {
namespace {

constexpr std::size_t kCachedStatementsMax = 256;

class SqliteRow final : public Row {
 public:
  explicit SqliteRow(sqlite3_stmt* statement) : statement_(statement) {}
  bool is_null(int column) const override {
    return sqlite3_column_type(statement_, column) == SQLITE_NULL;
  }
  std::int64_t integer(int column) const override {
    return sqlite3_column_int64(statement_, column);
  }
  std::string_view text(int column) const override {
    const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
    return {bytes == nullptr ? "" : bytes,
            static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
  }
  std::string_view blob(int column) const override {
    const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_, column));
    return {bytes == nullptr ? "" : bytes,
            static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
  }

 private:
  sqlite3_stmt* statement_;
};

int bind_one(sqlite3_stmt* statement, int index, const Parameter& parameter) {
  if (const auto* number = std::get_if<std::int64_t>(&parameter)) {
    return sqlite3_bind_int64(statement, index, *number);
  }
  // A null data pointer would bind NULL, so empty values get an address.
  if (const auto* text = std::get_if<std::string_view>(&parameter)) {
    return sqlite3_bind_text64(statement, index, text->empty() ? "" : text->data(), text->size(),
                               SQLITE_STATIC, SQLITE_UTF8);
  }
  if (const auto* blob = std::get_if<Blob>(&parameter)) {
    return sqlite3_bind_blob64(statement, index, blob->bytes.empty() ? "" : blob->bytes.data(),
                               blob->bytes.size(), SQLITE_STATIC);
  }
  return sqlite3_bind_null(statement, index);
}

std::string_view key_bytes(const Parameter& key) {
  if (const auto* text = std::get_if<std::string_view>(&key)) {
    return *text;
  }
  const auto* blob = std::get_if<Blob>(&key);
  return blob == nullptr ? std::string_view{} : blob->bytes;
}

bool key_less(const Parameter& left, const Parameter& right) {
  const auto* left_number = std::get_if<std::int64_t>(&left);
  const auto* right_number = std::get_if<std::int64_t>(&right);
  if (left_number != nullptr && right_number != nullptr) {
    return *left_number < *right_number;
  }
  return key_bytes(left) < key_bytes(right);
}

}  // namespace

void CloseHandle::operator()(sqlite3* handle) const {
  sqlite3_close_v2(handle);
}
void SqliteConnection::CloseStatement::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

std::string number_parameters(std::string_view sql) {
  std::string out(sql);
  bool quoted = false;
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (out[i] == '\'') {
      quoted = !quoted;
    } else if (!quoted && out[i] == '$' && i + 1 < out.size() && out[i + 1] >= '0' &&
               out[i + 1] <= '9') {
      out[i] = '?';
    }
  }
  return out;
}

class SqliteConnection::Lease {
 public:
  Lease(SqliteConnection& owner, std::string_view sql, Statement statement)
      : owner_(owner), sql_(sql), statement_(std::move(statement)) {}
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;
  ~Lease() {
    sqlite3_reset(statement_.get());
    sqlite3_clear_bindings(statement_.get());
    const auto known = owner_.cache_.find(sql_);
    if (known != owner_.cache_.end()) {
      known->second = std::move(statement_);
    } else if (owner_.cache_.size() < kCachedStatementsMax) {
      owner_.cache_.emplace(std::string(sql_), std::move(statement_));
    }
  }
  sqlite3_stmt* get() const { return statement_.get(); }

 private:
  SqliteConnection& owner_;
  std::string_view sql_;
  Statement statement_;
};

void WriteTurns::take() {
  std::unique_lock lock(mutex_);
  const std::uint64_t ticket = next_ticket_++;
  turned_.wait(lock, [&] { return now_serving_ == ticket; });
}

void WriteTurns::give_back() {
  {
    const std::lock_guard lock(mutex_);
    ++now_serving_;
  }
  turned_.notify_all();
}

SqliteConnection::SqliteConnection(Handle handle, const SqliteOptions& options,
                                   std::shared_ptr<WriteTurns> turns)
    : handle_(std::move(handle)),
      file_(options.file),
      on_sync_failed_(options.on_sync_failed),
      checkpoint_pages_(options.checkpoint_pages),
      turns_(std::move(turns)) {
  if (turns_ != nullptr) {
    sqlite3_wal_hook(handle_.get(), after_commit, this);
  }
}

SqliteConnection::~SqliteConnection() {
  cache_.clear();
  end_turn();
}

// SQLite's own automatic checkpoint does the same but tells nobody when the disk could not sync,
// and syncs again at the next commit.
int SqliteConnection::after_commit(void* self, sqlite3* handle, const char* schema, int pages) {
  auto& connection = *static_cast<SqliteConnection*>(self);
  if (pages < connection.checkpoint_pages_) {
    return SQLITE_OK;
  }
  const int code =
      sqlite3_wal_checkpoint_v2(handle, schema, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  // Whatever else fails (readers in the way, a full disk) leaves the log as it is, for a later try.
  connection.checkpoint_failure_ = is_sync_failure(code) ? code : SQLITE_OK;
  return connection.checkpoint_failure_;
}

void SqliteConnection::end_turn() {
  if (std::exchange(has_turn_, false)) {
    turns_->give_back();
  }
}

std::unexpected<Error> SqliteConnection::failure(int code, std::string_view sql) {
  const int checkpoint_code = std::exchange(checkpoint_failure_, 0);
  if (checkpoint_code != 0) {  // the statement itself knows only "error"
    code = checkpoint_code;
  }
  auto error =
      sqlite_error(checkpoint_code != 0 ? nullptr : handle_.get(), code, file_, sql.substr(0, 60));
  if (is_sync_failure(code) && on_sync_failed_) {
    on_sync_failed_(error.error().message());
  }
  return error;
}

Result<SqliteConnection::Statement> SqliteConnection::prepare(std::string_view sql) {
  const auto known = cache_.find(sql);
  if (known != cache_.end() && known->second != nullptr) {
    return std::move(known->second);
  }
  const std::string numbered = number_parameters(sql);
  sqlite3_stmt* raw = nullptr;
  const int code =
      sqlite3_prepare_v3(handle_.get(), numbered.data(), static_cast<int>(numbered.size()),
                         SQLITE_PREPARE_PERSISTENT, &raw, nullptr);
  if (code != SQLITE_OK) {
    return failure(code, sql);
  }
  if (raw == nullptr) {
    return make_error(ErrorCode::kInternal, "an empty SQL statement");
  }
  return Statement(raw);
}

Status SqliteConnection::bind(sqlite3_stmt* statement, std::span<const Parameter> parameters,
                              std::string_view sql) {
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const int code = bind_one(statement, static_cast<int>(i + 1), parameters[i]);
    if (code != SQLITE_OK) {
      return failure(code, sql);
    }
  }
  return {};
}

Status SqliteConnection::step_rows(sqlite3_stmt* statement, std::string_view sql,
                                   const RowCallback& row) {
  while (true) {
    const int code = sqlite3_step(statement);
    if (code == SQLITE_DONE) {
      return {};
    }
    if (code != SQLITE_ROW) {
      return failure(sqlite3_extended_errcode(handle_.get()), sql);
    }
    if (row) {
      RETURN_IF_ERROR(row(SqliteRow(statement)));
    }
  }
}

Result<std::int64_t> SqliteConnection::execute(std::string_view sql,
                                               std::span<const Parameter> parameters) {
  return execute_many(sql, parameters.size(), parameters);
}

Result<std::int64_t> SqliteConnection::execute_many(std::string_view sql,
                                                    std::size_t parameters_per_row,
                                                    std::span<const Parameter> parameters) {
  CHECK(parameters_per_row == 0 || parameters.size() % parameters_per_row == 0);
  ASSIGN_OR_RETURN(auto statement, prepare(sql));
  const Lease lease(*this, sql, std::move(statement));
  const std::int64_t before = sqlite3_total_changes64(handle_.get());
  const std::size_t rows = parameters_per_row == 0 ? 1 : parameters.size() / parameters_per_row;
  for (std::size_t i = 0; i < rows; ++i) {
    sqlite3_reset(lease.get());
    RETURN_IF_ERROR(
        bind(lease.get(), parameters.subspan(i * parameters_per_row, parameters_per_row), sql));
    RETURN_IF_ERROR(step_rows(lease.get(), sql, nullptr));
  }
  return sqlite3_total_changes64(handle_.get()) - before;
}

Status SqliteConnection::query(std::string_view sql, std::span<const Parameter> parameters,
                               const RowCallback& row) {
  ASSIGN_OR_RETURN(auto statement, prepare(sql));
  const Lease lease(*this, sql, std::move(statement));
  RETURN_IF_ERROR(bind(lease.get(), parameters, sql));
  return step_rows(lease.get(), sql, row);
}

Status SqliteConnection::insert_many(std::string_view table,
                                     std::span<const std::string_view> columns,
                                     std::span<const Parameter> parameters) {
  if (parameters.empty()) {
    return {};
  }
  std::string names;
  std::string values;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    names += (i == 0 ? "" : ", ") + std::string(columns[i]);
    values += (i == 0 ? "$" : ", $") + std::to_string(i + 1);
  }
  const std::string sql =
      "INSERT INTO " + std::string(table) + " (" + names + ") VALUES (" + values + ")";
  RETURN_IF_ERROR(execute_many(sql, columns.size(), parameters));
  return {};
}

Status SqliteConnection::select_by_keys(std::string_view table, std::string_view select_columns,
                                        std::string_view key_column,
                                        std::span<const Parameter> keys, bool /*lock*/,
                                        const RowCallback& row) {
  // The write transaction already holds SQLite's only write lock: nothing more to lock.
  if (keys.empty()) {
    return {};
  }
  std::vector<Parameter> sorted(keys.begin(), keys.end());
  std::sort(sorted.begin(), sorted.end(), key_less);
  const std::string sql = "SELECT " + std::string(select_columns) + " FROM " + std::string(table) +
                          " WHERE " + std::string(key_column) + " = $1";
  ASSIGN_OR_RETURN(auto statement, prepare(sql));
  const Lease lease(*this, sql, std::move(statement));
  const Parameter* previous = nullptr;
  for (const Parameter& key : sorted) {
    if (previous != nullptr && !key_less(*previous, key)) {
      continue;
    }
    previous = &key;
    sqlite3_reset(lease.get());
    RETURN_IF_ERROR(bind(lease.get(), std::span(&key, 1), sql));
    RETURN_IF_ERROR(step_rows(lease.get(), sql, row));
  }
  return {};
}

Status SqliteConnection::begin() {
  if (turns_ == nullptr) {
    RETURN_IF_ERROR(execute("BEGIN", {}));
    return {};
  }
  CHECK(!has_turn_);  // a transaction inside a transaction
  turns_->take();
  has_turn_ = true;
  const auto begun = execute("BEGIN IMMEDIATE", {});
  if (!begun.has_value()) {
    end_turn();
    return std::unexpected(begun.error());
  }
  return {};
}

Status SqliteConnection::commit() {
  RETURN_IF_ERROR(execute("COMMIT", {}));
  end_turn();
  return {};
}

void SqliteConnection::rollback() {
  // After a failed write SQLite may have rolled back by itself.
  if (sqlite3_get_autocommit(handle_.get()) == 0) {
    (void)execute("ROLLBACK", {});
  }
  end_turn();
}

}  // namespace dermaga::store

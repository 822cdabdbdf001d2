#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>

#include "files/files.h"
#include "planted/planted.h"
#include "sqlite_connection.h"
#include "sqlite_error.h"
#include "store/store.h"

namespace dermaga::store {
namespace {

constexpr int kApplicationId = 0x4445524d;  // "DERM" in the file header
// Above this size the start does not read the whole file; `dermaga-core verify` does.
constexpr off_t kQuickCheckBytesMax = off_t{512} * 1024 * 1024;

constexpr const char* kPragmas =
    "PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-65536;";
constexpr const char* kWritePragmas =
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA journal_size_limit=67108864;";

enum class Purpose { kRead, kWrite, kSettle };

Result<Handle> open_handle(const SqliteOptions& options, Purpose purpose) {
  const bool read_only = purpose == Purpose::kRead;
  sqlite3* raw = nullptr;
  const bool own_vfs = !options.vfs.empty();
  const int flags = (read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE) |
                    (own_vfs && !read_only ? SQLITE_OPEN_CREATE : 0) | SQLITE_OPEN_NOMUTEX |
                    SQLITE_OPEN_EXRESCODE;
  int code =
      sqlite3_open_v2(options.file.c_str(), &raw, flags, own_vfs ? options.vfs.c_str() : nullptr);
  Handle handle(raw);
  if (code != SQLITE_OK) {
    return sqlite_error(raw, code, options.file, "open the database");
  }
  sqlite3_busy_timeout(raw, 5000);
  if (purpose == Purpose::kSettle) {
    // Else its end, also after a failure, would copy the log into the database and remove it, on
    // the word of a sync that has nothing to write: half of a transaction could stay of it.
    sqlite3_db_config(raw, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  }
  code = sqlite3_exec(raw, kPragmas, nullptr, nullptr, nullptr);
  if (code == SQLITE_OK && !read_only) {
    code = sqlite3_exec(raw, kWritePragmas, nullptr, nullptr, nullptr);
  }
  if (planted::fault(planted::kNotSynced)) {
    sqlite3_exec(raw, "PRAGMA synchronous=OFF", nullptr, nullptr, nullptr);
  }
  if (code != SQLITE_OK) {
    return sqlite_error(raw, code, options.file, "open the database");
  }
  return handle;
}

// Every byte of the file written once more where it stands, then synced.
int write_again(sqlite3_file& file) {
  sqlite3_int64 size = 0;
  int code = file.pMethods->xFileSize(&file, &size);
  std::string bytes(64 * 1024, '\0');
  for (sqlite3_int64 at = 0; code == SQLITE_OK && at < size;) {
    const auto part = std::min(static_cast<sqlite3_int64>(bytes.size()), size - at);
    code = file.pMethods->xRead(&file, bytes.data(), static_cast<int>(part), at);
    if (code == SQLITE_OK) {
      code = file.pMethods->xWrite(&file, bytes.data(), static_cast<int>(part), at);
    }
    at += part;
  }
  return code == SQLITE_OK && size > 0 ? file.pMethods->xSync(&file, SQLITE_SYNC_NORMAL) : code;
}

// The log that an earlier process left may lie in the page cache only: the process was killed
// before its sync, or the sync failed and the kernel forgot that the pages are dirty. SQLite reads
// such a log as committed, so a replay would tell a shopper of an order that the next power failure
// takes away. Written again and synced, what is read is on the disk. The write lock keeps other
// processes from appending meanwhile.
Status settle_log(const SqliteOptions& options) {
  ASSIGN_OR_RETURN(const Handle handle, open_handle(options, Purpose::kSettle));
  int code = sqlite3_exec(handle.get(), "BEGIN IMMEDIATE", nullptr, nullptr, nullptr);
  sqlite3_file* log = nullptr;
  if (code == SQLITE_OK) {
    code = sqlite3_file_control(handle.get(), "main", SQLITE_FCNTL_JOURNAL_POINTER,
                                static_cast<void*>(&log));
  }
  if (code == SQLITE_OK && log != nullptr && log->pMethods != nullptr) {
    code = write_again(*log);
  }
  if (code != SQLITE_OK) {
    return sqlite_error(nullptr, code, options.file, "make the database's log durable");
  }
  return {};
}

class SqliteDatabase final : public Database {
 public:
  explicit SqliteDatabase(SqliteOptions options) : options_(std::move(options)) {}

  Result<std::unique_ptr<Connection>> connect() override { return open(options_.read_only); }
  Result<std::unique_ptr<Connection>> connect_read_only() override { return open(true); }
  std::string_view dialect() const override { return "sqlite"; }
  // Keeps a connection for as long as the database: SQLite removes the write-ahead log with the
  // last one, and a new log is safe only once its folder is synced, which SQLite does not insist
  // on.
  void keep(std::unique_ptr<Connection> connection) { keeper_ = std::move(connection); }

 private:
  Result<std::unique_ptr<Connection>> open(bool read_only) const {
    ASSIGN_OR_RETURN(Handle handle,
                     open_handle(options_, read_only ? Purpose::kRead : Purpose::kWrite));
    return std::make_unique<SqliteConnection>(std::move(handle), options_,
                                              read_only ? nullptr : turns_);
  }

  SqliteOptions options_;
  std::shared_ptr<WriteTurns> turns_ = std::make_shared<WriteTurns>();
  std::unique_ptr<Connection> keeper_;
};

// Makes the file ourselves: SQLite would let the umask decide who may read it.
Result<off_t> create_file(const SqliteOptions& options) {
  const int flags = options.read_only ? O_RDONLY : (O_RDWR | O_CREAT);
  const int descriptor = ::open(options.file.c_str(), flags | O_CLOEXEC, 0600);
  if (descriptor < 0) {
    return make_errno_error("open the database " + options.file, errno);
  }
  struct stat info{};
  const int failed = ::fstat(descriptor, &info);
  const int saved = errno;
  ::close(descriptor);
  if (failed != 0) {
    return make_errno_error("open the database " + options.file, saved);
  }
  return info.st_size;
}

Result<std::int64_t> one_integer(Connection& connection, std::string_view sql) {
  std::int64_t value = 0;
  RETURN_IF_ERROR(connection.query(sql, {}, [&value](const Row& row) -> Status {
    value = row.integer(0);
    return {};
  }));
  return value;
}

Status check_ours(Connection& connection, const SqliteOptions& options) {
  ASSIGN_OR_RETURN(const auto application, one_integer(connection, "PRAGMA application_id"));
  if (application == kApplicationId) {
    return {};
  }
  ASSIGN_OR_RETURN(const auto objects,
                   one_integer(connection, "SELECT count(*) FROM sqlite_schema"));
  if (application != 0 || objects != 0) {
    return make_error(ErrorCode::kCorrupt,
                      options.file + " is a database of another program; move it away or choose " +
                          "another data directory");
  }
  if (!options.read_only) {
    RETURN_IF_ERROR(
        connection.execute("PRAGMA application_id=" + std::to_string(kApplicationId), {}));
  }
  return {};
}

Result<std::vector<std::string>> sentences(Connection& connection, std::string_view sql) {
  std::vector<std::string> found;
  RETURN_IF_ERROR(connection.query(sql, {}, [&found](const Row& row) -> Status {
    if (row.text(0) != "ok") {
      found.emplace_back(row.text(0));
    }
    return {};
  }));
  return found;
}

// A check that could not read a page names the code of that, and a disk that does not answer is no
// reason to restore a backup.
int code_of_finding(std::string_view finding) {
  constexpr std::string_view kMark = "error code=";
  const std::size_t at = finding.find(kMark);
  int code = SQLITE_CORRUPT;
  if (at != std::string_view::npos) {
    finding.remove_prefix(at + kMark.size());
    std::from_chars(finding.data(), finding.data() + finding.size(), code);
  }
  return code;
}

}  // namespace

Result<std::unique_ptr<Database>> open_sqlite(const SqliteOptions& options) {
  off_t size = 0;
  if (options.vfs.empty()) {
    ASSIGN_OR_RETURN(size, create_file(options));
  }
  if (!options.read_only && !planted::fault(planted::kLogNotSettled)) {
    RETURN_IF_ERROR(settle_log(options));
  }
  auto database = std::make_unique<SqliteDatabase>(options);
  ASSIGN_OR_RETURN(auto connection, database->connect());
  RETURN_IF_ERROR(check_ours(*connection, options));
  if (size <= kQuickCheckBytesMax && !options.read_only) {
    ASSIGN_OR_RETURN(const auto found, sentences(*connection, "PRAGMA quick_check(1)"));
    if (!found.empty()) {
      return sqlite_error(nullptr, code_of_finding(found.front()), options.file, found.front());
    }
  }
  if (!options.read_only && options.vfs.empty()) {
    RETURN_IF_ERROR(files::sync_directory(folder_of(options.file)));
    database->keep(std::move(connection));
  }
  return database;
}

Result<std::vector<std::string>> integrity_breaches(Connection& connection,
                                                    std::string_view dialect) {
  if (dialect != "sqlite") {
    return std::vector<std::string>{};  // pg_amcheck reads a whole server; it is not ours alone
  }
  return sentences(connection, "PRAGMA integrity_check(100)");
}

Result<std::vector<std::string>> reference_breaches(Connection& connection,
                                                    std::string_view dialect) {
  std::vector<std::string> found;
  if (dialect != "sqlite") {
    return found;  // others check their constraints when a row comes in
  }
  RETURN_IF_ERROR(
      connection.query("PRAGMA foreign_key_check", {}, [&found](const Row& row) -> Status {
        found.push_back(std::string(row.text(0)) + " row " + std::string(row.text(1)) +
                        " refers to a missing row of " + std::string(row.text(2)));
        return {};
      }));
  return found;
}

}  // namespace dermaga::store

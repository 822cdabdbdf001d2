#include "sqlite_handle.h"

#include <sqlite3.h>

#include "planted/planted.h"
#include "sqlite_error.h"

namespace dermaga::store {
namespace {

constexpr const char* kPragmas =
    "PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-65536;";
constexpr const char* kWritePragmas =
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA journal_size_limit=67108864;";

}  // namespace

void CloseHandle::operator()(sqlite3* handle) const {
  sqlite3_close_v2(handle);
}

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

}  // namespace dermaga::store

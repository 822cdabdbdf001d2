#include "sqlite_error.h"

#include <sqlite3.h>

#include <cerrno>

namespace dermaga::store {

std::string folder_of(const std::string& file) {
  const auto slash = file.rfind('/');
  return slash == std::string::npos ? "." : file.substr(0, slash);
}

bool is_sync_failure(int code) {
  return code == SQLITE_IOERR_FSYNC || code == SQLITE_IOERR_DIR_FSYNC;
}

std::unexpected<Error> sqlite_error(sqlite3* handle, int code, const std::string& file,
                                    std::string_view what) {
  const std::string context = std::string(what) + ": ";
  const std::string reason = handle == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(handle);
  const bool no_space =
      code == SQLITE_FULL || (handle != nullptr && (code & 0xff) == SQLITE_IOERR &&
                              sqlite3_system_errno(handle) == ENOSPC);
  if (no_space) {
    return make_error(ErrorCode::kIo, context + "the disk that holds " + folder_of(file) +
                                          " is full; free some space there and start again");
  }
  if (is_sync_failure(code)) {
    return make_error(ErrorCode::kIo,
                      context + "the disk that holds " + folder_of(file) + " could not sync (" +
                          reason + "); what it was given last may not be on it. Check the disk, " +
                          "then start again");
  }
  switch (code & 0xff) {
    case SQLITE_CONSTRAINT:
      if (code == SQLITE_CONSTRAINT_PRIMARYKEY || code == SQLITE_CONSTRAINT_UNIQUE ||
          code == SQLITE_CONSTRAINT_ROWID) {
        return make_error(ErrorCode::kAlreadyExists, context + reason);
      }
      return make_error(ErrorCode::kInternal, context + reason);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return make_error(ErrorCode::kUnavailable,
                        context + "the database is busy: another process is writing to " + file);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return make_error(ErrorCode::kCorrupt,
                        context + "the database " + file + " is damaged (" + reason +
                            "); stop Dermaga, keep the file aside and restore " + folder_of(file) +
                            " from a backup");
    case SQLITE_READONLY:
      // SQLite's word for a file that it could only open to read, whatever the system's reason.
      return make_error(ErrorCode::kIo, context + file + " cannot be written (" + reason +
                                            "); check the folder's permissions and its disk");
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return make_error(ErrorCode::kIo, context + file + ": " + reason);
    default:
      return make_error(ErrorCode::kInternal, context + reason);
  }
}

}  // namespace dermaga::store

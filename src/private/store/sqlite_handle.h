#pragma once

#include <memory>

#include "result/result.h"
#include "store/store.h"

struct sqlite3;

namespace dermaga::store {

struct CloseHandle {
  void operator()(sqlite3* handle) const;
};
using Handle = std::unique_ptr<sqlite3, CloseHandle>;

enum class Purpose { kRead, kWrite, kSettle };

// An open SQLite database with our pragmas.
Result<Handle> open_handle(const SqliteOptions& options, Purpose purpose);

}  // namespace dermaga::store

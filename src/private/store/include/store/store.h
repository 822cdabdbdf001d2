#pragma once

#include <memory>
#include <string>

#include "result/result.h"
#include "store/database.h"

namespace dermaga::store {

struct SqliteOptions {
  std::string file;        // <data>/private/store/core.db
  bool read_only = false;  // verify and listings while core serves
};

// SQLite in WAL mode, synchronous=FULL, foreign_keys=ON, STRICT tables, busy time-out 5 s. A database
// that fails its quick check or is not ours is kCorrupt, with what to do in the message.
Result<std::unique_ptr<Database>> open_sqlite(const SqliteOptions& options);

// Brings the schema to this program's version, one transaction per numbered migration; refuses a
// newer schema (kVersionConflict, "made by a newer Dermaga"). Returns the version.
Result<int> migrate(Connection& connection, std::string_view dialect);
// The version in the database, and the one this program needs.
Result<int> schema_version(Connection& connection);
int newest_schema_version();

}  // namespace dermaga::store

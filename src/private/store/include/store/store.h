#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "result/result.h"
#include "store/database.h"

namespace dermaga::store {

struct SqliteOptions {
  std::string file;        // <data>/private/store/core.db
  bool read_only = false;  // verify and listings while core serves
  // The name of a registered sqlite3_vfs that holds the file, as the simulator has one; empty: the
  // operating system's.
  std::string vfs;
  // Pages that the write-ahead log may have before they go into the file.
  int checkpoint_pages = 8'000;
  // Called in the thread that met it when the disk could not sync, be it for a commit or for a
  // checkpoint, before anything else is tried. Core stops in it: a second fsync may say that all is
  // well after the pages were dropped. Empty: the statement fails with kIo.
  std::function<void(std::string_view reason)> on_sync_failed;
};

// SQLite in WAL mode, synchronous=FULL, foreign_keys=ON, STRICT tables, busy time-out 5 s. A
// database that fails its quick check or is not ours is kCorrupt, with what to do in the message.
Result<std::unique_ptr<Database>> open_sqlite(const SqliteOptions& options);

struct PostgresOptions {
  // postgres://[user@]host[:port][,host[:port]…]/database[?parameter=value…], as libpq reads it; a
  // password comes better from a passfile, a service or PGPASSWORD than from here.
  std::string url;
  std::chrono::milliseconds connect_timeout{5'000};  // per host
  std::chrono::milliseconds statement_timeout{30'000};
  std::chrono::milliseconds lock_timeout{10'000};
  std::chrono::milliseconds idle_in_transaction_timeout{60'000};
};

// PostgreSQL 15 or newer. kInvalidArgument, with what to do in the message, where the server would
// forget what it confirmed: fsync, full_page_writes or synchronous_commit off, or its words are not
// UTF-8. kUnavailable where no primary answers. No message holds a password.
Result<std::unique_ptr<Database>> open_postgres(const PostgresOptions& options);

bool is_postgres_url(std::string_view url);
bool has_password(std::string_view postgres_url);
// Hosts, ports and database of a URL, without user and password, for logs and screens.
std::string place_of(std::string_view postgres_url);

// Brings the schema to this program's version, one transaction per numbered migration; refuses a
// newer schema (kVersionConflict, "made by a newer Dermaga"). Returns the version.
Result<int> migrate(Connection& connection, std::string_view dialect);
// The version in the database (0: there is no schema), and the one this program needs.
Result<int> schema_version(Connection& connection, std::string_view dialect);
int newest_schema_version();

// What the engine itself finds wrong, one sentence each; empty when sound. References: rows whose
// foreign key points nowhere. Integrity: damaged pages and indexes (reads the whole file).
Result<std::vector<std::string>> reference_breaches(Connection& connection,
                                                    std::string_view dialect);
Result<std::vector<std::string>> integrity_breaches(Connection& connection,
                                                    std::string_view dialect);

// A schema statement written for SQLite in the words of `dialect`: for "postgresql" INTEGER becomes
// BIGINT, BLOB becomes BYTEA, TEXT is ordered by bytes, STRICT and WITHOUT ROWID fall away. Empty
// where the dialect has no such thing: SQLite cannot drop a constraint.
std::string translate_schema(std::string_view sql, std::string_view dialect);

}  // namespace dermaga::store

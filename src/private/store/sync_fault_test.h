#pragma once

#include <atomic>
#include <string>

// This program's own fsync and fdatasync stand in front of the C library's, also for SQLite.
namespace dermaga::store::sync_fault {

// The ending of the path of the file whose syncs fail; empty: nothing fails. Set while no other
// thread syncs.
extern std::string failing_file;
extern std::atomic<bool> failed;           // once; nothing fails a second time
extern std::atomic<int> after_failure;     // syncs of any file
extern std::atomic<int> of_database;       // syncs of a core.db
extern std::atomic<int> of_database_here;  // those by the thread that cleared the counters

void clear();

}  // namespace dermaga::store::sync_fault

#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "store/store.h"

struct sqlite3;

namespace dermaga::store {

// Copies the write-ahead log into the database on a thread of its own, so that hardly a commit
// waits for it. While commits keep coming the log is never empty at the moment one begins, and
// SQLite appends to it: somebody must then, while no commit is under way, copy the rest (`alone`).
// One per database; outlives its connections. Thread-safe.
class Checkpointer {
 public:
  explicit Checkpointer(const SqliteOptions& options);
  // Ends after the checkpoint that is under way.
  ~Checkpointer();

  // After each commit: the log has so many pages now. Returns at once.
  void log_has(int pages);
  // For a checkpoint of the caller's own: none is under way while this lock is held.
  std::unique_lock<std::mutex> alone() { return std::unique_lock(checkpointing_); }
  // Not SQLITE_OK once the disk could not sync: nothing may be acknowledged any more.
  int sync_failure() const { return sync_failure_; }

 private:
  void run();
  void copy(sqlite3* handle);

  const SqliteOptions options_;
  std::mutex checkpointing_;
  std::atomic<int> copied_ = 0;  // pages of the log that are in the database
  std::atomic<int> sync_failure_ = 0;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool due_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace dermaga::store

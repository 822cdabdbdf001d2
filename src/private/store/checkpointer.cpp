#include "checkpointer.h"

#include <sqlite3.h>

#include "sqlite_error.h"
#include "sqlite_handle.h"

namespace dermaga::store {

Checkpointer::Checkpointer(const SqliteOptions& options)
    : options_(options), thread_([this] { run(); }) {}

Checkpointer::~Checkpointer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Checkpointer::log_has(int pages) {
  if (pages < copied_) {
    copied_ = 0;  // SQLite began the log anew
  }
  if (pages - copied_ < options_.checkpoint_pages) {
    return;
  }
  {
    const std::lock_guard lock(mutex_);
    due_ = true;
  }
  changed_.notify_one();
}

void Checkpointer::run() {
  Handle handle;
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return due_ || stopping_; });
    if (stopping_) {
      return;
    }
    due_ = false;
    lock.unlock();
    if (handle == nullptr) {
      if (auto opened = open_handle(options_, Purpose::kWrite); opened.has_value()) {
        handle = *std::move(opened);
      }
    }
    // Without a connection, too, the log stays as it is, for a later try.
    if (handle != nullptr) {
      copy(handle.get());
    }
    lock.lock();
  }
}

void Checkpointer::copy(sqlite3* handle) {
  const std::lock_guard lock(checkpointing_);
  if (sync_failure_ != 0) {
    return;  // a second sync may say that all is well after the pages were dropped
  }
  int copied = 0;
  const int code =
      sqlite3_wal_checkpoint_v2(handle, nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, &copied);
  if (is_sync_failure(code)) {
    sync_failure_ = code;
    if (options_.on_sync_failed) {
      options_.on_sync_failed(
          sqlite_error(nullptr, code, options_.file, "checkpoint").error().message());
    }
  } else if (code == SQLITE_OK && copied > 0) {
    copied_ = copied;
  }
}

}  // namespace dermaga::store

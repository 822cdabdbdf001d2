#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "result/result.h"

namespace dermaga::buyer {

// An append-only file of JSON lines. Many threads append; one writer syncs whatever has gathered,
// so that a sync is shared by all who wait for it. Thread-safe.
class Journal {
 public:
  static Result<std::unique_ptr<Journal>> open(const std::string& path);
  // Writes and syncs what was appended.
  ~Journal();
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  // `line` without its line feed.
  void append(std::string_view line);
  // The same, and returns when the line is durable.
  Status append_durably(std::string_view line);

 private:
  explicit Journal(int descriptor);
  void write_until_stopped();

  const int descriptor_;
  std::mutex mutex_;
  std::condition_variable appended_;
  std::condition_variable synced_;
  std::string waiting_;
  std::uint64_t lines_appended_ = 0;
  std::uint64_t lines_durable_ = 0;
  int failure_errno_ = 0;
  bool stopping_ = false;
  std::thread writer_;
};

}  // namespace dermaga::buyer

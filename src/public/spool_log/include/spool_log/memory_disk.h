#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "spool_log/disk.h"

namespace dermaga::spool_log {

// A disk in memory that can fail and lose power, for tests. It keeps what was written apart from
// what was synced, as a page cache does. Must outlive the files that it opened.
class MemoryDisk final : public Disk {
 public:
  Result<std::vector<std::string>> list() override;
  Result<std::uint64_t> size(const std::string& name) override;
  Result<std::string> read(const std::string& name, std::uint64_t offset,
                           std::uint64_t bytes_max) override;
  Result<std::unique_ptr<File>> open(const std::string& name) override;
  Status replace(const std::string& name, std::string_view bytes) override;
  Status remove(const std::string& name) override;
  Status sync_folder() override;
  Result<std::uint64_t> free_bytes() override { return room_; }

  // Power is lost: every file is what was synced of it, plus up to `kept` bytes of what was not.
  void crash(std::uint64_t kept = 0);

  // The bytes of a file as a program sees them, to look at or to damage.
  std::string& bytes(const std::string& name) { return seen_[name]->bytes; }
  bool has(const std::string& name) const { return seen_.contains(name); }
  std::uint64_t syncs() const { return syncs_; }

  void set_room(std::uint64_t bytes) { room_ = bytes; }
  // The so many-th write or sync from now fails with this code (1: the next).
  void fail_after(std::uint64_t operations, ErrorCode code) {
    fail_in_ = operations;
    fail_code_ = code;
  }

 private:
  struct Content {
    std::string bytes;
    std::uint64_t synced = 0;  // so many of the bytes are on the platter
  };
  class OpenFile;

  // What each writing operation asks first.
  Status allowed(std::uint64_t bytes);

  std::map<std::string, std::shared_ptr<Content>> seen_;
  std::map<std::string, std::shared_ptr<Content>> durable_;  // names as after a power cut
  std::uint64_t room_ = UINT64_MAX;
  std::uint64_t syncs_ = 0;
  std::uint64_t fail_in_ = 0;
  ErrorCode fail_code_ = ErrorCode::kIo;
};

}  // namespace dermaga::spool_log

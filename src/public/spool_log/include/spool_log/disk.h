#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "result/result.h"

namespace dermaga::spool_log {

// The folder of a spool's log, as a dependency, so that tests and the simulator own what a disk
// does. Two errors matter: kOverloaded, there is no room (or the quota is used up) and the caller
// may go on without what it wanted to write; any other, the disk can no longer be trusted and the
// process must stop. Not thread-safe.

// A file that grows at its end.
class File {
 public:
  virtual ~File() = default;
  // After an error the file may hold a part of the bytes.
  virtual Status append(std::string_view bytes) = 0;
  // Shortens the file again, to drop what a failed append left.
  virtual Status truncate(std::uint64_t size) = 0;
  // Everything appended so far survives a power cut. Never called again after it failed.
  virtual Status sync() = 0;
};

class Disk {
 public:
  virtual ~Disk() = default;
  // Names of the files in the folder, sorted; folders and other programs' hidden files are left
  // out.
  virtual Result<std::vector<std::string>> list() = 0;
  virtual Result<std::uint64_t> size(const std::string& name) = 0;
  // Up to so many bytes; fewer where the file ends. kNotFound.
  virtual Result<std::string> read(const std::string& name, std::uint64_t offset,
                                   std::uint64_t bytes_max) = 0;
  // Opens for appending and makes the file where there is none; the name is durable only after
  // sync_folder().
  virtual Result<std::unique_ptr<File>> open(const std::string& name) = 0;
  // A whole new file under this name, durable on return; the old one is untouched on failure.
  virtual Status replace(const std::string& name, std::string_view bytes) = 0;
  virtual Status remove(const std::string& name) = 0;
  // File names made and removed survive a power cut.
  virtual Status sync_folder() = 0;
  // What this user may still write.
  virtual Result<std::uint64_t> free_bytes() = 0;
};

// A folder of the operating system's, which must exist; files get mode 0600.
Result<std::unique_ptr<Disk>> open_folder(const std::string& path);

}  // namespace dermaga::spool_log

#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "result/result.h"

namespace dermaga::files {

// Whether something is at the path. kIo where this user may not look.
Result<bool> exists(const std::string& path);

// Whole file, at most max_bytes (kInvalidArgument when larger). kNotFound, kIo.
Result<std::string> read_file(const std::string& path, std::uint64_t max_bytes);

// Replaces path by a new file with these bytes and mode: write beside it, fsync, rename, fsync the
// folder. After success the bytes survive a power cut; after failure the old file is untouched.
Status write_file_atomically(const std::string& path, std::string_view bytes, unsigned mode);

// Creates the folder and its parents. The last one gets `mode` if it is new.
Status make_directories(const std::string& path, unsigned mode);

// Reads a secret: the file must be a regular file, owned by this user (or root) and not wider than
// 0600; kForbidden with the chmod to run otherwise.
Result<std::string> read_secret_file(const std::string& path, std::uint64_t max_bytes);

// Flushes a folder entry (after creating or renaming a file in it).
Status sync_directory(const std::string& path);

// An exclusive advisory lock (flock), held until destruction or process end. kAlreadyExists when
// another process holds it; the file keeps the holder's process id for messages.
class LockFile {
 public:
  static Result<LockFile> acquire(const std::string& path);
  LockFile(LockFile&&) noexcept;
  LockFile& operator=(LockFile&&) noexcept;
  ~LockFile();

 private:
  explicit LockFile(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace dermaga::files

#include "files/files.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

namespace dermaga::files {

namespace {

class Descriptor {
 public:
  explicit Descriptor(int value) : value_(value) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (value_ >= 0) {
      ::close(value_);
    }
  }
  int get() const { return value_; }
  int release() { return std::exchange(value_, -1); }

 private:
  int value_;
};

std::unexpected<Error> io_error(std::string_view verb, const std::string& path, int errno_value) {
  if (errno_value == ENOENT) {
    return make_error(ErrorCode::kNotFound, std::string(verb) + " " + path + ": no such file");
  }
  return make_errno_error(std::string(verb) + " " + path, errno_value);
}

Result<std::string> read_all(int descriptor, const std::string& path, std::uint64_t max_bytes) {
  std::string bytes;
  bytes.reserve(64);  // never inside the string itself, where a move would leave a secret behind
  char chunk[65536];
  while (true) {
    const ssize_t got = ::read(descriptor, chunk, sizeof chunk);
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got < 0) {
      return io_error("read", path, errno);
    }
    if (got == 0) {
      return bytes;
    }
    bytes.append(chunk, static_cast<std::size_t>(got));
    ::explicit_bzero(chunk, static_cast<std::size_t>(got));
    if (bytes.size() > max_bytes) {
      return make_error(ErrorCode::kInvalidArgument,
                        path + " is larger than " + std::to_string(max_bytes) + " bytes");
    }
  }
}

Status write_all(int descriptor, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t put = ::write(descriptor, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) {
      continue;
    }
    if (put < 0) {
      return io_error("write", path, errno);
    }
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return {};
}

std::string parent_of(const std::string& path) {
  const auto parent = std::filesystem::path(path).parent_path();
  return parent.empty() ? "." : parent.string();
}

}  // namespace

Result<bool> exists(const std::string& path) {
  std::error_code failure;
  const bool found = std::filesystem::exists(path, failure);
  if (failure) {
    return make_errno_error("look at " + path, failure.value());
  }
  return found;
}

Result<std::string> read_file(const std::string& path, std::uint64_t max_bytes) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) {
    return io_error("open", path, errno);
  }
  return read_all(file.get(), path, max_bytes);
}

Status write_file_atomically(const std::string& path, std::string_view bytes, unsigned mode) {
  std::string temporary = path + ".XXXXXX";
  Descriptor file(::mkostemp(temporary.data(), O_CLOEXEC));
  if (file.get() < 0) {
    return io_error("create a file beside", path, errno);
  }
  const auto give_up = [&](Error error) -> Status {
    ::unlink(temporary.c_str());
    return std::unexpected(std::move(error));
  };
  if (auto written = write_all(file.get(), bytes, path); !written.has_value()) {
    return give_up(std::move(written).error());
  }
  if (::fchmod(file.get(), mode) != 0 || ::fsync(file.get()) != 0) {
    return give_up(io_error("sync", path, errno).error());
  }
  if (::rename(temporary.c_str(), path.c_str()) != 0) {
    return give_up(io_error("rename onto", path, errno).error());
  }
  return sync_directory(parent_of(path));
}

Status make_directories(const std::string& path, unsigned mode) {
  std::error_code error;
  const bool created = std::filesystem::create_directories(path, error);
  if (error) {
    return make_error(ErrorCode::kIo, "create folder " + path + ": " + error.message());
  }
  if (created && ::chmod(path.c_str(), mode) != 0) {
    return io_error("chmod", path, errno);
  }
  return {};
}

Result<std::string> read_secret_file(const std::string& path, std::uint64_t max_bytes) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (file.get() < 0) {
    return io_error("open", path, errno);
  }
  struct stat info{};
  if (::fstat(file.get(), &info) != 0) {
    return io_error("stat", path, errno);
  }
  if (!S_ISREG(info.st_mode) || (info.st_uid != ::geteuid() && info.st_uid != 0)) {
    return make_error(ErrorCode::kForbidden,
                      path + " must be a regular file owned by the user that runs this program");
  }
  if ((info.st_mode & 0177) != 0) {
    return make_error(ErrorCode::kForbidden,
                      path + " is readable by others; run: chmod 600 " + path);
  }
  return read_all(file.get(), path, max_bytes);
}

Status sync_directory(const std::string& path) {
  const Descriptor folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.get() < 0) {
    return io_error("open folder", path, errno);
  }
  if (::fsync(folder.get()) != 0) {
    return io_error("sync folder", path, errno);
  }
  return {};
}

Result<LockFile> LockFile::acquire(const std::string& path) {
  Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (file.get() < 0) {
    return io_error("open", path, errno);
  }
  if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    const auto holder = read_all(file.get(), path, 64);
    return make_error(ErrorCode::kAlreadyExists,
                      path + " is locked by another process" +
                          (holder.has_value() && !holder->empty() ? " (" + *holder + ")" : ""));
  }
  const std::string holder = "pid " + std::to_string(::getpid());
  if (::ftruncate(file.get(), 0) != 0) {
    return io_error("truncate", path, errno);
  }
  RETURN_IF_ERROR(write_all(file.get(), holder, path));
  return LockFile(file.release());
}

LockFile::LockFile(LockFile&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

LockFile& LockFile::operator=(LockFile&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

LockFile::~LockFile() {
  if (descriptor_ >= 0) {
    ::close(descriptor_);
  }
}

}  // namespace dermaga::files

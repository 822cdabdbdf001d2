#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "spool_log/disk.h"

namespace dermaga::spool_log {

namespace {

constexpr std::string_view kTemporary = ".new";

std::unexpected<Error> io_error(const std::string& what, int errno_value) {
  if (errno_value == ENOENT) {
    return make_error(ErrorCode::kNotFound, what + ": no such file");
  }
  if (errno_value == ENOSPC || errno_value == EDQUOT || errno_value == EFBIG) {
    return make_error(ErrorCode::kOverloaded, what + ": the disk or its quota is full");
  }
  return make_error(ErrorCode::kIo, make_errno_error(what, errno_value).error().message());
}

class Descriptor {
 public:
  explicit Descriptor(int value) : value_(value) {}
  Descriptor(Descriptor&& other) noexcept : value_(std::exchange(other.value_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor() {
    if (value_ >= 0) {
      ::close(value_);
    }
  }
  int get() const { return value_; }

 private:
  int value_;
};

class PosixFile final : public File {
 public:
  PosixFile(Descriptor file, std::string path, std::uint64_t size)
      : file_(std::move(file)), path_(std::move(path)), size_(size) {}

  Status append(std::string_view bytes) override {
    while (!bytes.empty()) {
      const ssize_t put =
          ::pwrite(file_.get(), bytes.data(), bytes.size(), static_cast<off_t>(size_));
      if (put < 0 && errno == EINTR) {
        continue;
      }
      if (put < 0) {
        return io_error("write " + path_, errno);
      }
      size_ += static_cast<std::uint64_t>(put);
      bytes.remove_prefix(static_cast<std::size_t>(put));
    }
    return {};
  }

  Status truncate(std::uint64_t size) override {
    if (::ftruncate(file_.get(), static_cast<off_t>(size)) != 0) {
      return io_error("truncate " + path_, errno);
    }
    size_ = size;
    return {};
  }

  Status sync() override {
    if (::fdatasync(file_.get()) != 0) {
      // Also where there is no room: the kernel may have dropped the bytes, so this is the end.
      return make_error(ErrorCode::kIo, make_errno_error("sync " + path_, errno).error().message());
    }
    return {};
  }

 private:
  const Descriptor file_;
  const std::string path_;
  std::uint64_t size_;
};

class PosixDisk final : public Disk {
 public:
  PosixDisk(Descriptor folder, std::string path)
      : folder_(std::move(folder)), path_(std::move(path)) {}

  Result<std::vector<std::string>> list() override {
    DIR* entries = ::opendir(path_.c_str());
    if (entries == nullptr) {
      return io_error("open folder " + path_, errno);
    }
    std::vector<std::string> names;
    errno = 0;
    while (const dirent* entry = ::readdir(entries)) {
      struct stat info{};
      if (entry->d_name[0] != '.' &&
          ::fstatat(folder_.get(), entry->d_name, &info, AT_SYMLINK_NOFOLLOW) == 0 &&
          S_ISREG(info.st_mode)) {
        names.emplace_back(entry->d_name);
      }
      errno = 0;
    }
    const int failed = errno;
    ::closedir(entries);
    if (failed != 0) {
      return io_error("read folder " + path_, failed);
    }
    std::ranges::sort(names);
    return names;
  }

  Result<std::uint64_t> size(const std::string& name) override {
    struct stat info{};
    if (::fstatat(folder_.get(), name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) {
      return io_error("look at " + where(name), errno);
    }
    return static_cast<std::uint64_t>(info.st_size);
  }

  Result<std::string> read(const std::string& name, std::uint64_t offset,
                           std::uint64_t bytes_max) override {
    ASSIGN_OR_RETURN(const Descriptor file, open_at(name, O_RDONLY));
    ASSIGN_OR_RETURN(const std::uint64_t all, size(name));
    std::string bytes(std::min(bytes_max, all - std::min(all, offset)), '\0');
    std::size_t done = 0;
    while (done < bytes.size()) {
      const ssize_t got = ::pread(file.get(), bytes.data() + done, bytes.size() - done,
                                  static_cast<off_t>(offset + done));
      if (got < 0 && errno == EINTR) {
        continue;
      }
      if (got < 0) {
        return io_error("read " + where(name), errno);
      }
      if (got == 0) {
        break;
      }
      done += static_cast<std::size_t>(got);
    }
    bytes.resize(done);
    return bytes;
  }

  Result<std::unique_ptr<File>> open(const std::string& name) override {
    ASSIGN_OR_RETURN(Descriptor file, open_at(name, O_RDWR | O_CREAT));
    ASSIGN_OR_RETURN(const std::uint64_t end, size(name));
    return std::make_unique<PosixFile>(std::move(file), where(name), end);
  }

  Status replace(const std::string& name, std::string_view bytes) override {
    const std::string temporary = name + std::string(kTemporary);
    if (const Status written = write_new(temporary, bytes); !written.has_value()) {
      ::unlinkat(folder_.get(), temporary.c_str(), 0);
      return written;
    }
    if (::renameat(folder_.get(), temporary.c_str(), folder_.get(), name.c_str()) != 0) {
      return io_error("rename onto " + where(name), errno);
    }
    return sync_folder();
  }

  Status remove(const std::string& name) override {
    if (::unlinkat(folder_.get(), name.c_str(), 0) != 0) {
      return io_error("remove " + where(name), errno);
    }
    return {};
  }

  Status sync_folder() override {
    if (::fsync(folder_.get()) != 0) {
      return make_error(ErrorCode::kIo,
                        make_errno_error("sync folder " + path_, errno).error().message());
    }
    return {};
  }

  Result<std::uint64_t> free_bytes() override {
    struct statvfs info{};
    if (::fstatvfs(folder_.get(), &info) != 0) {
      return io_error("look at the disk of " + path_, errno);
    }
    return static_cast<std::uint64_t>(info.f_bavail) * info.f_frsize;
  }

 private:
  std::string where(const std::string& name) const { return path_ + "/" + name; }

  Result<Descriptor> open_at(const std::string& name, int flags) const {
    Descriptor file(::openat(folder_.get(), name.c_str(), flags | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (file.get() < 0) {
      return io_error("open " + where(name), errno);
    }
    return file;
  }

  Status write_new(const std::string& name, std::string_view bytes) {
    ASSIGN_OR_RETURN(Descriptor file, open_at(name, O_RDWR | O_CREAT | O_TRUNC));
    PosixFile temporary(std::move(file), where(name), 0);
    RETURN_IF_ERROR(temporary.append(bytes));
    return temporary.sync();
  }

  const Descriptor folder_;
  const std::string path_;
};

}  // namespace

Result<std::unique_ptr<Disk>> open_folder(const std::string& path) {
  Descriptor folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.get() < 0) {
    return io_error("open folder " + path, errno);
  }
  return std::make_unique<PosixDisk>(std::move(folder), path);
}

}  // namespace dermaga::spool_log

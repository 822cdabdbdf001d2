#include "spool_disk.h"

#include <algorithm>

namespace dermaga::simulation {
namespace {

Status status_of(DiskAnswer answer, std::string_view what) {
  switch (answer) {
    case DiskAnswer::kDone:
      return {};
    case DiskAnswer::kNoSpace:
      return make_error(ErrorCode::kOverloaded, std::string(what) + ": the disk is full");
    case DiskAnswer::kIoError:
      break;
  }
  return make_error(ErrorCode::kIo, std::string(what) + ": the disk failed");
}

class SpoolFile final : public spool_log::File {
 public:
  SpoolFile(Disk& disk, std::shared_ptr<Disk::File> file) : disk_(disk), file_(std::move(file)) {}
  Status append(std::string_view bytes) override {
    return status_of(disk_.write(*file_, file_->cached.size(), bytes), "append");
  }
  Status truncate(std::uint64_t size) override {
    return status_of(disk_.truncate(*file_, size), "truncate");
  }
  Status sync() override { return status_of(disk_.sync(*file_), "sync"); }

 private:
  Disk& disk_;
  std::shared_ptr<Disk::File> file_;
};

}  // namespace

Result<std::vector<std::string>> SpoolDisk::list() {
  RETURN_IF_ERROR(status_of(disk_.check_read(), "list"));
  auto names = disk_.names();
  std::erase_if(names, [](const std::string& name) { return name.starts_with('.'); });
  return names;
}

Result<std::uint64_t> SpoolDisk::size(const std::string& name) {
  const auto file = disk_.find(name);
  if (file == nullptr) {
    return make_error(ErrorCode::kNotFound, "no file " + name);
  }
  RETURN_IF_ERROR(status_of(disk_.check_read(), "look at " + name));
  return file->cached.size();
}

Result<std::string> SpoolDisk::read(const std::string& name, std::uint64_t offset,
                                    std::uint64_t bytes_max) {
  const auto file = disk_.find(name);
  if (file == nullptr) {
    return make_error(ErrorCode::kNotFound, "no file " + name);
  }
  RETURN_IF_ERROR(status_of(disk_.check_read(), "read " + name));
  return file->cached.substr(std::min<std::size_t>(offset, file->cached.size()), bytes_max);
}

Result<std::unique_ptr<spool_log::File>> SpoolDisk::open(const std::string& name) {
  RETURN_IF_ERROR(status_of(disk_.check_read(), "open " + name));
  return std::make_unique<SpoolFile>(disk_, disk_.open(name));
}

Status SpoolDisk::replace(const std::string& name, std::string_view bytes) {
  const std::string temporary = "." + name;
  if (disk_.find(temporary) != nullptr) {
    RETURN_IF_ERROR(status_of(disk_.remove(temporary), "remove " + temporary));
  }
  const auto file = disk_.open(temporary);
  RETURN_IF_ERROR(status_of(disk_.write(*file, 0, bytes), "write " + temporary));
  RETURN_IF_ERROR(status_of(disk_.sync(*file), "sync " + temporary));
  return status_of(disk_.rename(temporary, name), "rename onto " + name);
}

Status SpoolDisk::remove(const std::string& name) {
  return status_of(disk_.remove(name), "remove " + name);
}

// Names are durable at once on a simulated disk.
Status SpoolDisk::sync_folder() {
  return status_of(disk_.stopped() ? DiskAnswer::kIoError : DiskAnswer::kDone, "sync the folder");
}

}  // namespace dermaga::simulation

#include "disk.h"

#include <algorithm>

namespace dermaga::simulation {
namespace {

constexpr std::size_t kSectorBytes = 512;

void apply(std::string& content, std::size_t offset, std::string_view bytes) {
  if (content.size() < offset + bytes.size()) {
    content.resize(offset + bytes.size());
  }
  std::copy(bytes.begin(), bytes.end(), content.begin() + static_cast<std::ptrdiff_t>(offset));
}

void apply(std::string& content, const Disk::Write& write) {
  if (write.is_truncation) {
    content.resize(write.offset);
  } else {
    apply(content, write.offset, write.bytes);
  }
}

}  // namespace

void Disk::start() {
  ++generation_;
  stopped_ = false;
  stop_in_ = 0;
}

bool Disk::begin_operation() {
  if (stopped_) {
    return false;
  }
  ++operations_;
  if (stop_in_ > 0 && --stop_in_ == 0) {
    stopped_ = true;
    return false;
  }
  return true;
}

std::shared_ptr<Disk::File> Disk::find(const std::string& name) const {
  const auto found = files_.find(name);
  return found == files_.end() ? nullptr : found->second;
}

std::shared_ptr<Disk::File> Disk::open(const std::string& name) {
  auto& file = files_[name];
  if (file == nullptr) {
    file = std::make_shared<File>();
  }
  return file;
}

DiskAnswer Disk::remove(const std::string& name) {
  if (!begin_operation()) {
    return DiskAnswer::kIoError;
  }
  files_.erase(name);
  return DiskAnswer::kDone;
}

DiskAnswer Disk::rename(const std::string& from, const std::string& to) {
  if (!begin_operation()) {
    return DiskAnswer::kIoError;
  }
  files_[to] = files_.at(from);
  files_.erase(from);
  return DiskAnswer::kDone;
}

std::vector<std::string> Disk::names() const {
  std::vector<std::string> names;
  for (const auto& [name, file] : files_) {
    names.push_back(name);
  }
  return names;
}

// Stopped in the middle of a write, the process leaves the first part of it, or nothing.
DiskAnswer Disk::write(File& file, std::size_t offset, std::string_view bytes) {
  const bool was_stopped = stopped_;
  const bool runs = begin_operation();
  if (was_stopped) {
    return DiskAnswer::kIoError;
  }
  if (!runs) {
    bytes = bytes.substr(0, chance_.below(bytes.size() + 1));
  } else if (chance_.once_in(faults_.no_space)) {
    return DiskAnswer::kNoSpace;
  } else if (chance_.once_in(faults_.write_fails)) {
    return DiskAnswer::kIoError;
  }
  apply(file.cached, offset, bytes);
  file.unsynced.push_back({.offset = offset, .bytes = std::string(bytes)});
  return runs ? DiskAnswer::kDone : DiskAnswer::kIoError;
}

DiskAnswer Disk::truncate(File& file, std::size_t size) {
  if (!begin_operation()) {
    return DiskAnswer::kIoError;
  }
  file.cached.resize(size);
  file.unsynced.push_back({.offset = size, .bytes = {}, .is_truncation = true});
  return DiskAnswer::kDone;
}

DiskAnswer Disk::sync(File& file) {
  if (!begin_operation()) {
    return DiskAnswer::kIoError;
  }
  if (chance_.once_in(faults_.sync_fails)) {
    for (Write& write : file.unsynced) {
      write.is_forgotten = write.is_forgotten || chance_.once_in(2);
    }
    return DiskAnswer::kIoError;
  }
  for (const Write& write : file.unsynced) {
    if (!write.is_forgotten) {
      apply(file.durable, write);
    }
  }
  file.unsynced.clear();
  return DiskAnswer::kDone;
}

DiskAnswer Disk::check_read() {
  return stopped_ || chance_.once_in(faults_.read_fails) ? DiskAnswer::kIoError : DiskAnswer::kDone;
}

void Disk::tear(File& file, const Write& write) {
  std::size_t done = 0;
  while (done < write.bytes.size()) {
    const std::size_t sector_end = ((write.offset + done) / kSectorBytes + 1) * kSectorBytes;
    const std::size_t size = std::min(write.bytes.size() - done, sector_end - write.offset - done);
    if (chance_.once_in(2)) {
      apply(file.durable, write.offset + done, std::string_view(write.bytes).substr(done, size));
    }
    done += size;
  }
}

void Disk::lose_power() {
  for (auto& [name, file] : files_) {
    for (const Write& write : file->unsynced) {
      const std::uint64_t fate = chance_.below(3);  // none of it, all, some sectors
      if (write.is_forgotten || fate == 0) {
        continue;
      }
      if (fate == 1 || write.is_truncation) {
        apply(file->durable, write);
      } else {
        tear(*file, write);
      }
    }
    file->unsynced.clear();
    file->cached = file->durable;
  }
}

void Disk::put(const std::string& name, std::string content) {
  const auto file = open(name);
  file->durable = content;
  file->cached = std::move(content);
  file->unsynced.clear();
}

std::string Disk::image() const {
  std::string out;
  for (const auto& [name, file] : files_) {
    out += name + "\n" + file->cached + "\n" + file->durable + "\n";
  }
  return out;
}

}  // namespace dermaga::simulation

#include "spool_log/memory_disk.h"

#include <algorithm>

namespace dermaga::spool_log {

namespace {

std::unexpected<Error> missing(const std::string& name) {
  return make_error(ErrorCode::kNotFound, name + ": no such file");
}

}  // namespace

class MemoryDisk::OpenFile final : public File {
 public:
  OpenFile(MemoryDisk& disk, std::shared_ptr<Content> content)
      : disk_(disk), content_(std::move(content)) {}

  Status append(std::string_view bytes) override {
    const Status allowed = disk_.allowed(bytes.size());
    // A write that fails half-way leaves a half, as a full disk does.
    content_->bytes += allowed.has_value() ? bytes : bytes.substr(0, bytes.size() / 2);
    return allowed;
  }
  Status truncate(std::uint64_t size) override {
    RETURN_IF_ERROR(disk_.allowed(0));
    content_->bytes.resize(size);
    content_->synced = std::min(content_->synced, size);
    return {};
  }
  Status sync() override {
    RETURN_IF_ERROR(disk_.allowed(0));
    ++disk_.syncs_;
    content_->synced = content_->bytes.size();
    return {};
  }

 private:
  MemoryDisk& disk_;
  const std::shared_ptr<Content> content_;
};

Result<std::vector<std::string>> MemoryDisk::list() {
  std::vector<std::string> names;
  for (const auto& [name, content] : seen_) {
    names.push_back(name);
  }
  return names;
}

Result<std::uint64_t> MemoryDisk::size(const std::string& name) {
  const auto it = seen_.find(name);
  if (it == seen_.end()) {
    return missing(name);
  }
  return it->second->bytes.size();
}

Result<std::string> MemoryDisk::read(const std::string& name, std::uint64_t offset,
                                     std::uint64_t bytes_max) {
  const auto it = seen_.find(name);
  if (it == seen_.end()) {
    return missing(name);
  }
  const std::string& bytes = it->second->bytes;
  return offset >= bytes.size() ? std::string() : bytes.substr(offset, bytes_max);
}

Result<std::unique_ptr<File>> MemoryDisk::open(const std::string& name) {
  auto& content = seen_[name];
  if (content == nullptr) {
    content = std::make_shared<Content>();
  }
  return std::make_unique<OpenFile>(*this, content);
}

Status MemoryDisk::replace(const std::string& name, std::string_view bytes) {
  RETURN_IF_ERROR(allowed(bytes.size()));
  ++syncs_;
  seen_[name] = std::make_shared<Content>(Content{std::string(bytes), bytes.size()});
  return sync_folder();
}

Status MemoryDisk::remove(const std::string& name) {
  RETURN_IF_ERROR(allowed(0));
  return seen_.erase(name) == 1 ? Status() : missing(name);
}

Status MemoryDisk::sync_folder() {
  RETURN_IF_ERROR(allowed(0));
  durable_ = seen_;
  return {};
}

void MemoryDisk::crash(std::uint64_t kept) {
  seen_.clear();
  for (const auto& [name, content] : durable_) {
    auto& survivor = seen_[name];
    survivor = std::make_shared<Content>(*content);
    survivor->bytes.resize(
        std::min<std::uint64_t>(survivor->bytes.size(), survivor->synced + kept));
    survivor->synced = survivor->bytes.size();
  }
  durable_ = seen_;
  fail_in_ = 0;
}

Status MemoryDisk::allowed(std::uint64_t bytes) {
  if (fail_in_ > 0 && --fail_in_ == 0) {
    return make_error(fail_code_, "injected fault");
  }
  if (bytes > room_) {
    return make_error(ErrorCode::kOverloaded, "the disk is full");
  }
  return {};
}

}  // namespace dermaga::spool_log

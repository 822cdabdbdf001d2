#include "journal.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace dermaga::buyer {

namespace {

constexpr mode_t kJournalMode = 0600;  // idempotency keys are the shopper's own

// 0, or the errno of what failed.
int write_and_sync(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno != EINTR) {
      return errno;
    }
    bytes.remove_prefix(written > 0 ? static_cast<std::size_t>(written) : 0);
  }
  return ::fdatasync(descriptor) == 0 ? 0 : errno;
}

}  // namespace

Result<std::unique_ptr<Journal>> Journal::open(const std::string& path) {
  const int descriptor =
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, kJournalMode);
  if (descriptor < 0) {
    return make_errno_error("open " + path, errno);
  }
  return std::unique_ptr<Journal>(new Journal(descriptor));
}

Journal::Journal(int descriptor)
    : descriptor_(descriptor), writer_([this] { write_until_stopped(); }) {}

Journal::~Journal() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  appended_.notify_one();
  writer_.join();
  ::close(descriptor_);
}

void Journal::append(std::string_view line) {
  const std::lock_guard lock(mutex_);
  waiting_ += line;
  waiting_ += '\n';
  ++lines_appended_;
  appended_.notify_one();
}

Status Journal::append_durably(std::string_view line) {
  std::unique_lock lock(mutex_);
  waiting_ += line;
  waiting_ += '\n';
  const std::uint64_t mine = ++lines_appended_;
  appended_.notify_one();
  synced_.wait(lock, [&] { return lines_durable_ >= mine || failure_errno_ != 0; });
  if (failure_errno_ != 0) {
    return make_errno_error("write the journal", failure_errno_);
  }
  return {};
}

void Journal::write_until_stopped() {
  std::unique_lock lock(mutex_);
  while (true) {
    appended_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
    if (waiting_.empty()) {
      return;
    }
    const std::string batch = std::exchange(waiting_, {});
    const std::uint64_t last = lines_appended_;
    lock.unlock();
    const int failed = write_and_sync(descriptor_, batch);
    lock.lock();
    failure_errno_ = failure_errno_ != 0 ? failure_errno_ : failed;
    lines_durable_ = last;
    synced_.notify_all();
  }
}

}  // namespace dermaga::buyer

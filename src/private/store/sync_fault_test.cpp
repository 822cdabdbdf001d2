#include "sync_fault_test.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <thread>

namespace dermaga::store::sync_fault {

std::string failing_file;  // NOLINT(cert-err58-cpp)
std::atomic<bool> failed{false};
std::atomic<int> after_failure{0};
std::atomic<int> of_database{0};
std::atomic<int> of_database_here{0};

namespace {

std::atomic<std::thread::id> clearing_thread{};

int sync_unless_told(int descriptor, long call) {
  char path[4096];
  const std::string link = "/proc/self/fd/" + std::to_string(descriptor);
  const ssize_t size = ::readlink(link.c_str(), path, sizeof path);
  const std::string name(path, size > 0 ? static_cast<std::size_t>(size) : 0);
  if (name.ends_with("/core.db")) {
    ++of_database;
    of_database_here += std::this_thread::get_id() == clearing_thread.load() ? 1 : 0;
  }
  if (failed) {
    ++after_failure;
  } else if (!failing_file.empty() && name.ends_with(failing_file)) {
    failed = true;
    errno = EIO;
    return -1;
  }
  return static_cast<int>(::syscall(call, descriptor));
}

}  // namespace

void clear() {
  failing_file.clear();
  failed = false;
  after_failure = 0;
  of_database = 0;
  of_database_here = 0;
  clearing_thread = std::this_thread::get_id();
}

}  // namespace dermaga::store::sync_fault

extern "C" int fdatasync(int descriptor) {
  return dermaga::store::sync_fault::sync_unless_told(descriptor, SYS_fdatasync);
}
extern "C" int fsync(int descriptor) {
  return dermaga::store::sync_fault::sync_unless_told(descriptor, SYS_fsync);
}

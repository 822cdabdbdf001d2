#include "audit/exporter.h"

#include <fcntl.h>
#include <syslog.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <utility>
#include <vector>

#include "audit/audit.h"
#include "files/files.h"

namespace dermaga::audit {
namespace {

constexpr std::uint64_t kPage = 1'000;
constexpr std::uint64_t kStateBytesMax = 64;

Status write_all(int descriptor, std::string_view bytes, const std::string& file) {
  while (!bytes.empty()) {
    const ssize_t put = ::write(descriptor, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) {
      continue;
    }
    if (put <= 0) {
      return make_errno_error("write " + file, errno);
    }
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return ::fdatasync(descriptor) == 0 ? Status() : Status(make_errno_error("sync " + file, errno));
}

Result<std::uint64_t> read_state(const std::string& file) {
  const auto text = files::read_file(file, kStateBytesMax);
  if (!text.has_value() && text.error().code() == ErrorCode::kNotFound) {
    return 0;
  }
  if (!text.has_value()) {
    return std::unexpected(text.error());
  }
  std::uint64_t next = 0;
  const auto read = std::from_chars(text->data(), text->data() + text->size(), next);
  if (read.ec != std::errc()) {
    return make_error(ErrorCode::kCorrupt,
                      file + " is not a number: remove it to export the audit log from its start");
  }
  return next;
}

}  // namespace

Sink file_sink(const std::string& file) {
  return [file](std::span<const std::string> lines) -> Status {
    std::string bytes;
    for (const std::string& line : lines) {
      bytes += line + "\n";
    }
    // Opened anew each time: it may have been rotated.
    const int descriptor = ::open(file.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0) {
      return make_errno_error("open " + file, errno);
    }
    const Status written = write_all(descriptor, bytes, file);
    ::close(descriptor);
    return written;
  };
}

Sink syslog_sink() {
  return [](std::span<const std::string> lines) -> Status {
    ::openlog("dermaga-audit", LOG_PID, LOG_AUTHPRIV);
    for (const std::string& line : lines) {
      ::syslog(LOG_NOTICE, "%s", line.c_str());
    }
    return {};
  };
}

Sink sink_named(const std::string& target) {
  return target == "syslog" ? syslog_sink() : file_sink(target);
}

Exporter::Exporter(std::unique_ptr<store::Connection> connection, std::string state_file, Sink sink,
                   std::uint64_t next)
    : connection_(std::move(connection)),
      state_file_(std::move(state_file)),
      sink_(std::move(sink)),
      next_(next) {}

Result<Exporter> Exporter::open(store::Database& database, std::string state_file, Sink sink) {
  ASSIGN_OR_RETURN(const std::uint64_t next, read_state(state_file));
  ASSIGN_OR_RETURN(auto connection, database.connect_read_only());
  return Exporter(std::move(connection), std::move(state_file), std::move(sink), next);
}

Result<std::uint64_t> Exporter::run() {
  std::uint64_t exported = 0;
  for (std::uint64_t page = kPage; page == kPage; exported += page) {
    std::vector<std::string> lines;
    RETURN_IF_ERROR(read_bytes(*connection_, next_, kPage,
                               [&](std::uint64_t sequence, std::string_view bytes) -> Status {
                                 lines.push_back("{\"sequence\":" + std::to_string(sequence) +
                                                 ",\"entry\":" + std::string(bytes) + "}");
                                 return {};
                               }));
    page = lines.size();
    if (page == 0) {
      break;
    }
    // The lines first: after a crash between the two some come twice, none is left out.
    RETURN_IF_ERROR(sink_(lines));
    next_ += page;
    RETURN_IF_ERROR(files::write_file_atomically(state_file_, std::to_string(next_) + "\n", 0600));
  }
  return exported;
}

}  // namespace dermaga::audit

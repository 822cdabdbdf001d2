#include <algorithm>
#include <charconv>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

#include "encoding/encoding.h"
#include "files/files.h"
#include "internet_message.h"
#include "mail/mail.h"

namespace dermaga::mail {

namespace {

constexpr std::string_view kEnding = ".eml";
constexpr std::size_t kTimeDigits = 15;  // so that names sort by time
constexpr std::size_t kRandomBytes = 8;

class FileSink final : public Transport {
 public:
  explicit FileSink(FileSinkOptions options) : options_(std::move(options)) {}

  Status send(const Message& message) override {
    const UtcTime now = options_.clock.now();
    ASSIGN_OR_RETURN(
        const vault::SecretText mail,
        internet_message({.from = options_.from, .now = now, .random = options_.random}, message));
    std::string time = std::to_string(to_unix_ms(now));
    time.insert(0, kTimeDigits - std::min(kTimeDigits, time.size()), '0');
    const std::string name =
        time + "-" + encoding::hex(options_.random.bytes(kRandomBytes)) + std::string(kEnding);
    RETURN_IF_ERROR(
        files::write_file_atomically(options_.folder + "/" + name, mail.reveal(), 0600));
    return remove_oldest();
  }

 private:
  Status remove_oldest() const {
    std::error_code failure;
    std::vector<std::filesystem::path> mails;
    std::filesystem::directory_iterator entries(options_.folder, failure);
    for (; !failure && entries != std::filesystem::directory_iterator();
         entries.increment(failure)) {
      if (entries->path().extension() == kEnding) {
        mails.push_back(entries->path());
      }
    }
    if (failure) {
      return make_errno_error("list " + options_.folder, failure.value());
    }
    const std::size_t surplus = mails.size() - std::min(mails.size(), options_.files_max);
    std::ranges::sort(mails);
    for (std::size_t i = 0; i < surplus; ++i) {
      if (std::filesystem::remove(mails[i], failure); failure) {
        return make_errno_error("remove " + mails[i].string(), failure.value());
      }
    }
    return {};
  }

  const FileSinkOptions options_;
};

// When a file of the sink was written, by its name; nothing for another file.
std::optional<UtcTime> written_at(const std::string& name) {
  std::int64_t time = 0;
  const char* const end = name.data() + std::min(kTimeDigits, name.size());
  const auto parsed = std::from_chars(name.data(), end, time);
  if (parsed.ec != std::errc() || parsed.ptr != end || name.size() <= kTimeDigits ||
      name[kTimeDigits] != '-' || time < 0 || !name.contains(kEnding)) {
    return std::nullopt;
  }
  return from_unix_ms(time);
}

}  // namespace

Result<std::int64_t> remove_files_before(const std::string& folder, UtcTime before) {
  std::error_code failure;
  std::vector<std::filesystem::path> old;
  std::filesystem::directory_iterator entries(folder, failure);
  if (failure == std::errc::no_such_file_or_directory) {
    return 0;
  }
  for (; !failure && entries != std::filesystem::directory_iterator(); entries.increment(failure)) {
    const auto written = written_at(entries->path().filename().string());
    if (written.has_value() && *written < before) {
      old.push_back(entries->path());
    }
  }
  if (failure) {
    return make_errno_error("list " + folder, failure.value());
  }
  std::int64_t removed = 0;
  for (const auto& file : old) {
    removed += std::filesystem::remove(file, failure) ? 1 : 0;
    if (failure) {
      return make_errno_error("remove " + file.string(), failure.value());
    }
  }
  return removed;
}

Result<std::unique_ptr<Transport>> make_file_sink(FileSinkOptions options) {
  RETURN_IF_ERROR(check_sender(options.from));
  CHECK(options.files_max > 0);
  RETURN_IF_ERROR(files::make_directories(options.folder, 0700));
  return std::make_unique<FileSink>(std::move(options));
}

}  // namespace dermaga::mail

#include <algorithm>
#include <filesystem>
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

}  // namespace

Result<std::unique_ptr<Transport>> make_file_sink(FileSinkOptions options) {
  RETURN_IF_ERROR(check_sender(options.from));
  CHECK(options.files_max > 0);
  RETURN_IF_ERROR(files::make_directories(options.folder, 0700));
  return std::make_unique<FileSink>(std::move(options));
}

}  // namespace dermaga::mail

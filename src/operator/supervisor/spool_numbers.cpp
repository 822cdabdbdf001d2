#include "spool_numbers.h"

#include <charconv>
#include <filesystem>

#include "files/files.h"

namespace dermaga::supervisor {

namespace {

constexpr std::uint64_t kFileBytesMax = 16;
constexpr int kDefault = 1;

std::string remembered_file(const std::string& data) {
  return data + "/run/spools";
}

int remembered(const std::string& data) {
  const auto text = files::read_file(remembered_file(data), kFileBytesMax);
  int number = kDefault;
  if (text.has_value()) {
    std::from_chars(text->data(), text->data() + text->size(), number);
  }
  return number >= 0 && number <= kSpoolsMax ? number : kDefault;
}

}  // namespace

std::string spool_folder(const std::string& data, int number) {
  return data + "/public/spool-" + std::to_string(number);
}

SpoolNumbers find_spools(const std::string& data, std::optional<int> wanted) {
  SpoolNumbers found{.serving = wanted.has_value() ? *wanted : remembered(data), .draining = {}};
  for (int number = found.serving + 1; number <= kSpoolsMax; ++number) {
    std::error_code ignored;
    if (std::filesystem::is_directory(spool_folder(data, number) + "/orders", ignored)) {
      found.draining.push_back(number);
    }
  }
  return found;
}

Status remember_spools(const std::string& data, int serving) {
  return files::write_file_atomically(remembered_file(data), std::to_string(serving) + "\n", 0600);
}

}  // namespace dermaga::supervisor

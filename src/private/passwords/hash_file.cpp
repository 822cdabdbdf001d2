#include "hash_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string_view>

namespace dermaga::passwords {
namespace {

constexpr std::size_t kHashDigits = 40;
constexpr std::size_t kLineBytesMax = 64;  // 40 digits, a colon, a count of 64 bits, CRLF
// From one byte before: the rest of one line and the whole next one.
constexpr std::size_t kWindowBytes = 2 * kLineBytesMax + 1;
constexpr int kFirstLinesLookedAt = 1000;
constexpr std::uint64_t kPlacesLookedAt = 64;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// The hash of "HASH:COUNT" in upper case.
std::optional<std::string> hash_of(std::string_view line) {
  if (line.size() < kHashDigits + 2 || line[kHashDigits] != ':' ||
      !std::ranges::all_of(line.substr(kHashDigits + 1), is_digit)) {
    return std::nullopt;
  }
  std::string hash(line.substr(0, kHashDigits));
  for (char& c : hash) {
    c = c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c;
    if (!is_digit(c) && (c < 'A' || c > 'F')) {
      return std::nullopt;
    }
  }
  return hash;
}

}  // namespace

Result<std::unique_ptr<const HashFile>> HashFile::open(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0 && errno == ENOENT) {
    return make_error(ErrorCode::kNotFound, "open " + path + ": no such file");
  }
  if (descriptor < 0) {
    return make_errno_error("open " + path, errno);
  }
  std::unique_ptr<HashFile> file(new HashFile(path, descriptor));
  RETURN_IF_ERROR(file->check());
  return std::unique_ptr<const HashFile>(std::move(file));
}

HashFile::~HashFile() {
  ::close(descriptor_);
}

// Its size, and order and form of its first lines and of some spread over the whole.
Status HashFile::check() {
  struct stat info{};
  if (::fstat(descriptor_, &info) != 0) {
    return make_errno_error("stat " + path_, errno);
  }
  if (!S_ISREG(info.st_mode) || info.st_size == 0) {
    return make_error(ErrorCode::kCorrupt, path_ + " is not a file of password hashes");
  }
  size_ = static_cast<std::uint64_t>(info.st_size);

  Line last;
  const auto follows = [&](std::uint64_t offset) -> Result<bool> {
    ASSIGN_OR_RETURN(std::optional<Line> line, first_line_at_or_after(offset));
    if (!line.has_value() || line->begin < last.end) {
      return line.has_value();
    }
    if (line->hash <= last.hash) {
      return make_error(ErrorCode::kCorrupt, path_ + " is not sorted by hash at byte " +
                                                 std::to_string(line->begin) +
                                                 ": take the list that is ordered by hash");
    }
    last = *std::move(line);
    return true;
  };
  bool more = true;
  for (int i = 0; i < kFirstLinesLookedAt && more; ++i) {
    ASSIGN_OR_RETURN(more, follows(last.end));
  }
  for (std::uint64_t i = 1; i < kPlacesLookedAt; ++i) {
    RETURN_IF_ERROR(follows(size_ / kPlacesLookedAt * i));
  }
  return {};
}

Result<bool> HashFile::contains(const std::string& hash) const {
  // The line, if there, begins at `low` or after, and before `high`; `low` is where a line begins.
  std::uint64_t low = 0;
  std::uint64_t high = size_;
  while (low < high) {
    const std::uint64_t middle = low + (high - low) / 2;
    ASSIGN_OR_RETURN(const std::optional<Line> line, first_line_at_or_after(middle));
    if (!line.has_value() || line->begin >= high || line->hash > hash) {
      high = middle;
    } else if (line->hash == hash) {
      return true;
    } else {
      low = line->end;
    }
  }
  return false;
}

Result<std::string> HashFile::read_at(std::uint64_t offset) const {
  std::string bytes(kWindowBytes, '\0');
  std::size_t filled = 0;
  while (filled < bytes.size()) {
    const ssize_t got = ::pread(descriptor_, bytes.data() + filled, bytes.size() - filled,
                                static_cast<off_t>(offset + filled));
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got < 0) {
      return make_errno_error("read " + path_, errno);
    }
    if (got == 0) {
      break;
    }
    filled += static_cast<std::size_t>(got);
  }
  bytes.resize(filled);
  return bytes;
}

Result<std::optional<HashFile::Line>> HashFile::first_line_at_or_after(std::uint64_t offset) const {
  if (offset >= size_) {
    return std::nullopt;
  }
  const std::uint64_t window_begin = offset == 0 ? 0 : offset - 1;
  ASSIGN_OR_RETURN(const std::string window, read_at(window_begin));
  const bool ends_here = window_begin + window.size() >= size_;

  std::size_t first = 0;
  if (offset > 0) {
    const std::size_t line_feed = window.find('\n');
    if (line_feed > kLineBytesMax) {  // or there is none
      if (ends_here && window.size() <= kLineBytesMax) {
        return std::nullopt;
      }
      return malformed(offset);
    }
    first = line_feed + 1;
  }
  if (window_begin + first >= size_) {
    return std::nullopt;
  }
  const std::size_t line_feed = window.find('\n', first);
  if (line_feed == std::string::npos && !ends_here) {
    return malformed(window_begin + first);
  }
  const std::size_t last = std::min(line_feed, window.size());
  std::string_view text = std::string_view(window).substr(first, last - first);
  text.remove_suffix(text.ends_with('\r') ? 1 : 0);
  auto hash = hash_of(text);
  if (!hash.has_value()) {
    return malformed(window_begin + first);
  }
  return Line{.hash = *std::move(hash),
              .begin = window_begin + first,
              .end = window_begin + std::min(last + 1, window.size())};
}

std::unexpected<Error> HashFile::malformed(std::uint64_t offset) const {
  return make_error(ErrorCode::kCorrupt,
                    path_ + " has no line SHA1:COUNT at byte " + std::to_string(offset));
}

}  // namespace dermaga::passwords

#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "result/result.h"

namespace dermaga::passwords {

// A sorted file of lines "SHA1HEX:COUNT", each ended by LF or CRLF, searched on disk by halving.
// Every line is checked when it is read. Thread-safe: it reads at offsets and keeps no place.
class HashFile {
 public:
  static Result<std::unique_ptr<const HashFile>> open(const std::string& path);
  ~HashFile();
  HashFile(const HashFile&) = delete;
  HashFile& operator=(const HashFile&) = delete;

  // `hash`: 40 hexadecimal digits in upper case.
  Result<bool> contains(const std::string& hash) const;

 private:
  struct Line {
    std::string hash;
    std::uint64_t begin = 0;
    std::uint64_t end = 0;  // where the next one begins
  };

  HashFile(std::string path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}
  Status check();
  Result<std::string> read_at(std::uint64_t offset) const;
  Result<std::optional<Line>> first_line_at_or_after(std::uint64_t offset) const;
  std::unexpected<Error> malformed(std::uint64_t offset) const;

  const std::string path_;
  const int descriptor_;
  std::uint64_t size_ = 0;
};

}  // namespace dermaga::passwords

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "result/result.h"

namespace dermaga::catalog {

inline constexpr std::size_t kCsvColumnsMax = 512;
inline constexpr std::size_t kCsvFieldBytesMax = std::size_t{1} << 20;

// One record; `line` is where it starts in the file, from 1.
struct CsvRecord {
  std::int64_t line = 0;
  std::vector<std::string> fields;
  std::string problem;  // not empty: the record is malformed and its fields are not to be used
};

// Reads RFC 4180: commas, double quotes, quoted line breaks; LF, CRLF or CR line ends; a UTF-8 byte
// order mark is skipped. Blank lines are skipped. A malformed record (a quote inside an unquoted
// field, text after a closing quote, a field or row beyond the bounds, bytes that are not UTF-8)
// says so and reading goes on at the next line; a quote that is never closed takes the rest of the
// file.
class CsvReader {
 public:
  // The text must outlive the reader.
  explicit CsvReader(std::string_view text);

  // False at the end of the text.
  bool next(CsvRecord& record);

 private:
  bool at_end() const { return position_ >= text_.size(); }
  bool skip_line_end();
  void read_record(CsvRecord& record);
  void read_quoted(CsvRecord& record, std::string& field);
  void read_plain(CsvRecord& record, std::string& field);
  void skip_to_line_end();

  std::string_view text_;
  std::size_t position_ = 0;
  std::int64_t line_ = 1;
};

}  // namespace dermaga::catalog

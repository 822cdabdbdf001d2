#include "csv.h"

#include <utility>

#include "encoding/encoding.h"

namespace dermaga::catalog {

namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

void complain(CsvRecord& record, std::string problem) {
  if (record.problem.empty()) {
    record.problem = std::move(problem);
  }
}

}  // namespace

CsvReader::CsvReader(std::string_view text) : text_(text) {
  if (text_.starts_with(kByteOrderMark)) {
    position_ = kByteOrderMark.size();
  }
}

bool CsvReader::next(CsvRecord& record) {
  while (skip_line_end()) {
  }
  if (at_end()) {
    return false;
  }
  record = CsvRecord{.line = line_, .fields = {}, .problem = {}};
  read_record(record);
  if (!record.problem.empty()) {
    record.fields.clear();
  }
  return true;
}

bool CsvReader::skip_line_end() {
  if (at_end() || (text_[position_] != '\n' && text_[position_] != '\r')) {
    return false;
  }
  position_ += text_.substr(position_).starts_with("\r\n") ? 2 : 1;
  ++line_;
  return true;
}

void CsvReader::skip_to_line_end() {
  position_ = std::min(text_.find_first_of("\r\n", position_), text_.size());
}

void CsvReader::read_record(CsvRecord& record) {
  while (record.problem.empty()) {
    std::string field;
    if (!at_end() && text_[position_] == '"') {
      read_quoted(record, field);
    } else {
      read_plain(record, field);
    }
    if (field.size() > kCsvFieldBytesMax) {
      complain(record, "a field is longer than " + std::to_string(kCsvFieldBytesMax) + " bytes");
    } else if (!encoding::is_utf8(field)) {
      complain(record, "the row is not UTF-8 text");
    } else if (record.fields.size() == kCsvColumnsMax) {
      complain(record, "the row has more than " + std::to_string(kCsvColumnsMax) + " columns");
    }
    record.fields.push_back(std::move(field));
    if (at_end() || text_[position_] != ',') {
      break;
    }
    ++position_;
  }
  if (!record.problem.empty()) {
    skip_to_line_end();
  }
  skip_line_end();
}

void CsvReader::read_quoted(CsvRecord& record, std::string& field) {
  ++position_;
  while (true) {
    const std::size_t quote = text_.find('"', position_);
    const std::size_t end = std::min(quote, text_.size());
    for (std::size_t i = position_; i < end; ++i) {
      // CRLF counts once, at its LF; a lone CR counts by itself.
      const bool lone_return = text_[i] == '\r' && !text_.substr(i + 1).starts_with('\n');
      line_ += text_[i] == '\n' || lone_return ? 1 : 0;
    }
    field.append(text_.substr(position_, end - position_));
    if (quote == std::string_view::npos) {
      position_ = text_.size();
      complain(record, "a double quote is opened here and never closed");
      return;
    }
    position_ = quote + 1;
    if (at_end() || text_[position_] != '"') {
      break;
    }
    field.push_back('"');
    ++position_;
  }
  if (!at_end() && std::string_view(",\r\n").find(text_[position_]) == std::string_view::npos) {
    complain(record, "text follows a closing double quote");
  }
}

void CsvReader::read_plain(CsvRecord& record, std::string& field) {
  const std::size_t end = std::min(text_.find_first_of(",\r\n", position_), text_.size());
  field.assign(text_.substr(position_, end - position_));
  position_ = end;
  if (field.find('"') != std::string::npos) {
    complain(record, "a double quote stands inside an unquoted field");
  }
}

}  // namespace dermaga::catalog

#include "header_scanner.h"

namespace dermaga::sealing {

void HeaderScanner::skip_space() {
  while (!rest_.empty() && (rest_.front() == ' ' || rest_.front() == '\t' ||
                            rest_.front() == '\n' || rest_.front() == '\r')) {
    rest_.remove_prefix(1);
  }
}

bool HeaderScanner::take(char c) {
  skip_space();
  if (rest_.empty() || rest_.front() != c) {
    return false;
  }
  rest_.remove_prefix(1);
  return true;
}

std::optional<std::string_view> HeaderScanner::string() {
  if (!take('"')) {
    return std::nullopt;
  }
  for (std::size_t i = 0; i < rest_.size(); ++i) {
    const char c = rest_[i];
    if (c == '"') {
      const std::string_view text = rest_.substr(0, i);
      rest_.remove_prefix(i + 1);
      return text;
    }
    if (c == '\\' || c < 0x20 || c > 0x7e) {
      return std::nullopt;
    }
  }
  return std::nullopt;
}

bool HeaderScanner::at_end() {
  skip_space();
  return rest_.empty();
}

}  // namespace dermaga::sealing

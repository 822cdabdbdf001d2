#include "spools.h"

namespace dermaga::edge {

Result<SpoolAddress> parse_spool(const std::string& text) {
  const std::size_t mark = text.find('=');
  const std::size_t colon = text.rfind(':');
  if (mark == std::string::npos || mark == 0 || colon == std::string::npos || colon <= mark + 1 ||
      colon + 1 == text.size()) {
    return make_error(
        ErrorCode::kInvalidArgument,
        "--spool takes NAME=HOST:PORT, such as spool-1=127.0.0.1:8446, not \"" + text + "\"");
  }
  return SpoolAddress{.name = text.substr(0, mark), .target = text.substr(mark + 1)};
}

}  // namespace dermaga::edge

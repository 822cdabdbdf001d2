#include <algorithm>

#include "audit/audit.h"
#include "encoding/encoding.h"

namespace dermaga::audit {
namespace {

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

}  // namespace

Status check_reason(std::string_view reason) {
  const bool is_text = reason.find_first_not_of(' ') != std::string_view::npos &&
                       std::ranges::none_of(reason, is_control) && encoding::is_utf8(reason);
  return is_text && reason.size() <= kReasonBytesMax
             ? Status()
             : make_error(ErrorCode::kInvalidArgument,
                          "a reason of 1 to 200 bytes of plain text must be given");
}

}  // namespace dermaga::audit

#pragma once

#include <cstddef>
#include <string_view>

#include "result/result.h"

namespace dermaga::customers {

inline constexpr std::size_t kReasonBytesMax = 200;

inline Status check_reason(std::string_view reason) {
  return reason.empty() || reason.size() > kReasonBytesMax
             ? make_error(ErrorCode::kInvalidArgument, "a reason of 1 to 200 bytes must be given")
             : Status();
}

}  // namespace dermaga::customers

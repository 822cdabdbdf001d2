#pragma once

#include <string>
#include <string_view>

#include "result/result.h"

namespace dermaga::wire {

// One zstd frame. unpack() takes exactly one frame of at most bytes_max and grows its result only
// as bytes really come out; kInvalidArgument on anything else.
std::string pack(std::string_view bytes);
Result<std::string> unpack(std::string_view frame, std::size_t bytes_max);

}  // namespace dermaga::wire

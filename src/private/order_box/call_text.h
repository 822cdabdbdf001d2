#pragma once

#include <string_view>
#include <variant>

#include "order_box/calls.h"

namespace dermaga::order_box {

// A call box's text, opened already.
std::variant<OpenedCall, BoxRefusal> read_call_text(std::string_view text, UtcTime received_at);

}  // namespace dermaga::order_box

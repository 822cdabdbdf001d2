#pragma once

#include "json/reader.h"
#include "order_box/calls.h"

namespace dermaga::order_box {

// "account.sign_in" → its method; nothing for a name that is none.
std::optional<CallMethod> method_named(std::string_view text);
// Reads exactly the members that call.method has. Errors as in fields.h.
Status read_params(const json::Value& value, OpenedCall& call);

}  // namespace dermaga::order_box

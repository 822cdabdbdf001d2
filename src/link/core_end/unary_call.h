#pragma once

#include <functional>
#include <memory>
#include <string>

#include "call.h"
#include "result/result.h"

namespace dermaga::core_end {

using Reply = std::function<void(Result<std::string>)>;
// Answers one message through `reply`, once, from any thread.
using UnaryHandler = std::function<void(std::string request, Reply reply)>;

// One message in, one message or an error out.
std::shared_ptr<Call> make_unary_call(UnaryHandler handler);

}  // namespace dermaga::core_end

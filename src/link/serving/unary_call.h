#pragma once

#include <functional>
#include <memory>
#include <string>

#include "serving/call.h"

namespace dermaga::serving {

using Reply = std::function<void(Result<std::string>)>;
// Answers one message through `reply`, once, from any thread.
using UnaryHandler = std::function<void(std::string request, Reply reply)>;

// One message in, one message or an error out.
std::shared_ptr<Call> make_unary_call(UnaryHandler handler);

}  // namespace dermaga::serving

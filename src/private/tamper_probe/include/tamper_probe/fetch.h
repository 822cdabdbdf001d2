#pragma once

#include <functional>
#include <string>

#include "http/client.h"
#include "result/result.h"

namespace dermaga::tamper_probe {

// GET of a path, by somebody who looks like a shopper; the body still encoded. `wanted` is what an
// Accept header says.
using Fetch =
    std::function<Result<http::ClientResponse>(const std::string& path, const std::string& wanted)>;

}  // namespace dermaga::tamper_probe

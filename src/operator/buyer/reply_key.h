#pragma once

#include <string>

#include "result/result.h"
#include "unsealing/unsealing.h"

namespace dermaga::buyer {

// The key to which this shopper's answers are sealed: read from the file (0600) or made and kept
// there; made for this run only when `path` is empty.
Result<unsealing::Opener> load_reply_key(const std::string& path);

}  // namespace dermaga::buyer

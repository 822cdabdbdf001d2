#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "result/result.h"

namespace dermaga::tamper_probe {

// The bytes behind a Content-Encoding ("", "identity", "gzip", "br", "zstd"), at most bytes_max.
// kCorrupt for what does not decode whole, kInvalidArgument for more, and for other codings.
Result<std::string> decode_content(std::string_view coding, std::string_view bytes,
                                   std::size_t bytes_max);

}  // namespace dermaga::tamper_probe

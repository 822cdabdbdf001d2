#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "result/result.h"

namespace dermaga::bench {

// Where the shop is and what is bought there.
struct Target {
  std::string url;  // https://localhost:8443
  std::string ca_file;
  std::string sku;
};

// `count` whole HTTP requests, each one order of one unit with its own idempotency key and its own
// sealed box, ready to be written: nothing is left to do when the clock runs.
Result<std::vector<std::string>> prepare_requests(const Target& target, std::size_t count);

}  // namespace dermaga::bench

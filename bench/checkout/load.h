#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "result/result.h"

namespace dermaga::bench {

struct LoadOptions {
  std::string host = "localhost";
  std::uint16_t port = 0;
  std::string ca_file;
  std::size_t connections = 64;
};

struct LoadResult {
  double seconds = 0;                    // from the first byte sent to the last answer
  std::vector<double> latencies_ms;      // of every 201, sorted
  std::map<int, std::size_t> by_status;  // answers
  std::string first_refusal;             // the body of the first answer that was not a 201
};

// Sends every request once over keep-alive TLS connections that were opened beforehand, each
// connection one request at a time, and waits for all answers. One thread, no work per request but
// TLS and finding the end of the answer: the machine belongs to the shop.
Result<LoadResult> send_all(const LoadOptions& options, const std::vector<std::string>& requests);

}  // namespace dermaga::bench

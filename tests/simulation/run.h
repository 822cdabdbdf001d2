#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "shop.h"

namespace dermaga::simulation {

struct RunOptions {
  std::uint64_t seed = 0;
  std::size_t lines_kept = 40;
  bool print_trace = false;
};

struct RunResult {
  std::uint64_t trace_hash = 0;
  std::uint64_t events = 0;
  std::uint64_t orders = 0;  // stored
  std::string invariant;     // the promise that broke; empty: none
  std::string detail;
  std::vector<std::string> last_lines;
};

// One run from one seed: shoppers, edges, link, core and its disk, with faults for a while, then
// without, until everything has settled; then every promise is checked. Replays byte for byte.
RunResult run(const Shop& shop, const RunOptions& options);

}  // namespace dermaga::simulation

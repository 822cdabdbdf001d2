#pragma once

#include <optional>
#include <string>
#include <vector>

#include "result/result.h"

namespace dermaga::supervisor {

inline constexpr int kSpoolsMax = 4;

// Which of a shop's spools run. Those of an earlier start that are too many now may hold orders
// that shoppers were promised: they run too, without taking new ones, until they have delivered
// them.
struct SpoolNumbers {
  int serving = 1;            // 1 to this number
  std::vector<int> draining;  // above it, ascending
};

std::string spool_folder(const std::string& data, int number);

// `wanted` without a value: as many as at the last start, or one.
SpoolNumbers find_spools(const std::string& data, std::optional<int> wanted);
// For the next start.
Status remember_spools(const std::string& data, int serving);

}  // namespace dermaga::supervisor

#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dermaga::tamper_probe {

// One thing that is not as it was accepted. Plain ASCII without control characters, bounded: parts
// of it come from whoever served it.
struct Finding {
  std::string where;  // "/id/checkout", "/assets/app/main-B1.js"
  std::string what;
};

enum class Outcome {
  kIntact,
  kTampered,
  kUnreachable,  // no answer to judge: nothing is known
  kNoManifest,   // no build was accepted, or its manifest cannot be read
};

struct Report {
  Outcome outcome = Outcome::kNoManifest;
  std::vector<Finding> findings;
  std::string reason;  // of what was not reached
  int pages = 0;       // that were looked at
  int files = 0;
};

std::string_view name(Outcome outcome);  // "intact", "tampered", "unreachable", "no_manifest"

}  // namespace dermaga::tamper_probe

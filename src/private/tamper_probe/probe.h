#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "clock/clock.h"
#include "page_check.h"
#include "random/random.h"
#include "tamper_probe/fetch.h"
#include "tamper_probe/findings.h"

namespace dermaga::tamper_probe {

// One connection a request, so that many edges get their turn. Tries the shop's own authority,
// then what this machine trusts.
Fetch fetch_from(const std::string& public_url, const std::string& ca_file);

struct ProbePlan {
  std::vector<std::string> locales;
  std::function<bool()> ends = [] { return false; };  // asked between two requests
  std::chrono::seconds patience{60};                  // for all of it
};

// Looks at every page that asks for something personal and at every file of the manifest, in an
// order of its own each time. All findings, or the first thing that was not reached: a page that
// was tampered with counts, whatever else was not reached.
Report probe(const Expectation& expected, const ProbePlan& plan, const Fetch& fetch,
             const Clock& clock, Random& random);

}  // namespace dermaga::tamper_probe

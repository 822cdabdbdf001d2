#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "run.h"

namespace dermaga::simulation {

struct Sweep {
  std::uint64_t first_seed = 1;
  std::uint64_t seeds = 0;
  int workers = 1;
  bool stop_at_first = false;  // breach
  std::chrono::seconds seconds_max{0};
};

struct SweepResult {
  std::uint64_t runs = 0;
  std::uint64_t events = 0;
  std::uint64_t orders = 0;
  std::uint64_t hash = 0;  // over the seeds' trace hashes, in any order
  std::uint64_t breaches = 0;
  // Of the lowest seed that broke a promise.
  std::uint64_t seed = 0;
  RunResult breach;
};

// Runs a range of seeds in forked worker processes, each of which takes the next seed; a worker
// that aborts (a CHECK of the code under test) has found a breach and is replaced. `progress` is
// called now and then.
SweepResult sweep(const Shop& shop, const Sweep& sweep,
                  const std::function<void(const SweepResult&)>& progress);

}  // namespace dermaga::simulation

#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "shop.h"
#include "workers.h"

namespace dermaga::simulation {

// What the command line asks for.
struct Arguments {
  std::uint64_t seeds = 1'000;
  std::uint64_t first_seed = 1;
  int workers = 1;
  std::int64_t seconds_max = 0;
  bool trace = false;
  std::string plant;  // the fault that is switched on, for whoever replays a seed
};
// As many workers as there are cores.
int workers_here();

// On one line where somebody watches, else every ten seconds.
class Progress {
 public:
  explicit Progress(std::uint64_t seeds) : seeds_(seeds) {}
  void show(const SweepResult& result);
  double seconds() const;
  void end() const;

 private:
  std::uint64_t seeds_;
  bool is_terminal_ = is_watched();
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::chrono::steady_clock::time_point next_ = start_ + std::chrono::seconds(1);

  static bool is_watched();
};

// Nothing of what core logs while it is tortured is news; the trace tells the story.
Status be_quiet();
// Both print what they found and return the exit code: the seeds in worker processes, or in this
// one and in full, for whoever looks for a cause.
int run_seeds(const Shop& shop, const Arguments& arguments);
int run_traced(const Shop& shop, const Arguments& arguments);

}  // namespace dermaga::simulation

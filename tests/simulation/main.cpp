// dermaga-simulate: `./dermaga simulate`. See README.md here.
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>
#include <thread>

#include <CLI/CLI.hpp>

#include "log/log.h"
#include "run.h"
#include "shop.h"
#include "workers.h"

namespace dermaga::simulation {
namespace {

struct Arguments {
  std::uint64_t seeds = 1'000;
  std::uint64_t first_seed = 1;
  int workers = static_cast<int>(std::clamp(std::thread::hardware_concurrency(), 1u, 64u));
  std::int64_t seconds_max = 0;
  bool trace = false;
};

void print_breach(const SweepResult& result) {
  std::printf("seed %llu breaks %s: %s\n", static_cast<unsigned long long>(result.seed),
              result.breach.invariant.c_str(), result.breach.detail.c_str());
  for (const std::string& line : result.breach.last_lines) {
    std::printf("  %s\n", line.c_str());
  }
  std::printf("replay it: ./dermaga simulate --seeds 1 --first-seed %llu --trace\n",
              static_cast<unsigned long long>(result.seed));
}

// On one line where somebody watches, else every ten seconds.
class Progress {
 public:
  explicit Progress(std::uint64_t seeds) : seeds_(seeds) {}
  void show(const SweepResult& result) {
    const auto now = std::chrono::steady_clock::now();
    if (now < next_) {
      return;
    }
    next_ = now + (is_terminal_ ? std::chrono::milliseconds(500) : std::chrono::seconds(10));
    const double spent = std::chrono::duration<double>(now - start_).count();
    const double rate = static_cast<double>(result.runs) / std::max(spent, 0.001);
    const double left = rate > 0 ? static_cast<double>(seeds_ - result.runs) / rate : 0;
    std::fprintf(stderr, "%s%llu of %llu seeds, %.0f/s, %.0f s left%s", is_terminal_ ? "\r" : "",
                 static_cast<unsigned long long>(result.runs),
                 static_cast<unsigned long long>(seeds_), rate, left, is_terminal_ ? "  " : "\n");
  }
  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }
  void end() const {
    if (is_terminal_) {
      std::fprintf(stderr, "\r\033[K");
    }
  }

 private:
  std::uint64_t seeds_;
  bool is_terminal_ = ::isatty(STDERR_FILENO) != 0;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::chrono::steady_clock::time_point next_ = start_ + std::chrono::seconds(1);
};

int run_seeds(const Shop& shop, const Arguments& arguments) {
  Progress progress(arguments.seeds);
  const SweepResult result = sweep(shop,
                                   {.first_seed = arguments.first_seed,
                                    .seeds = arguments.seeds,
                                    .workers = arguments.workers,
                                    .seconds_max = std::chrono::seconds(arguments.seconds_max)},
                                   [&](const SweepResult& so_far) { progress.show(so_far); });
  progress.end();
  if (result.breaches > 0) {
    print_breach(result);
  }
  std::printf("%llu seeds from %llu in %.1f s: %llu orders, %llu events, trace %016llx, %llu %s\n",
              static_cast<unsigned long long>(result.runs),
              static_cast<unsigned long long>(arguments.first_seed), progress.seconds(),
              static_cast<unsigned long long>(result.orders),
              static_cast<unsigned long long>(result.events),
              static_cast<unsigned long long>(result.hash),
              static_cast<unsigned long long>(result.breaches),
              result.breaches == 1 ? "breach" : "breaches");
  return result.breaches == 0 && result.runs > 0 ? 0 : 1;
}

// In this process and in full, for whoever looks for a cause.
int run_traced(const Shop& shop, const Arguments& arguments) {
  int broken = 0;
  for (std::uint64_t i = 0; i < arguments.seeds; ++i) {
    const RunResult result =
        run(shop, {.seed = arguments.first_seed + i, .lines_kept = 0, .print_trace = true});
    std::printf("seed %llu: trace %016llx, %llu orders%s%s%s%s\n",
                static_cast<unsigned long long>(arguments.first_seed + i),
                static_cast<unsigned long long>(result.trace_hash),
                static_cast<unsigned long long>(result.orders),
                result.invariant.empty() ? ", clean" : ", breaks ", result.invariant.c_str(),
                result.invariant.empty() ? "" : ": ", result.detail.c_str());
    broken += result.invariant.empty() ? 0 : 1;
  }
  return broken == 0 ? 0 : 1;
}

int go(const Arguments& arguments) {
  // What core logs while it is tortured is no news; the trace tells the story.
  if (const Status quiet = log::start("simulate", "/dev/null", log::Level::kError); !quiet) {
    std::fprintf(stderr, "dermaga simulate: %s\n", quiet.error().message().c_str());
    return 1;
  }
  const Shop shop = Shop::make();
  return arguments.trace ? run_traced(shop, arguments) : run_seeds(shop, arguments);
}

}  // namespace
}  // namespace dermaga::simulation

int main(int argc, char** argv) {
  dermaga::simulation::Arguments arguments;
  CLI::App app("Runs edges, link, core and its disk in one thread from a seed, with faults.",
               "dermaga simulate");
  app.add_option("--seeds", arguments.seeds, "how many runs")->check(CLI::Range(1u, 100'000'000u));
  app.add_option("--first-seed", arguments.first_seed, "the seed of the first run");
  app.add_option("--workers", arguments.workers, "processes")->check(CLI::Range(1, 64));
  app.add_option("--seconds", arguments.seconds_max,
                 "start no run after so many seconds; 0: no end")
      ->check(CLI::NonNegativeNumber);
  app.add_flag("--trace", arguments.trace, "print everything that happens, in one process");
  CLI11_PARSE(app, argc, argv);
  return dermaga::simulation::go(arguments);
}

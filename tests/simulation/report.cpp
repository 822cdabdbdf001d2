#include "report.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <thread>

#include "log/log.h"
#include "run.h"

namespace dermaga::simulation {
namespace {

void print_breach(const SweepResult& result, const std::string& plant) {
  std::printf("seed %llu breaks %s: %s\n", static_cast<unsigned long long>(result.seed),
              result.breach.invariant.c_str(), result.breach.detail.c_str());
  for (const std::string& line : result.breach.last_lines) {
    std::printf("  %s\n", line.c_str());
  }
  std::printf("replay it: ./dermaga simulate%s --seeds 1 --first-seed %llu --trace\n",
              plant.empty() ? "" : (" --plant " + plant).c_str(),
              static_cast<unsigned long long>(result.seed));
}

}  // namespace

int workers_here() {
  return static_cast<int>(std::clamp(std::thread::hardware_concurrency(), 1u, 64u));
}

bool Progress::is_watched() {
  return ::isatty(STDERR_FILENO) != 0;
}

void Progress::show(const SweepResult& result) {
  const auto now = std::chrono::steady_clock::now();
  if (now < next_) {
    return;
  }
  next_ = now + (is_terminal_ ? std::chrono::milliseconds(500) : std::chrono::seconds(10));
  const double rate = static_cast<double>(result.runs) / std::max(seconds(), 0.001);
  const double left = rate > 0 ? static_cast<double>(seeds_ - result.runs) / rate : 0;
  std::fprintf(stderr, "%s%llu of %llu seeds, %.0f/s, %.0f s left%s", is_terminal_ ? "\r" : "",
               static_cast<unsigned long long>(result.runs),
               static_cast<unsigned long long>(seeds_), rate, left, is_terminal_ ? "  " : "\n");
}

double Progress::seconds() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
}

void Progress::end() const {
  if (is_terminal_) {
    std::fprintf(stderr, "\r\033[K");
  }
}

Status be_quiet() {
  return log::start("simulate", "/dev/null", log::Level::kError);
}

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
    print_breach(result, arguments.plant);
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

}  // namespace dermaga::simulation

#include "sweep_faults.h"

#include <chrono>
#include <cstdio>

#include "workers.h"

namespace dermaga::simulation {
namespace {

// Seeds that the code without any fault must pass, so that a catch means the fault.
constexpr std::uint64_t kSeedsWithoutFault = 100;

SweepResult sweep_one(const Shop& shop, const planted::Fault* fault, const Arguments& arguments) {
  planted::active = fault;  // the workers are forked with it
  SweepResult result = sweep(shop,
                             {.first_seed = arguments.first_seed,
                              .seeds = fault == nullptr ? kSeedsWithoutFault : arguments.seeds,
                              .workers = arguments.workers,
                              .stop_at_first = true},
                             [](const SweepResult&) {});
  planted::active = nullptr;
  return result;
}

void print_caught(const planted::Fault& fault, const SweepResult& result,
                  const Arguments& arguments) {
  const std::string name(fault.name);
  if (result.breaches == 0) {
    std::printf("%-28s NOT CAUGHT in %llu seeds: %s\n", name.c_str(),
                static_cast<unsigned long long>(result.runs), std::string(fault.sentence).c_str());
  } else {
    std::printf("%-28s %-28s %6llu %6llu\n", name.c_str(), result.breach.invariant.c_str(),
                static_cast<unsigned long long>(result.seed),
                static_cast<unsigned long long>(result.seed - arguments.first_seed + 1));
  }
  std::fflush(stdout);
}

}  // namespace

int sweep_faults(const Shop& shop, const std::vector<const planted::Fault*>& faults,
                 const Arguments& arguments) {
  const auto start = std::chrono::steady_clock::now();
  std::printf("%-28s %-28s %6s %6s\n", "planted fault", "caught by", "seed", "seeds");
  std::size_t caught = 0;
  std::uint64_t runs = 0;
  for (const planted::Fault* fault : faults) {
    const SweepResult result = sweep_one(shop, fault, arguments);
    caught += result.breaches > 0 ? 1 : 0;
    runs += result.runs;
    print_caught(*fault, result, arguments);
  }
  const SweepResult clean = sweep_one(shop, nullptr, arguments);
  runs += clean.runs;
  if (clean.breaches > 0) {
    std::printf("without a fault, seed %llu breaks %s: %s\n",
                static_cast<unsigned long long>(clean.seed), clean.breach.invariant.c_str(),
                clean.breach.detail.c_str());
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  std::printf(
      "%zu of %zu planted faults caught; %llu seeds without a fault %s; %llu runs, %.1f s\n",
      caught, faults.size(), static_cast<unsigned long long>(clean.runs),
      clean.breaches == 0 ? "clean" : "NOT clean", static_cast<unsigned long long>(runs),
      took.count());
  return caught == faults.size() && clean.breaches == 0 ? 0 : 1;
}

}  // namespace dermaga::simulation

// dermaga-simulate-planted: `./dermaga simulate --planted` and `--plant NAME`. See ../README.md.
#include <cstdio>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "planted/planted.h"
#include "report.h"
#include "shop.h"
#include "sweep_faults.h"

namespace dermaga::simulation {
namespace {

const std::vector<const planted::Fault*>& all_faults() {
  static const std::vector<const planted::Fault*> all(std::begin(planted::kAll),
                                                      std::end(planted::kAll));
  return all;
}

int list_faults() {
  for (const planted::Fault* fault : all_faults()) {
    std::printf("%-28s %s\n", std::string(fault->name).c_str(),
                std::string(fault->sentence).c_str());
  }
  return 0;
}

// Runs as dermaga-simulate does, with one fault switched on, or with none.
int plant(const Shop& shop, const Arguments& arguments) {
  const std::string& name = arguments.plant;
  for (const planted::Fault* fault : all_faults()) {
    if (fault->name == name) {
      planted::active = fault;
    }
  }
  if (planted::active == nullptr && name != "none") {
    std::fprintf(stderr, "dermaga simulate: no planted fault is named '%s'; --list names them\n",
                 name.c_str());
    return 1;
  }
  return arguments.trace ? run_traced(shop, arguments) : run_seeds(shop, arguments);
}

}  // namespace
}  // namespace dermaga::simulation

int main(int argc, char** argv) {
  using namespace dermaga::simulation;
  Arguments arguments{.seeds = 3'000, .workers = workers_here()};
  bool list = false;
  bool all = false;
  CLI::App app("Proves that the simulation finds faults: plants them one by one.",
               "dermaga simulate --planted");
  app.add_flag("--planted", all, "every fault, until a seed catches it; 1 unless each is caught");
  app.add_option("--plant", arguments.plant,
                 "run the seeds with this one fault; none: without any");
  app.add_flag("--list", list, "name the faults and say what each does");
  app.add_option("--seeds", arguments.seeds, "how many runs, at most, per fault")
      ->check(CLI::Range(1u, 100'000'000u));
  app.add_option("--first-seed", arguments.first_seed, "the seed of the first run");
  app.add_option("--workers", arguments.workers, "processes")->check(CLI::Range(1, 64));
  app.add_flag("--trace", arguments.trace, "with --plant: print everything that happens");
  CLI11_PARSE(app, argc, argv);
  if (list) {
    return list_faults();
  }
  if (const dermaga::Status quiet = be_quiet(); !quiet) {
    std::fprintf(stderr, "dermaga simulate: %s\n", quiet.error().message().c_str());
    return 1;
  }
  const Shop shop = Shop::make();
  return arguments.plant.empty() ? sweep_faults(shop, all_faults(), arguments)
                                 : plant(shop, arguments);
}

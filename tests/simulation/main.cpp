// dermaga-simulate: `./dermaga simulate`. See README.md here.
#include <cstdio>

#include <CLI/CLI.hpp>

#include "report.h"
#include "shop.h"

namespace dermaga::simulation {
namespace {

int go(const Arguments& arguments) {
  if (const Status quiet = be_quiet(); !quiet) {
    std::fprintf(stderr, "dermaga simulate: %s\n", quiet.error().message().c_str());
    return 1;
  }
  const Shop shop = Shop::make();
  return arguments.trace ? run_traced(shop, arguments) : run_seeds(shop, arguments);
}

}  // namespace
}  // namespace dermaga::simulation

int main(int argc, char** argv) {
  dermaga::simulation::Arguments arguments{.workers = dermaga::simulation::workers_here()};
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

#include "plan.h"

#include <algorithm>
#include <vector>

namespace dermaga::simulation {
namespace {

// Half of the runs have a kind of fault at all: a run in which everything goes wrong at once finds
// less than many in which a few things do.
std::uint64_t sometimes(Chance& chance, const std::vector<std::uint64_t>& rates) {
  return chance.once_in(2) ? chance.one_of(rates) : 0;
}
Milliseconds sometimes(Chance& chance, const std::vector<Milliseconds>& gaps) {
  return chance.once_in(2) ? chance.one_of(gaps) : 0ms;
}

}  // namespace

Plan draw_plan(Chance& chance) {
  Plan plan;
  plan.edges = static_cast<int>(chance.between(1, 3));
  plan.shoppers = static_cast<int>(chance.between(3, 30));
  plan.products = static_cast<int>(chance.between(1, 4));
  plan.units_max = chance.between(1, 12);
  plan.faults_until = Milliseconds(chance.between(5'000, 90'000));
  plan.hold = chance.one_of(std::vector<Milliseconds>{5s, 30s, 2min, 15min});
  plan.sweep_every = chance.one_of(std::vector<Milliseconds>{1s, 3s, 10s});
  plan.checkpoint_pages = static_cast<int>(chance.one_of(std::vector<int>{8, 60, 8'000}));
  plan.disk.sync_fails = sometimes(chance, {20, 100});
  plan.disk.write_fails = sometimes(chance, {100, 500});
  plan.disk.no_space = sometimes(chance, {100, 500});
  plan.disk.read_fails = sometimes(chance, {300, 3'000});
  plan.message_lost = sometimes(chance, {4, 20, 100});
  plan.message_twice = sometimes(chance, {3, 20});
  plan.message_late = sometimes(chance, {3, 20});
  plan.latency_max = chance.one_of(std::vector<Milliseconds>{2ms, 50ms, 800ms});
  plan.core_stops_every = sometimes(chance, std::vector<Milliseconds>{1s, 5s, 20s});
  plan.edge_stops_every = sometimes(chance, std::vector<Milliseconds>{10s, 60s});
  plan.partitions_every = sometimes(chance, std::vector<Milliseconds>{10s, 30s});
  plan.clock_jumps_every = sometimes(chance, std::vector<Milliseconds>{10s, 60s});
  plan.staff_acts_every = sometimes(chance, std::vector<Milliseconds>{1s, 8s});
  plan.provider_fails = sometimes(chance, {2, 10});
  plan.reads_fail_at_start = sometimes(chance, {5, 20});
  plan.spools = static_cast<int>(chance.between(0, 3));
  plan.spool_copies =
      plan.spools == 0 ? 0 : static_cast<int>(chance.between(plan.spools / 2 + 1, plan.spools));
  plan.core_away_max = 4s;
  if (plan.spools > 0) {
    plan.core_away_max = chance.one_of(std::vector<Milliseconds>{4s, 30s, 60s});
    plan.spool_stops_every = sometimes(chance, std::vector<Milliseconds>{1s, 5s, 20s});
    plan.spool_disk.sync_fails = sometimes(chance, {5, 20});
    plan.spool_disk.write_fails = sometimes(chance, {20, 100});
    plan.spool_disk.no_space = sometimes(chance, {10, 100});
    plan.spool_disk.read_fails = sometimes(chance, {50, 500});
  }
  plan.power_fails_at_end = chance.once_in(2);
  if (plan.spools > 0 && chance.below(3) != 0) {
    plan.lease_percent = chance.one_of(std::vector<std::int64_t>{20, 50, 100});
    plan.lease_keeps = chance.between(0, 2);
    plan.lease_valid = chance.one_of(std::vector<Milliseconds>{4s, 10s, 60s});
    plan.leases_abandoned_every = sometimes(chance, std::vector<Milliseconds>{2s, 10s});
    plan.spool_drains = sometimes(chance, {3, 10});
    plan.spool_disk_lost = sometimes(chance, {2, 5});
  }
  return plan;
}

}  // namespace dermaga::simulation

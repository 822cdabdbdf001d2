#pragma once

#include <cstdint>

#include "chance.h"
#include "disk.h"
#include "timeline.h"

namespace dermaga::simulation {

// What one run is like, drawn from its seed: how large, how much of it goes wrong.
struct Plan {
  int edges = 1;
  int shoppers = 0;
  int products = 0;
  std::int64_t units_max = 0;    // of one product at one location
  Milliseconds faults_until{0};  // afterwards everything heals
  Milliseconds hold{0};
  Milliseconds sweep_every{0};
  int checkpoint_pages = 0;
  Disk::Faults disk;
  std::uint64_t reads_fail_at_start = 0;  // once in so many, while core has just come up
  int spools = 0;
  int spool_copies = 0;  // on so many disks before the answer
  Disk::Faults spool_disk;
  // Once in so many messages.
  std::uint64_t message_lost = 0;
  std::uint64_t message_twice = 0;
  std::uint64_t message_late = 0;
  Milliseconds latency_max{0};
  // Mean time between two of them; 0: never.
  Milliseconds core_stops_every{0};
  Milliseconds core_away_max{0};  // how long core may stay stopped
  Milliseconds edge_stops_every{0};
  Milliseconds spool_stops_every{0};
  Milliseconds partitions_every{0};
  Milliseconds clock_jumps_every{0};
  Milliseconds staff_acts_every{0};
  std::uint64_t provider_fails = 0;  // once in so many calls
  bool power_fails_at_end = false;
  // Stock leases of spools; 0 percent: none.
  std::int64_t lease_percent = 0;
  std::int64_t lease_keeps = 0;  // units that are never leased
  Milliseconds lease_valid{0};
  Milliseconds leases_abandoned_every{0};
  std::uint64_t spool_drains = 0;     // once in so many times that it would ask for a lease
  std::uint64_t spool_disk_lost = 0;  // once in so many stops with nothing on it
};

Plan draw_plan(Chance& chance);

}  // namespace dermaga::simulation

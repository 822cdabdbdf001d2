#pragma once

#include <string>
#include <string_view>

#include "chance.h"
#include "plan.h"
#include "timeline.h"
#include "trace.h"

namespace dermaga::simulation {

// The first promise that a run broke; later ones are its consequences.
class Findings {
 public:
  void breach(std::string_view invariant, std::string detail) {
    if (invariant_.empty()) {
      invariant_ = invariant;
      detail_ = std::move(detail);
    }
  }
  bool clean() const { return invariant_.empty(); }
  const std::string& invariant() const { return invariant_; }
  const std::string& detail() const { return detail_; }

 private:
  std::string invariant_;
  std::string detail_;
};

// What every part of one run is given. Chance is split, so that one part's luck does not shift
// another's more than it must.
struct Context {
  Context(std::uint64_t seed, std::size_t lines_kept, bool print)
      : plan_chance(seed),
        plan(draw_plan(plan_chance)),
        network_chance(plan_chance.next()),
        disk_chance(plan_chance.next()),
        code_chance(plan_chance.next()),
        people_chance(plan_chance.next()),
        spool_chance(plan_chance.next()),
        trace(timeline, lines_kept, print) {}

  Chance plan_chance;
  const Plan plan;
  Chance network_chance;
  Chance disk_chance;
  Chance code_chance;  // Random of the code under test
  Chance people_chance;
  Chance spool_chance;
  Timeline timeline;
  Trace trace;
  Findings findings;
  bool healed = false;  // no fault happens any more

  // A gap between two events of a kind, drawn around its mean.
  Milliseconds gap(Chance& chance, Milliseconds mean) const {
    return Milliseconds(
        1 + static_cast<std::int64_t>(chance.below(2 * static_cast<std::uint64_t>(mean.count()))));
  }
};

}  // namespace dermaga::simulation

#include "run.h"

#include <memory>
#include <string_view>

#include "checker.h"
#include "context.h"
#include "core_host.h"
#include "disk_vfs.h"
#include "edge_host.h"
#include "ledger.h"
#include "network.h"
#include "people.h"
#include "provider.h"
#include "spool_host.h"

namespace dermaga::simulation {
namespace {

// How long everything may take to settle once nothing fails any more, besides the holds.
constexpr Milliseconds kSettlesWithin{120s};

class Run {
 public:
  Run(const Shop& shop, const RunOptions& options)
      : context_(options.seed, options.lines_kept, options.print_trace),
        shop_(shop),
        network_(context_),
        provider_(context_),
        checker_(context_, shop, ledger_, provider_),
        core_(context_, shop, provider_, checker_),
        people_(context_, shop, network_, ledger_, checker_, edges_) {
    *shop.vault_chance = Chance(options.seed);
    for (int i = 0; i < context_.plan.spools; ++i) {
      spools_.push_back(
          std::make_unique<SpoolHost>(context_, network_, core_, checker_, kFirstSpool + i));
    }
    for (int i = 0; i < context_.plan.edges; ++i) {
      edges_.push_back(
          std::make_unique<EdgeHost>(context_, shop, network_, core_, spools_, kFirstEdge + i));
    }
  }

  RunResult go() {
    core_.start();
    core_.stock_up();
    for (const auto& spool : spools_) {
      spool->start();
    }
    for (const auto& edge : edges_) {
      edge->start();
    }
    people_.invite();
    plan_faults();
    const auto clean = [this] { return context_.findings.clean(); };
    if (context_.timeline.run_until(context_.plan.faults_until, clean)) {
      heal();
      const Milliseconds end = context_.plan.faults_until + context_.plan.hold + kSettlesWithin;
      if (context_.timeline.run_until(end, clean)) {
        finish();
      }
    }
    return result();
  }

 private:
  // Something that happens again and again as long as faults do.
  void repeat(Milliseconds every, Chance& chance, std::function<void()> act) {
    if (every == 0ms) {
      return;
    }
    context_.timeline.after(context_.gap(chance, every), [this, every, &chance, act] {
      if (!context_.healed) {
        act();
        repeat(every, chance, act);
      }
    });
  }

  void plan_faults() {
    Chance& chance = context_.network_chance;
    const Plan& plan = context_.plan;
    repeat(plan.core_stops_every, context_.disk_chance, [this] { core_.stop_soon(); });
    repeat(plan.edge_stops_every, chance, [this] { restart_an_edge(); });
    if (!spools_.empty()) {
      repeat(plan.spool_stops_every, context_.spool_chance,
             [this] { spools_[context_.spool_chance.below(spools_.size())]->stop_soon(); });
    }
    repeat(plan.leases_abandoned_every, context_.spool_chance, [this] { abandon_a_lease(); });
    repeat(plan.partitions_every, chance, [this] { part_an_edge(); });
    repeat(plan.clock_jumps_every, chance, [this] {
      context_.timeline.jump_wall(Milliseconds(context_.network_chance.between(-100'000, 100'000)));
      context_.trace.add("clock", "jumps");
    });
    repeat(plan.staff_acts_every, context_.people_chance, [this] { core_.act_as_staff(); });
  }

  EdgeHost& some_edge() { return *edges_[context_.network_chance.below(edges_.size())]; }

  void restart_an_edge() {
    EdgeHost& edge = some_edge();
    if (!edge.is_alive()) {
      return;
    }
    context_.trace.add("edge " + std::to_string(edge.id()), "stopped");
    edge.stop();
    context_.timeline.after(Milliseconds(context_.network_chance.between(10, 3'000)), [&edge] {
      if (!edge.is_alive()) {
        edge.start();
      }
    });
  }

  // Only of a spool that is stopped; it comes back all the same.
  void abandon_a_lease() {
    for (const auto& spool : spools_) {
      if (!spool->is_alive()) {
        core_.abandon_lease(spool->name());
      }
    }
  }

  HostId some_neighbour() {
    Chance& chance = context_.network_chance;
    if (!spools_.empty() && chance.once_in(3)) {
      return spools_[chance.below(spools_.size())]->id();
    }
    return chance.once_in(4) ? kOutside : kCore;
  }

  void part_an_edge() {
    const HostId edge = some_edge().id();
    const HostId other = some_neighbour();
    context_.trace.add("network", "edge " + std::to_string(edge) + " is cut off");
    network_.part(edge, other);
    context_.timeline.after(Milliseconds(context_.network_chance.between(100, 20'000)),
                            [this, edge, other] { network_.mend(edge, other); });
  }

  void heal() {
    context_.healed = true;
    context_.timeline.catch_up_wall();
    checker_.note_healed();
    context_.trace.add("everything", "heals");
    network_.mend_all();
    core_.heal();
    for (const auto& spool : spools_) {
      spool->heal();
    }
    for (const auto& edge : edges_) {
      if (!edge->is_alive()) {
        edge->start();
      }
    }
  }

  void finish() {
    people_.complain();
    if (!core_.is_alive()) {
      context_.findings.breach("core_starts", "core does not run though all is well again");
      return;
    }
    for (const auto& spool : spools_) {
      if (!spool->is_alive() || spool->undelivered() > 0) {
        context_.findings.breach("spool_delivers",
                                 spool->name() + " still holds orders though all is well again");
      }
    }
    if (context_.plan.power_fails_at_end) {
      core_.fail_power_and_restart();
      if (!core_.is_alive()) {
        return;  // told already
      }
    }
    core_.read([this](store::Connection& connection) { checker_.judge(connection); });
    judge_edges();
    context_.trace.mix(core_.disk().image());
  }

  // What edges show is what core has, once the news has had time to arrive.
  void judge_edges() {
    for (const auto& edge : edges_) {
      for (const VariantId& variant : shop_.variants) {
        const bool has_row = checker_.has_row(variant);
        if (has_row && edge->shows_as_sold_out(variant) != (checker_.available(variant) == 0)) {
          context_.findings.breach(
              "edge_shows_stock", "edge " + std::to_string(edge->id()) + " shows " + variant.str() +
                                      " wrongly, of which " +
                                      std::to_string(checker_.available(variant)) + " are there");
        }
      }
    }
  }

  RunResult result() const {
    const auto& lines = context_.trace.last_lines();
    return {.trace_hash = context_.trace.hash(),
            .events = context_.timeline.done(),
            .orders = checker_.stored().size(),
            .invariant = context_.findings.invariant(),
            .detail = context_.findings.detail(),
            .last_lines = {lines.begin(), lines.end()}};
  }

  Context context_;
  const Shop& shop_;
  Network network_;
  Provider provider_;
  Ledger ledger_;
  Checker checker_;
  CoreHost core_;
  std::vector<std::unique_ptr<SpoolHost>> spools_;
  std::vector<std::unique_ptr<EdgeHost>> edges_;
  People people_;
};

}  // namespace

RunResult run(const Shop& shop, const RunOptions& options) {
  return Run(shop, options).go();
}

}  // namespace dermaga::simulation

#include "spool_host.h"

#include <algorithm>
#include <utility>

#include "wire/messages.h"

namespace dermaga::simulation {
namespace {

constexpr Milliseconds kDeliverEvery{250};
constexpr Milliseconds kPatience{10s};
constexpr Milliseconds kLeaseRest{1s};
constexpr Milliseconds kLeaseRetry{3s};
constexpr std::size_t kDeliveredAtOnceMax = 4;
constexpr std::uint64_t kDeliveredBytesMax = 1 << 20;

// Small files, so that runs go through several.
spool_ledger::LedgerOptions options_of(const std::string& name) {
  return {.spool_id = name, .log = {.segment_bytes_max = 4'000, .free_bytes_min = 0}};
}

}  // namespace

SpoolHost::SpoolHost(Context& context, Network& network, CoreHost& core, Checker& checker,
                     HostId id)
    : context_(context),
      network_(network),
      core_(core),
      checker_(checker),
      id_(id),
      name_("spool-" + std::to_string(id - kFirstSpool + 1)),
      disk_(context.spool_chance),
      folder_(disk_) {
  disk_.set_faults(context.plan.spool_disk);
}

SpoolHost::~SpoolHost() = default;

void SpoolHost::start() {
  start_planned_ = false;
  if (is_alive()) {
    return;
  }
  disk_.start();
  ++started_;
  is_delivering_ = false;
  is_asking_ = false;
  granted_epoch_ = 0;
  lease_at_ = context_.timeline.steady_now();
  auto ledger = spool_ledger::Ledger::open(folder_, context_.code_chance, context_.timeline,
                                           options_of(name_));
  if (!ledger.has_value()) {
    context_.trace.add(name_, "does not start: " + ledger.error().message());
    if (context_.healed || ledger.error().code() == ErrorCode::kCorrupt) {
      context_.findings.breach("spool_starts", ledger.error().message());
    }
    disk_.stop();
    end_process();
    return;
  }
  ledger_ = *std::move(ledger);
  context_.trace.add(name_, "started with " + std::to_string(undelivered()) + " orders");
  keep_delivering(started_);
}

void SpoolHost::step(const std::function<Status(spool_ledger::Ledger&)>& act) {
  if (!is_alive()) {
    return;
  }
  const Status done = act(*ledger_);
  if (!done.has_value() && done.error().code() != ErrorCode::kOverloaded) {
    context_.trace.add(name_, "stops itself: " + done.error().message());
    disk_.stop();
  }
  if (disk_.stopped()) {
    end_process();
  }
}

void SpoolHost::end_process() {
  ledger_.reset();
  Chance& chance = context_.spool_chance;
  const bool power = chance.once_in(2);
  if (power) {
    disk_.lose_power();
  }
  context_.trace.add(name_, power ? "stopped, power lost" : "stopped");
  if (!start_planned_) {
    start_planned_ = true;
    context_.timeline.after(Milliseconds(chance.between(50, 6'000)), [this] { start(); });
  }
}

void SpoolHost::stop_soon() {
  if (!is_alive()) {
    return;
  }
  if (context_.spool_chance.once_in(3)) {
    const bool disk_lost =
        undelivered() == 0 && context_.spool_chance.once_in(context_.plan.spool_disk_lost);
    disk_.stop();
    end_process();
    if (disk_lost) {
      disk_.replace();
      context_.trace.add(name_, "lost its disk");
    }
  } else {
    disk_.stop_in(1 + context_.spool_chance.below(12));
  }
}

void SpoolHost::heal() {
  disk_.stop_in(0);
  disk_.set_faults({});
}

void SpoolHost::append(const std::string& bytes, const std::function<void(std::string)>& answer) {
  auto batch = wire::decode<wire::SpoolAppend>(bytes);
  CHECK(batch.has_value());  // edges encode it with the same code
  step([&](spool_ledger::Ledger& ledger) -> Status {
    const std::size_t orders = batch->orders.size();
    std::vector<bool> decides;  // and is not told what another spool decided
    for (const contract::SpoolOrder& order : batch->orders) {
      decides.push_back(!order.lease_epoch.has_value());
    }
    auto outcomes = ledger.append(std::move(batch->orders));
    context_.trace.add(name_, "append of " + std::to_string(orders));
    if (!outcomes.has_value()) {
      return std::unexpected(std::move(outcomes).error());
    }
    if (!disk_.stopped()) {
      for (std::size_t i = 0; i < orders; ++i) {
        check_sold((*outcomes)[i], decides[i]);
      }
      answer(wire::encode(wire::SpoolAppendAnswer{.outcomes = *std::move(outcomes)}));
    }
    return {};
  });
}

void SpoolHost::order_view(const OrderId& id,
                           const std::function<void(Result<contract::OrderView>)>& answer) {
  step([&](spool_ledger::Ledger& ledger) -> Status {
    answer(ledger.order_view(id));
    return {};
  });
}

void SpoolHost::keep_delivering(std::uint64_t process) {
  context_.timeline.after(kDeliverEvery, [this, process] {
    if (started_ != process || !is_alive()) {
      return;
    }
    if (!is_delivering_ && !is_asking_) {
      deliver();
    }
    keep_delivering(process);
  });
}

void SpoolHost::deliver() {
  step([this](spool_ledger::Ledger& ledger) -> Status {
    ASSIGN_OR_RETURN(const auto delivery,
                     ledger.next_delivery(kDeliveredAtOnceMax, kDeliveredBytesMax));
    if (delivery.orders.empty()) {
      renew_lease(ledger);
      return {};
    }
    is_delivering_ = true;
    const std::uint64_t number = ++last_delivery_;
    context_.timeline.after(
        kPatience, [this, number] { is_delivering_ = is_delivering_ && last_delivery_ != number; });
    network_.send(id_, kCore, [this, number, bytes = wire::encode(delivery)] {
      core_.deliver(bytes, [this, number](const std::string& answer) {
        network_.send(kCore, id_, [this, number, answer] { delivered(number, answer); });
      });
    });
    return {};
  });
}

void SpoolHost::delivered(std::uint64_t delivery, const std::string& bytes) {
  if (!is_delivering_ || delivery != last_delivery_) {
    return;  // an answer to an earlier try, or to an earlier process
  }
  const auto answer = wire::decode<wire::DeliverAnswer>(bytes);
  CHECK(answer.has_value());
  is_delivering_ = false;
  step([&](spool_ledger::Ledger& ledger) -> Status {
    ASSIGN_OR_RETURN(const auto report, ledger.delivered(answer->outcomes));
    context_.trace.add(name_, "delivered: " + std::to_string(report.accepted) + " accepted, " +
                                  std::to_string(report.declined) + " declined, " +
                                  std::to_string(report.rejected) + " rejected");
    return {};
  });
}

void SpoolHost::renew_lease(spool_ledger::Ledger& ledger) {
  const SteadyTime now = context_.timeline.steady_now();
  const bool due = now >= lease_at_ || (now >= asked_at_ + kLeaseRest && ledger.lease_is_used_up());
  if (context_.plan.lease_percent == 0 || !due) {
    return;
  }
  const bool drains = !context_.healed && context_.spool_chance.once_in(context_.plan.spool_drains);
  const auto request = ledger.exchange(!drains);
  if (!request.has_value()) {
    return;
  }
  context_.trace.add(name_, drains ? "drains" : "asks for a lease");
  granted_epoch_ = 0;
  is_asking_ = true;
  asked_at_ = now;
  lease_at_ = now + kLeaseRetry;
  const std::uint64_t number = ++last_request_;
  context_.timeline.after(kPatience,
                          [this, number] { is_asking_ = is_asking_ && last_request_ != number; });
  network_.send(id_, kCore, [this, number, bytes = wire::encode(*request)] {
    core_.exchange_lease(bytes, [this, number](const std::string& answer) {
      network_.send(kCore, id_, [this, number, answer] { granted(number, answer); });
    });
  });
  if (drains) {
    disk_.stop();  // somebody does not wait for its end
  }
}

void SpoolHost::granted(std::uint64_t request, const std::string& bytes) {
  if (!is_asking_ || request != last_request_) {
    return;  // an answer to an earlier request, or to an earlier process
  }
  const auto grant = wire::decode<contract::LeaseGrant>(bytes);
  CHECK(grant.has_value());
  is_asking_ = false;
  if (grant->epoch == 0) {
    return;
  }
  checker_.check_granted(grant->epoch);
  step([&](spool_ledger::Ledger& ledger) -> Status {
    RETURN_IF_ERROR(ledger.granted(*grant, asked_at_));
    granted_epoch_ = grant->epoch;
    granted_until_ = asked_at_ + grant->valid_for;
    context_.trace.add(name_, "has lease " + std::to_string(grant->epoch));
    if (const auto until = ledger.sells_until()) {
      // When all is well again a run has no need of a lease every second.
      const Milliseconds least = context_.healed ? 20s : 1s;
      lease_at_ = asked_at_ + std::max((*until - asked_at_) / 2, SteadyTime::duration(least));
    }
    return {};
  });
}

void SpoolHost::check_sold(const contract::SpoolOutcome& outcome, bool decided) {
  const auto* placed = std::get_if<contract::Placed>(&outcome.outcome);
  if (placed == nullptr || outcome.lease_epoch == 0) {
    return;
  }
  const bool is_new = decided && !placed->replayed;
  context_.trace.add(name_, (is_new ? "sold from lease " : "has sold from lease ") +
                                std::to_string(outcome.lease_epoch));
  if (is_new &&
      (outcome.lease_epoch != granted_epoch_ || context_.timeline.steady_now() >= granted_until_)) {
    context_.findings.breach("sold_without_lease", name_ + " sold order " + placed->order.id.str() +
                                                       " from lease " +
                                                       std::to_string(outcome.lease_epoch) +
                                                       ", which is not its own any more");
  }
  checker_.check_leased(placed->order.id, outcome.lease_epoch, is_new);
}

}  // namespace dermaga::simulation

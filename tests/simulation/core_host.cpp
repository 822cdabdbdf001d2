#include "core_host.h"

#include <utility>

#include "disk_vfs.h"
#include "inventory/inventory.h"
#include "leases/lessor.h"
#include "wire/messages.h"

namespace dermaga::simulation {
namespace {

constexpr std::int64_t kRefundedAtOnce = 500;
constexpr std::uint64_t kRefundKeys = 200;  // some are used twice
const audit::Actor kStaff{.name = "host:simulation", .source = "simulation"};
// As the availability feed's own thread waits.
constexpr Milliseconds kCoalesceFor{40};
// A disk that has just come back may take so long to read well again.
constexpr Milliseconds kReadsFailFor{4s};
constexpr std::size_t kLeasesListed = 1'000;

leases::Policy lease_policy(const Plan& plan) {
  return {.share_percent = plan.lease_percent,
          .units_max = 100,
          .keep_units = plan.lease_keeps,
          .valid_for = plan.lease_valid};
}

}  // namespace

// Everything that dies with the process. Destroyed from the last to the first.
struct CoreHost::Process {
  std::unique_ptr<store::Database> database;
  std::unique_ptr<store::Connection> checks;  // reads for the checker
  std::unique_ptr<store::Connection> shelf;   // counts stock for staff
  std::unique_ptr<ProviderDoor> provider;
  std::unique_ptr<inventory::AvailabilityFeed> feed;
  std::unique_ptr<leases::Lessor> lessor;
  std::unique_ptr<orders::OrderSteps> orders;
  struct Watcher {
    std::uint64_t session = 0;
    std::uint64_t sent = 0;
    std::unique_ptr<contract::Subscription> subscription;
  };
  std::map<HostId, Watcher> watchers;
};

CoreHost::CoreHost(Context& context, const Shop& shop, Provider& provider, Checker& checker)
    : context_(context),
      shop_(shop),
      provider_(provider),
      checker_(checker),
      disk_(context.disk_chance),
      prices_(shop) {
  disk_.put(kDatabaseName, shop.empty_database);
  disk_.start();
  use_disk(disk_, context.disk_chance);
}

CoreHost::~CoreHost() = default;

std::function<void(std::string_view)> CoreHost::fatal() {
  return [this](std::string_view reason) {
    context_.trace.add("core", "stops itself: " + std::string(reason));
    disk_.stop();
  };
}

orders::Options CoreHost::order_options() {
  orders::Options options;
  options.hold = context_.plan.hold;
  options.payment_retry_after = 1s;
  options.on_fatal = fatal();
  return options;
}

Result<std::unique_ptr<CoreHost::Process>> CoreHost::make_process() {
  const std::uint64_t number = started_;
  auto process = std::make_unique<Process>();
  ASSIGN_OR_RETURN(process->database,
                   store::open_sqlite({.file = kDatabaseName,
                                       .vfs = std::string(kVfsName),
                                       .checkpoint_pages = context_.plan.checkpoint_pages,
                                       .on_sync_failed = fatal()}));
  ASSIGN_OR_RETURN(process->shelf, process->database->connect());
  RETURN_IF_ERROR(store::migrate(*process->shelf, process->database->dialect()));
  ASSIGN_OR_RETURN(process->checks, process->database->connect_read_only());
  process->provider = std::make_unique<ProviderDoor>(
      context_, provider_,
      ProviderDoor::Hooks{.is_alive = [this, number] { return is_alive() && started_ == number; },
                          .charging = [this](const OrderId& id) { checker_.check_charge(id); },
                          .answered = [this, number] { work_on_payments_soon(number); }});
  ASSIGN_OR_RETURN(process->feed, inventory::AvailabilityFeed::open(*process->database));
  process->lessor = std::make_unique<leases::Lessor>(
      *process->database, context_.timeline, lease_policy(context_.plan),
      [feed = process->feed.get()](const std::vector<VariantId>& touched) {
        feed->touched(touched);
      });
  ASSIGN_OR_RETURN(process->orders, orders::OrderSteps::open({.database = *process->database,
                                                              .derivation = shop_.derivation,
                                                              .vault = *shop_.vault,
                                                              .prices = prices_,
                                                              .boxes = boxes_,
                                                              .payments = *process->provider,
                                                              .availability = *process->feed,
                                                              .clock = context_.timeline,
                                                              .random = context_.code_chance},
                                                             order_options()));
  return process;
}

void CoreHost::stock_up() {
  const auto count = [&](int product, int location) {
    const auto counted =
        inventory::adjust(*process_->shelf,
                          {.variant_id = shop_.variants[static_cast<std::size_t>(product)],
                           .location_id = shop_.locations[static_cast<std::size_t>(location)],
                           .amount = context_.people_chance.between(0, context_.plan.units_max),
                           .reason = "first count"},
                          kStaff, context_.timeline);
    CHECK(counted.has_value());
  };
  for (int product = 0; product < context_.plan.products; ++product) {
    count(product, 0);
  }
  count(0, 1);
  process_->feed->touched(shop_.variants);
  faulty_ = true;
  read([this](store::Connection& connection) { checker_.look(connection); });
}

void CoreHost::start() {
  start_planned_ = false;
  if (is_alive()) {
    return;
  }
  disk_.start();
  forget_locks();
  ++started_;
  auto process = make_process();
  if (!process.has_value()) {
    context_.trace.add("core", "does not start: " + process.error().message());
    if (context_.healed || process.error().code() == ErrorCode::kCorrupt) {
      context_.findings.breach("core_starts", process.error().message());
    }
    disk_.stop();
    end_process();
    return;
  }
  process_ = *std::move(process);
  context_.trace.add("core", "started as process " + std::to_string(started_));
  const std::uint64_t number = started_;
  if (context_.plan.reads_fail_at_start != 0) {
    reads_fail_until_ = context_.timeline.elapsed() + kReadsFailFor;
    context_.timeline.after(kReadsFailFor, [this] { set_faults(); });
  }
  read([this](store::Connection& connection) { checker_.look_after_restart(connection); });
  tick(number, context_.plan.sweep_every, "sweep", [this](Process& one) {
    (void)one.orders->sweep();
    if (is_alive()) {
      read([this](store::Connection& connection) { checker_.check_expired(connection); });
    }
  });
  tick(number, 60s, "housekeep", [](Process& one) { (void)one.orders->housekeep(); });
  tick(number, 1s, "payments",
       [this](Process& one) { one.orders->work_on_payments(context_.timeline.steady_now()); });
  tick(number, kCoalesceFor * 5, "feed", [](Process& one) { one.feed->deliver_touched(); });
}

void CoreHost::tick(std::uint64_t number, Milliseconds every, std::string_view what,
                    const std::function<void(Process&)>& act) {
  context_.timeline.after(every, [this, number, every, what, act] {
    if (started_ != number || !is_alive()) {
      return;
    }
    step(what, act);
    tick(number, every, what, act);
  });
}

void CoreHost::step(std::string_view what, const std::function<void(Process&)>& act) {
  if (!is_alive()) {
    return;
  }
  const std::uint64_t before = disk_.operations();
  act(*process_);
  if (disk_.operations() != before) {
    context_.trace.add("core", what);
  }
  if (disk_.stopped()) {
    end_process();
  } else if (disk_.operations() != before) {
    read([this](store::Connection& connection) { checker_.look(connection); });
  }
}

void CoreHost::set_faults() {
  Disk::Faults faults = faulty_ ? context_.plan.disk : Disk::Faults{};
  if (faulty_ && context_.timeline.elapsed() < reads_fail_until_) {
    faults.read_fails = context_.plan.reads_fail_at_start;
  }
  disk_.set_faults(faults);
}

void CoreHost::read(const std::function<void(store::Connection&)>& look) {
  disk_.set_faults({});
  look(*process_->checks);
  set_faults();
}

// The process is gone; its machine may have lost power with it.
void CoreHost::end_process() {
  process_.reset();  // its handles are dead: nothing reaches the disk
  Chance& chance = context_.disk_chance;
  const bool power = chance.once_in(2);
  if (power) {
    disk_.lose_power();
  }
  context_.trace.add("core", power ? "stopped, power lost" : "stopped");
  if (!start_planned_) {
    start_planned_ = true;
    context_.timeline.after(Milliseconds(chance.between(50, context_.plan.core_away_max.count())),
                            [this] { start(); });
  }
}

void CoreHost::stop_soon() {
  if (!is_alive()) {
    return;
  }
  if (context_.disk_chance.once_in(4)) {
    disk_.stop();
    end_process();
  } else {
    disk_.stop_in(1 + context_.disk_chance.below(40));
  }
}

void CoreHost::fail_power_and_restart() {
  disk_.stop();
  process_.reset();
  disk_.lose_power();
  context_.trace.add("core", "stopped, power lost, at the end");
  start();
}

void CoreHost::heal() {
  faulty_ = false;
  disk_.stop_in(0);
  disk_.set_faults({});
  context_.timeline.after(1s, [this] { start(); });  // nobody keeps it away any longer
}

void CoreHost::place(std::string bytes, std::function<void(std::string)> answer) {
  auto batch = wire::decode<wire::PlaceBatch>(bytes);
  CHECK(batch.has_value());  // edges encode it with the same code
  step("batch of " + std::to_string(batch->orders.size()), [&](Process& process) {
    decide(process, std::move(batch->orders), batch->batch_id, answer);
  });
}

void CoreHost::decide(Process& process, std::vector<contract::PlaceOrder> orders,
                      std::uint64_t batch_id, const std::function<void(std::string)>& answer) {
  const auto asked = orders;
  const std::uint64_t number = started_;
  process.orders->place(std::move(orders), [&](std::vector<contract::PlaceOutcome> outcomes) {
    if (!is_alive()) {
      return;  // nobody hears what a stopped process says
    }
    read([&](store::Connection& connection) { checker_.check_batch(asked, outcomes, connection); });
    answer(wire::encode(
        wire::PlaceBatchResult{.batch_id = batch_id, .outcomes = std::move(outcomes)}));
  });
  work_on_payments_soon(number);
}

void CoreHost::deliver(const std::string& bytes, const std::function<void(std::string)>& answer) {
  auto delivery = wire::decode<contract::Delivery>(bytes);
  CHECK(delivery.has_value());  // spools encode it with the same code
  step("delivery of " + std::to_string(delivery->orders.size()), [&](Process& process) {
    std::vector<contract::PlaceOrder> asked;
    for (const contract::DeliveredOrder& one : delivery->orders) {
      asked.push_back(one.order);
    }
    const std::uint64_t number = started_;
    process.orders->deliver(
        *std::move(delivery), [&](std::vector<contract::PlaceOutcome> outcomes) {
          if (!is_alive()) {
            return;
          }
          read([&](store::Connection& connection) {
            checker_.check_delivery(asked, outcomes, connection);
          });
          answer(wire::encode(wire::DeliverAnswer{.outcomes = std::move(outcomes)}));
        });
    work_on_payments_soon(number);
  });
}

// A refusal is not told apart from an answer that was lost: the spool asks again either way.
void CoreHost::exchange_lease(const std::string& bytes,
                              const std::function<void(std::string)>& answer) {
  const auto request = wire::decode<contract::LeaseRequest>(bytes);
  CHECK(request.has_value());  // spools encode it with the same code
  step("lease of " + request->spool_id, [&](Process& process) {
    const auto grant =
        process.lessor->exchange(*request, {.catalog_version = shop_.view->book().catalog_version,
                                            .sells = [](const VariantId&) { return true; }});
    if (grant.has_value() && is_alive()) {
      answer(wire::encode(*grant));
    }
  });
}

void CoreHost::abandon_lease(const std::string& spool_id) {
  step("lease abandoned", [&](Process& process) {
    const auto listed = process.lessor->list(kLeasesListed);
    if (!listed.has_value()) {
      return;
    }
    for (const leases::Lease& lease : *listed) {
      if (lease.spool_id == spool_id && lease.state == leases::LeaseState::kOpen) {
        (void)process.lessor->abandon(spool_id, lease.epoch, kStaff, "stopped");
      }
    }
  });
}

void CoreHost::work_on_payments_soon(std::uint64_t number) {
  context_.timeline.after(1ms, [this, number] {
    if (started_ == number) {
      step("payments", [this](Process& process) {
        process.orders->work_on_payments(context_.timeline.steady_now());
      });
    }
  });
}

void CoreHost::order_view(const OrderId& id, const std::string& token,
                          std::function<void(Result<contract::OrderView>)> answer) {
  step("view", [&](Process& process) {
    auto view = process.orders->order_view(id, token);
    if (is_alive()) {
      answer(std::move(view));
    }
  });
}

void CoreHost::watch_capacity(HostId edge, std::uint64_t session, CapacityCallback changed) {
  step("watch", [&](Process& process) {
    Process::Watcher& watcher = process.watchers[edge];
    if (session <= watcher.session) {
      return;  // a copy of the request, or one that was overtaken
    }
    watcher.subscription.reset();
    watcher.session = session;
    watcher.sent = 0;
    watcher.subscription = process.feed->subscribe(
        [&watcher, changed = std::move(changed)](const contract::CapacityUpdate& update) {
          changed(++watcher.sent, update);
        });
  });
}

std::optional<std::uint64_t> CoreHost::updates_sent(HostId edge, std::uint64_t session) const {
  if (!is_alive()) {
    return std::nullopt;
  }
  const auto watcher = process_->watchers.find(edge);
  return watcher != process_->watchers.end() && watcher->second.session == session
             ? std::optional(watcher->second.sent)
             : std::nullopt;
}

void CoreHost::adjust(Process& process) {
  Chance& chance = context_.people_chance;
  const std::size_t product = chance.below(static_cast<std::uint64_t>(context_.plan.products));
  const auto counted = inventory::adjust(*process.shelf,
                                         {.variant_id = shop_.variants[product],
                                          .location_id = shop_.locations[0],
                                          .amount = chance.between(-3, 4),
                                          .relative = true,
                                          .reason = "counted"},
                                         kStaff, context_.timeline);
  if (counted.has_value()) {
    process.feed->touched(std::span(&shop_.variants[product], 1));
  }
}

void CoreHost::act_as_staff() {
  Chance& chance = context_.people_chance;
  const auto& stored = checker_.stored();
  const bool count = stored.empty() || chance.once_in(3);
  step("staff", [&](Process& process) {
    if (count) {
      adjust(process);
      return;
    }
    auto chosen = stored.begin();
    std::advance(chosen, static_cast<std::ptrdiff_t>(chance.below(stored.size())));
    const OrderId id = OrderId::parse(chosen->first).value();
    switch (chance.below(4)) {
      case 0:
        (void)process.orders->cancel(id, "staff_request", kStaff);
        break;
      case 1:
        (void)process.orders->cancel_open(id, "shopper_request");
        break;
      case 2:
        (void)process.orders->refund(
            {.order = id,
             .amount = static_cast<std::int64_t>(chance.below(3)) * kRefundedAtOnce,
             .reason = "dented",
             .idempotency_key = std::to_string(chance.below(kRefundKeys))},
            kStaff);
        break;
      default:
        (void)process.orders->fulfil(id, kStaff);
    }
  });
}

}  // namespace dermaga::simulation

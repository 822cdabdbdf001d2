#include "spool_group/spool_group.h"

#include <algorithm>
#include <optional>
#include <set>
#include <span>
#include <utility>

#include "digest/digest.h"
#include "lane.h"

namespace dermaga::spool_group {
namespace {

// Shoppers and their browsers ask again after this long where there is no room.
constexpr int kFullRetryAfter_s = 30;

const char* answer_of(const Result<contract::PlaceOutcome>& outcome) {
  if (!outcome) {
    return "unavailable";
  }
  if (const auto* placed = std::get_if<contract::Placed>(&*outcome)) {
    return placed->deferred ? "deferred" : "leased";
  }
  return "refused";
}

}  // namespace

// One order on its way over the spools. Only one of them has it at a time.
struct SpoolGroup::Task {
  contract::SpoolOrder order;
  std::function<void(Result<contract::PlaceOutcome>)> done;
  std::vector<std::size_t> ranked;  // spools, the first choice first
  std::size_t next = 0;             // in ranked
  std::size_t to_ask = 0;      // spools that must say that they do not have it, before one decides
  std::size_t asked_from = 0;  // in ranked: this one and those behind it were asked
  std::size_t copies = 0;      // durable ones
  contract::PlaceOutcome decided;  // once there is a copy
  bool met_full = false;           // a spool that had no room
};

// One status that is looked for, spool by spool.
struct SpoolGroup::Search {
  OrderId id;
  std::function<void(Result<contract::OrderView>)> done;
  std::vector<std::size_t> ranked;
  std::size_t next = 0;
  std::optional<Error> unsure;  // a spool that could not say
};

Result<std::unique_ptr<SpoolGroup>> SpoolGroup::create(std::vector<NamedSpool> spools,
                                                       const Options& options) {
  if (spools.empty() || options.copies > spools.size() || options.copies * 2 <= spools.size()) {
    return make_error(
        ErrorCode::kInvalidArgument,
        "an order must lie on more than half of the spools, and on no more than there "
        "are: " +
            std::to_string(options.copies) + " of " + std::to_string(spools.size()));
  }
  std::unique_ptr<SpoolGroup> group(new SpoolGroup(options));
  std::set<std::string> names;
  for (NamedSpool& named : spools) {
    if (!names.insert(named.name).second) {
      return make_error(ErrorCode::kInvalidArgument, "spool " + named.name + " is named twice");
    }
    group->names_.push_back(std::move(named.name));
    group->lanes_.push_back(std::make_unique<Lane>(std::move(named.spool), options));
  }
  return group;
}

SpoolGroup::SpoolGroup(const Options& options) : options_(options) {}

SpoolGroup::~SpoolGroup() {
  closed_ = true;
  // A call that one spool fails may go on to another: all must be there until all are closed.
  for (const auto& lane : lanes_) {
    lane->close();
  }
}

// Rendezvous hashing: every edge ranks alike, and a spool that is added or gone moves only its own
// share of the orders.
std::vector<std::size_t> SpoolGroup::ranked(const OrderId& id) const {
  std::vector<std::pair<std::string, std::size_t>> weights;
  for (std::size_t i = 0; i < names_.size(); ++i) {
    weights.emplace_back(digest::sha256(names_[i] + "\n" + id.str()), i);
  }
  std::ranges::sort(weights, std::greater<>());
  std::vector<std::size_t> order;
  for (const auto& [weight, index] : weights) {
    order.push_back(index);
  }
  return order;
}

std::size_t SpoolGroup::reachable(const Task& task) const {
  const auto left = std::span(task.ranked).subspan(task.next);
  return static_cast<std::size_t>(std::ranges::count_if(
      left, [this](std::size_t index) { return lanes_[index]->spool().connected(); }));
}

void SpoolGroup::append(contract::SpoolOrder order,
                        std::function<void(Result<contract::PlaceOutcome>)> done) {
  auto task = std::make_shared<Task>();
  task->ranked = ranked(order.order.id);
  task->order = std::move(order);
  task->done = std::move(done);
  task->to_ask = lanes_.size() - options_.copies;
  task->asked_from = lanes_.size();
  ask(task);
}

// A spool that was away may be back: before it decides about an order that was answered meanwhile,
// one of those that have it is found, because an order lies on more than half of them.
void SpoolGroup::ask(const std::shared_ptr<Task>& task) {
  while (!closed_ && task->to_ask > 0 && task->asked_from > 0) {
    Lane& lane = *lanes_[task->ranked[--task->asked_from]];
    contract::SpoolOrder question = task->order;
    question.only_if_known = true;
    Lane::Done done = [this, task](Result<contract::SpoolOutcome> outcome) {
      told(task, std::move(outcome));
    };
    if (lane.offer(std::move(question), done)) {
      return;
    }
  }
  if (task->to_ask > 0) {
    return finish(*task, make_error(ErrorCode::kUnavailable, "not enough spools can be reached"));
  }
  go_on(task);
}

void SpoolGroup::told(const std::shared_ptr<Task>& task, Result<contract::SpoolOutcome> outcome) {
  if (!outcome) {
    return ask(task);
  }
  if (std::holds_alternative<contract::Placed>(outcome->outcome)) {
    task->order.lease_epoch = outcome->lease_epoch;
    task->to_ask = 0;
  } else if (const auto* refused = std::get_if<contract::Refused>(&outcome->outcome);
             refused != nullptr && refused->http_status < 500) {
    if (refused->code != "order_unknown") {
      return finish(*task, std::move(outcome->outcome));
    }
    --task->to_ask;
  }
  ask(task);
}

void SpoolGroup::go_on(const std::shared_ptr<Task>& task) {
  while (!closed_ && task->next < task->ranked.size()) {
    // Those that are left must suffice, else a copy is written for nothing. And one that was asked
    // already cannot be the first to decide: too few would have been heard.
    const bool undecided = !task->order.lease_epoch.has_value();
    if (task->copies + reachable(*task) < options_.copies ||
        (undecided && task->next >= task->asked_from)) {
      break;
    }
    Lane& lane = *lanes_[task->ranked[task->next++]];
    Lane::Done done = [this, task](Result<contract::SpoolOutcome> outcome) {
      answered(task, std::move(outcome));
    };
    if (lane.offer(task->order, done)) {
      return;
    }
  }
  if (task->met_full) {
    return finish(*task, contract::Refused{.http_status = 503,
                                           .code = "spool_full",
                                           .detail = "No room for orders that wait for the private "
                                                     "zone; repeat with the same Idempotency-Key.",
                                           .retry_after_s = kFullRetryAfter_s});
  }
  finish(*task, make_error(ErrorCode::kUnavailable, "not enough spools can be reached"));
}

void SpoolGroup::answered(const std::shared_ptr<Task>& task,
                          Result<contract::SpoolOutcome> outcome) {
  if (!outcome) {
    return go_on(task);
  }
  if (const auto* refused = std::get_if<contract::Refused>(&outcome->outcome)) {
    if (refused->http_status < 500) {
      return finish(*task, std::move(outcome->outcome));
    }
    task->met_full = task->met_full || refused->code == "spool_full";
    return go_on(task);
  }
  if (!std::holds_alternative<contract::Placed>(outcome->outcome)) {
    return go_on(task);  // not what spools say
  }
  if (task->order.lease_epoch == 0u && outcome->lease_epoch != 0) {
    // The same request was promised units, by another edge's try meanwhile or by one that failed
    // half-way: those before this spool must hear of it too, since core believes whichever
    // delivers first.
    task->order.lease_epoch = outcome->lease_epoch;
    task->next = 0;
    task->copies = 0;
    return go_on(task);
  }
  if (!task->order.lease_epoch.has_value()) {
    task->order.lease_epoch = outcome->lease_epoch;
  }
  if (task->copies == 0) {
    task->decided = std::move(outcome->outcome);
  }
  if (++task->copies < options_.copies) {
    return go_on(task);
  }
  finish(*task, std::move(task->decided));
}

void SpoolGroup::finish(Task& task, Result<contract::PlaceOutcome> outcome) {
  if (options_.registry != nullptr) {
    options_.registry
        ->counter("dermaga_edge_deferred_orders_total",
                  "Orders handed to the spools, by what they answered",
                  {{"answer", answer_of(outcome)}})
        .increment();
  }
  const auto done = std::move(task.done);
  done(std::move(outcome));
}

void SpoolGroup::order_view(OrderId id, std::function<void(Result<contract::OrderView>)> done) {
  auto looked_for = std::make_shared<Search>();
  looked_for->ranked = ranked(id);
  looked_for->id = std::move(id);
  looked_for->done = std::move(done);
  search(looked_for);
}

void SpoolGroup::search(const std::shared_ptr<Search>& search) {
  if (closed_) {
    return search->done(make_error(ErrorCode::kUnavailable, "the edge is stopping"));
  }
  if (search->next == search->ranked.size()) {
    return search->done(std::unexpected(
        search->unsure.value_or(Error(ErrorCode::kNotFound, "no spool holds this order"))));
  }
  Spool& spool = lanes_[search->ranked[search->next++]]->spool();
  spool.order_view(search->id, [this, search](Result<contract::OrderView> found) {
    if (found) {
      return search->done(std::move(found));
    }
    if (found.error().code() != ErrorCode::kNotFound) {
      search->unsure = found.error();
    }
    this->search(search);
  });
}

}  // namespace dermaga::spool_group

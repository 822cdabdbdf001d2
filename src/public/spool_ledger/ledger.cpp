#include "spool_ledger/ledger.h"

#include <algorithm>
#include <unordered_set>

#include "lease.h"
#include "planted/planted.h"
#include "wire/messages.h"

namespace dermaga::spool_ledger {

namespace {

using contract::PlaceOutcome;
using order_state::OrderStatus;

constexpr int kFullRetryAfterS = 30;
constexpr std::size_t kDeliveredRememberedMax = 50'000;
constexpr std::size_t kReplayOrders = 1'000;
constexpr std::uint64_t kReplayBytes = std::uint64_t{16} << 20;

contract::SpoolOutcome full() {
  return {.outcome = contract::Refused{.http_status = 503,
                                       .code = "spool_full",
                                       .detail = "no more orders can be kept until the shop is "
                                                 "reachable again; try again later",
                                       .retry_after_s = kFullRetryAfterS}};
}

contract::SpoolOutcome key_reused() {
  return {.outcome = contract::Refused{
              .http_status = 422,
              .code = "idempotency_key_reused",
              .detail = "this idempotency key was used with another request body"}};
}

contract::SpoolOutcome unknown() {
  return {.outcome = contract::Refused{.http_status = 404,
                                       .code = "order_unknown",
                                       .detail = "this spool does not have the order"}};
}

Error damaged(std::uint64_t sequence, const Error& why) {
  return {ErrorCode::kCorrupt, "order " + std::to_string(sequence) +
                                   " of the spool's log cannot be read (" + why.message() +
                                   "); stop and see \"A damaged log\" in docs/guides/link-down.md"};
}

}  // namespace

// Outcomes are made after the sync; until then it is known by number which order each is of.
struct Ledger::Group {
  struct Staged {
    OrderId id;
    std::optional<Entry> before;  // what was known of it; none: it is new
    std::vector<contract::OrderLine> lines;
    std::uint64_t sold_from = 0;
  };
  struct Answer {
    OrderId id;
    bool replayed = false;
    bool refused = false;  // other bytes under a known key
    bool unknown = false;  // and only asked for
  };
  std::vector<std::string> payloads;
  std::vector<Staged> staged;
  std::unordered_set<OrderId> unsynced;
  std::vector<Answer> answers;
};

Ledger::Ledger(LedgerOptions options) : options_(std::move(options)) {}

Ledger::~Ledger() = default;

Result<std::unique_ptr<Ledger>> Ledger::open(spool_log::Disk& disk, Random& random,
                                             const Clock& clock, LedgerOptions options) {
  std::unique_ptr<Ledger> ledger(new Ledger(std::move(options)));
  ASSIGN_OR_RETURN(ledger->log_, spool_log::SpoolLog::open(disk, random, ledger->options_.log));
  ASSIGN_OR_RETURN(ledger->lease_, Lease::open(disk, clock, ledger->log_->log_id()));
  RETURN_IF_ERROR(ledger->replay());
  return ledger;
}

Status Ledger::replay() {
  std::uint64_t sequence = log_->first_sequence();
  while (sequence < log_->next_sequence()) {
    ASSIGN_OR_RETURN(const auto records, log_->read(sequence, kReplayOrders, kReplayBytes));
    for (const spool_log::Entry& record : records) {
      auto order = wire::decode<contract::SpoolOrder>(record.payload);
      if (!order.has_value()) {
        return std::unexpected(damaged(record.sequence, order.error()));
      }
      Entry& entry = entries_[order->order.id];
      entry.sequence = record.sequence;
      std::ranges::copy(order->order.body_sha256, entry.body_sha256.begin());
      entry.total = order->order.total;
      entry.received_at = order->order.received_at;
      set_epoch(entry, order->lease_epoch.value_or(0));
      if (!oldest_received_at_.has_value()) {
        oldest_received_at_ = entry.received_at;
      }
    }
    sequence += records.size();
  }
  return {};
}

std::size_t Ledger::encoded_bytes_max(const contract::SpoolOrder& order) {
  constexpr std::size_t kFixed = 1'024;
  constexpr std::size_t kLine = 128;
  const contract::PlaceOrder& o = order.order;
  return kFixed + o.idempotency_key.size() + o.lines.size() * kLine + o.coupon.size() +
         o.shipping_method.size() + o.destination.region.size() + o.destination.postal_code.size() +
         o.quote.size() + o.sealed.size() + o.receipt.size();
}

Result<std::vector<contract::SpoolOutcome>> Ledger::append(
    std::vector<contract::SpoolOrder> orders) {
  Group group;
  for (contract::SpoolOrder& order : orders) {
    stage(std::move(order), group);
  }
  bool kept = true;
  if (!group.payloads.empty()) {
    const Status appended = log_->append(group.payloads);
    if (!appended.has_value() && appended.error().code() != ErrorCode::kOverloaded) {
      return std::unexpected(appended.error());
    }
    kept = appended.has_value();
    if (!kept) {
      take_back(group);
    }
  }
  std::vector<contract::SpoolOutcome> outcomes;
  outcomes.reserve(group.answers.size());
  for (const Group::Answer& answer : group.answers) {
    if (answer.refused) {
      outcomes.push_back(key_reused());
    } else if (answer.unknown) {
      outcomes.push_back(unknown());
    } else if (!kept && group.unsynced.contains(answer.id)) {
      outcomes.push_back(full());
    } else {
      const Entry& entry = entries_.at(answer.id);
      outcomes.push_back({.outcome = contract::Placed{.order = view_of(answer.id, entry),
                                                      .replayed = answer.replayed,
                                                      .deferred = entry.lease_epoch == 0},
                          .lease_epoch = entry.lease_epoch});
    }
  }
  return outcomes;
}

void Ledger::stage(contract::SpoolOrder order, Group& group) {
  const OrderId id = order.order.id;
  if (const auto known = entries_.find(id); known != entries_.end()) {
    stage_known(std::move(order), known->second, group);
    return;
  }
  if (order.only_if_known) {
    group.answers.push_back({.id = id, .unknown = true});
    return;
  }
  Group::Staged staged{.id = id, .before = std::nullopt, .lines = order.order.lines};
  std::uint64_t epoch = 0;
  if (order.lease_epoch.has_value()) {
    epoch = *order.lease_epoch;  // another spool decided, and accounts for the units
  } else if (!delivered_.contains(id)) {
    epoch = staged.sold_from = lease_->sell(order.order.lines, order.quoted_version);
  }  // else core has decided already, maybe against it: 202 promises nothing
  Entry& entry = entries_[id];
  entry.sequence = log_->next_sequence() + group.payloads.size();
  std::copy_n(order.order.body_sha256.begin(),
              std::min(order.order.body_sha256.size(), entry.body_sha256.size()),
              entry.body_sha256.begin());
  entry.total = order.order.total;
  entry.received_at = order.order.received_at;
  set_epoch(entry, epoch);
  if (!oldest_received_at_.has_value()) {
    oldest_received_at_ = entry.received_at;
  }
  order.lease_epoch = epoch;
  group.payloads.push_back(wire::encode(order));
  group.staged.push_back(std::move(staged));
  group.unsynced.insert(id);
  group.answers.push_back({.id = id});
}

void Ledger::stage_known(contract::SpoolOrder order, Entry& known, Group& group) {
  const OrderId& id = order.order.id;
  if (!std::ranges::equal(order.order.body_sha256, known.body_sha256) &&
      !planted::fault(planted::kSpoolOfOtherBytes)) {
    group.answers.push_back({.id = id, .refused = true});
    return;
  }
  group.answers.push_back({.id = id, .replayed = true});
  const std::uint64_t promised = order.lease_epoch.value_or(0);
  if (promised == 0 || known.lease_epoch != 0) {
    return;
  }
  // Kept here as one for later judgement, and promised meanwhile by the other spool: the promise
  // goes into this log too, so that core hears of it whichever spool delivers first.
  group.staged.push_back({.id = id, .before = known, .lines = {}});
  known.sequence = log_->next_sequence() + group.payloads.size();
  set_epoch(known, promised);
  group.payloads.push_back(wire::encode(order));
  group.unsynced.insert(id);
}

void Ledger::take_back(const Group& group) {
  for (auto staged = group.staged.rbegin(); staged != group.staged.rend(); ++staged) {
    lease_->take_back(staged->sold_from, staged->lines);
    Entry& entry = entries_.at(staged->id);
    if (const std::optional<Entry>& before = staged->before; before.has_value()) {
      set_epoch(entry, before->lease_epoch);
      entry = *before;
    } else {
      set_epoch(entry, 0);
      entries_.erase(staged->id);
    }
  }
  if (entries_.empty()) {
    oldest_received_at_.reset();
  }
}

void Ledger::set_epoch(Entry& entry, std::uint64_t epoch) {
  if (entry.lease_epoch != 0) {
    const auto sold = sold_.find(entry.lease_epoch);
    if (--sold->second == 0) {
      sold_.erase(sold);
    }
  }
  entry.lease_epoch = epoch;
  if (epoch != 0) {
    ++sold_[epoch];
  }
}

contract::OrderView Ledger::view_of(const OrderId& id, const Entry& entry) const {
  return {.id = id,
          .status = entry.lease_epoch != 0 ? OrderStatus::kOpen : OrderStatus::kPendingAcceptance,
          .cancel_reason = {},
          .payment_action = {},
          .total = entry.total,
          .placed_at = entry.received_at,
          .reserved_until = {}};
}

Result<contract::OrderView> Ledger::order_view(const OrderId& id) const {
  const auto known = entries_.find(id);
  if (known == entries_.end()) {
    return make_error(ErrorCode::kNotFound, "no such order");
  }
  return view_of(id, known->second);
}

Result<contract::Delivery> Ledger::next_delivery(std::size_t orders_max, std::uint64_t bytes_max) {
  contract::Delivery delivery{.spool_id = options_.spool_id, .orders = {}};
  in_delivery_.clear();
  in_delivery_ids_.clear();
  if (log_->orders() == 0) {
    oldest_received_at_.reset();
    return delivery;
  }
  ASSIGN_OR_RETURN(in_delivery_, log_->read(log_->first_sequence(), orders_max, bytes_max));
  for (const spool_log::Entry& record : in_delivery_) {
    auto order = wire::decode<contract::SpoolOrder>(record.payload);
    if (!order.has_value()) {
      return std::unexpected(damaged(record.sequence, order.error()));
    }
    in_delivery_ids_.push_back(order->order.id);
    delivery.orders.push_back({.order = std::move(order->order),
                               .lease_epoch = entries_.at(in_delivery_ids_.back()).lease_epoch});
  }
  oldest_received_at_ = delivery.orders.front().order.received_at;
  return delivery;
}

Result<DeliveryReport> Ledger::delivered(const std::vector<PlaceOutcome>& outcomes) {
  if (outcomes.size() > in_delivery_.size()) {
    return make_error(ErrorCode::kInvalidArgument, "core answered more orders than it was given");
  }
  DeliveryReport report;
  std::size_t done = 0;
  for (; done < outcomes.size(); ++done) {
    const PlaceOutcome& outcome = outcomes[done];
    const auto* refused = std::get_if<contract::Refused>(&outcome);
    if (refused != nullptr && refused->http_status >= 500 &&
        !planted::fault(planted::kSpoolForgetsUndecided)) {
      report.retry_after_s = refused->retry_after_s;
      break;
    }
    const auto* placed = std::get_if<contract::Placed>(&outcome);
    if (placed != nullptr) {
      ++(placed->order.status == OrderStatus::kCancelled ? report.declined : report.accepted);
    } else {
      RETURN_IF_ERROR(log_->set_aside(in_delivery_[done]));
      ++report.rejected;
    }
  }
  if (done > 0) {
    const std::uint64_t released = in_delivery_[done - 1].sequence;
    RETURN_IF_ERROR(log_->release(released));
    for (std::size_t i = 0; i < done; ++i) {
      forget(in_delivery_ids_[i], released);
    }
  }
  in_delivery_.clear();
  in_delivery_ids_.clear();
  return report;
}

void Ledger::forget(const OrderId& id, std::uint64_t released) {
  const auto known = entries_.find(id);
  if (known != entries_.end() && known->second.sequence <= released) {
    set_epoch(known->second, 0);
    entries_.erase(known);
    remember_delivered(id);
  }
}

void Ledger::remember_delivered(const OrderId& id) {
  if (!delivered_.insert(id).second) {
    return;
  }
  delivered_in_order_.push_back(id);
  if (delivered_in_order_.size() > kDeliveredRememberedMax) {
    delivered_.erase(delivered_in_order_.front());
    delivered_in_order_.pop_front();
  }
}

std::optional<contract::LeaseRequest> Ledger::exchange(bool wants_units) {
  const std::uint64_t newest = lease_->newest_epoch();
  if (newest != 0 && sold_.contains(newest)) {
    return std::nullopt;
  }
  // Core may close the lease as soon as it has read this, and no answer may ever tell us so.
  if (!planted::fault(planted::kSoldAfterAsked)) {
    lease_->retire();
  }
  return contract::LeaseRequest{.spool_id = options_.spool_id,
                                .log_id = log_->log_id(),
                                .newest_epoch = newest,
                                .delivered = true,
                                .wants_units = wants_units};
}

Status Ledger::granted(const contract::LeaseGrant& grant, SteadyTime sent_at) {
  return lease_->granted(grant, sent_at);
}

std::optional<SteadyTime> Ledger::sells_until() const {
  return lease_->sells_until();
}

bool Ledger::lease_is_used_up() const {
  return lease_->sold_from() && !sold_.contains(lease_->newest_epoch());
}

LedgerStats Ledger::stats() const {
  return {
      .orders = log_->orders(),
      .bytes = log_->bytes(),
      .rejected = log_->rejected(),
      .oldest_received_at = log_->orders() == 0 ? std::optional<UtcTime>() : oldest_received_at_,
      .lease_epoch = lease_->newest_epoch(),
      .lease_units = lease_->units()};
}

}  // namespace dermaga::spool_ledger

#include "payment_desk.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "log/log.h"
#include "planted/planted.h"

namespace dermaga::orders {
namespace {

using order_state::OrderStatus;
using order_state::PaymentStatus;
using payments::ChargeState;
using namespace std::chrono_literals;

constexpr std::size_t kChargesMax = 50'000;
constexpr std::size_t kSettledAtOnceMax = 1'000;
constexpr std::size_t kWaitingMax = 1'000;
constexpr std::int64_t kTakenUpAtOnceMax = 1'000;
constexpr auto kChallengePatience = 10s;
// Younger orders are still in the hands of the core that took them.
constexpr auto kOthersPatience = 60s;
constexpr auto kTurnPause = 100ms;
// Between two transactions of what the provider says, unless somebody waits for it: each takes a
// sync of its own, and makes the committer's connection read its pages anew.
constexpr auto kSettleEvery = 20ms;
constexpr auto kIdlePatience = 500ms;

// No order is to blame: it may work a moment later.
bool is_of_whole_database(const Error& error) {
  return error.code() == ErrorCode::kIo || is_retryable(error.code());
}

}  // namespace

Result<payments::Charge> load_charge(store::Connection& connection, const vault::Vault& vault,
                                     const OrderId& id) {
  std::optional<payments::Charge> charge;
  const store::Parameter key[] = {std::string_view(id.str())};
  RETURN_IF_ERROR(connection.query(
      "SELECT customers.customer_id, customers.wrapped_key, orders.payment_sealed, orders.total, "
      "orders.currency FROM orders JOIN customers ON customers.customer_number = "
      "orders.customer_number WHERE orders.order_id = $1",
      key, [&](const store::Row& row) -> Status {
        ASSIGN_OR_RETURN(const auto customer, CustomerId::parse(row.text(0)));
        ASSIGN_OR_RETURN(const auto data_key, vault.unwrap(customer, row.blob(1)));
        ASSIGN_OR_RETURN(const auto token,
                         data_key.open_field({"orders", "payment_sealed", id.str()}, row.blob(2)));
        ASSIGN_OR_RETURN(const auto currency, Currency::parse(row.text(4)));
        charge = payments::Charge{.order_id = id,
                                  .amount = Money(row.integer(3), currency),
                                  .token = vault::PaymentToken(std::string(token.reveal()))};
        return {};
      }));
  if (!charge.has_value()) {
    return make_error(ErrorCode::kNotFound, "there is no order " + id.str());
  }
  return *std::move(charge);
}

Result<std::unique_ptr<PaymentDesk>> PaymentDesk::open(const Ports& ports, const Options& options,
                                                       Hooks hooks) {
  ASSIGN_OR_RETURN(auto connection, ports.database.connect());
  auto desk = std::unique_ptr<PaymentDesk>(
      new PaymentDesk(ports, options, std::move(hooks), std::move(connection)));
  ports.payments.on_webhook([inbox = desk->inbox_](payments::ChargeResult result) {
    const OrderId id = result.order_id;
    inbox->put({.order_id = id, .is_refund = false, .charge = std::move(result)});
  });
  return desk;
}

Result<std::unique_ptr<PaymentDesk>> PaymentDesk::start(const Ports& ports, const Options& options,
                                                        Hooks hooks) {
  ASSIGN_OR_RETURN(auto desk, open(ports, options, std::move(hooks)));
  PaymentDesk* const running = desk.get();
  desk->worker_ = std::thread([running] { running->run(); });
  return desk;
}

PaymentDesk::~PaymentDesk() {
  ports_.payments.on_webhook(nullptr);
  {
    const std::lock_guard lock(inbox_->mutex);
    inbox_->closed = true;
  }
  inbox_->woken.notify_all();
  if (worker_.joinable()) {
    worker_.join();
  }
  for (Waiting& waiting : waiting_) {
    waiting.done(make_error(ErrorCode::kUnavailable, "core is stopping"));
  }
}

void PaymentDesk::charge(std::vector<payments::Charge> charges) {
  {
    const std::lock_guard lock(inbox_->mutex);
    if (charges_.size() + charges.size() > kChargesMax) {
      overflowed_ = true;
      return;
    }
    std::ranges::move(charges, std::back_inserter(charges_));
  }
  inbox_->woken.notify_all();
}

void PaymentDesk::look_for_refunds() {
  {
    const std::lock_guard lock(inbox_->mutex);
    refunds_due_ = true;
  }
  inbox_->woken.notify_all();
}

void PaymentDesk::Inbox::put(Said one) {
  {
    const std::lock_guard lock(mutex);
    if (closed) {
      return;
    }
    said.push_back(std::move(one));
  }
  woken.notify_all();
}

void PaymentDesk::answer_challenge(const OrderId& id, vault::ChallengeCode code, ViewDone done) {
  const auto prepared = [&]() -> Result<payments::Charge> {
    ASSIGN_OR_RETURN(const auto connection, ports_.database.connect_read_only());
    ASSIGN_OR_RETURN(const OrderRow order, require_order(*connection, id));
    if (order.status != OrderStatus::kOpen || order.payment_action != "challenge") {
      return make_error(ErrorCode::kVersionConflict, "this order waits for no confirmation");
    }
    return load_charge(*connection, ports_.vault, id);
  };
  auto charge = prepared();
  if (!charge.has_value()) {
    done(std::unexpected(std::move(charge).error()));
    return;
  }
  {
    std::unique_lock lock(inbox_->mutex);
    if (inbox_->closed || waiting_.size() >= kWaitingMax) {
      lock.unlock();
      done(make_error(ErrorCode::kOverloaded, "too many confirmations are waiting"));
      return;
    }
    waiting_.push_back({.order_id = id,
                        .done = std::move(done),
                        .deadline = std::chrono::steady_clock::now() + kChallengePatience});
  }
  ports_.payments.answer_challenge(
      *std::move(charge), std::move(code), [inbox = inbox_, id](auto result) {
        inbox->put({.order_id = id, .is_refund = false, .charge = std::move(result)});
      });
}

bool PaymentDesk::wait_for_work() {
  std::unique_lock lock(inbox_->mutex);
  SteadyTime now = std::chrono::steady_clock::now();
  const SteadyTime patience = now + kIdlePatience;
  while (true) {
    const std::size_t said = inbox_->said.size();
    may_settle_ = said > 0 && (now >= settle_at_ || !waiting_.empty() || said >= kSettledAtOnceMax);
    if (inbox_->closed || !charges_.empty() || may_settle_ || now >= patience ||
        ((overflowed_ || refunds_due_) && now >= not_before_)) {
      return !inbox_->closed;
    }
    inbox_->woken.wait_until(lock, said > 0 ? std::min(patience, settle_at_) : patience);
    now = std::chrono::steady_clock::now();
  }
}

PaymentDesk::Work PaymentDesk::take_work() {
  Work work;
  const std::lock_guard lock(inbox_->mutex);
  work.charges.swap(charges_);
  while (may_settle_ && !inbox_->said.empty() && work.said.size() < kSettledAtOnceMax) {
    work.said.push_back(std::move(inbox_->said.front()));
    inbox_->said.pop_front();
    settle_at_ = now_ + kSettleEvery;
  }
  if (now_ >= not_before_) {
    // Whoever waits in memory goes first; that also bounds what the database adds to it.
    if (work.charges.empty() && work.said.empty()) {
      work.take_up =
          std::exchange(overflowed_, false) && !planted::fault(planted::kPaymentsForgotten);
    }
    if (ports_.database.is_shared() && now_ >= look_for_others_at_) {
      look_for_others_at_ = now_ + take_up_every_;
      work.take_up_others = refunds_due_ = true;
    }
    work.refunds_due = std::exchange(refunds_due_, false);
  }
  return work;
}

void PaymentDesk::run() {
  while (wait_for_work()) {
    work(std::chrono::steady_clock::now());
  }
}

void PaymentDesk::work(SteadyTime now) {
  now_ = now;
  Work work = take_work();
  take_unsettled(work.said);
  answer_waiting(settle_or_keep(std::move(work.said)));
  start_charges(std::move(work.charges));
  if (work.take_up) {
    take_up(UtcTime::max());
  } else if (work.take_up_others) {
    take_up(ports_.clock.now() - kOthersPatience);
  }
  if (work.refunds_due) {
    const auto again = start_refunds();
    if (!again.has_value()) {
      fail_after("refunds_not_started", again.error());
    } else if (*again) {
      look_for_refunds();
    }
  }
}

void PaymentDesk::take_up(UtcTime placed_until) {
  const auto again = take_up_open_orders(placed_until);
  if (!again.has_value()) {
    fail_after("payments_not_taken_up", again.error());
    return;
  }
  const std::lock_guard lock(inbox_->mutex);
  // A charge that failed during this scan may lie behind it.
  overflowed_ = overflowed_ || *again || std::exchange(scan_again_, false);
}

// Several cores take turns; whoever finds another one at it waits a little.
Result<bool> PaymentDesk::claim_turn() {
  ASSIGN_OR_RETURN(const bool ours, connection_->claim("payments", false));
  if (!ours) {
    const std::lock_guard lock(inbox_->mutex);
    not_before_ = std::max(not_before_, now_ + kTurnPause);
  }
  return ours;
}

// Nothing is lost: the database still says what is open, and it is taken up again later.
void PaymentDesk::fail_after(std::string_view what, const Error& error) {
  log::error(what, {{"error", error.message()}});
  const std::lock_guard lock(inbox_->mutex);
  overflowed_ = true;
  scan_again_ = true;
  refunds_due_ = true;
  refunding_.clear();
  not_before_ = now_ + retry_after_;
}

void PaymentDesk::start_charges(std::deque<payments::Charge> charges) {
  for (payments::Charge& charge : charges) {
    const OrderId id = charge.order_id;
    ports_.payments.charge(std::move(charge), [inbox = inbox_, id](auto result) {
      inbox->put({.order_id = id, .is_refund = false, .charge = std::move(result)});
    });
  }
}

void PaymentDesk::take_unsettled(std::vector<Said>& said) {
  if (now_ < unsettled_at_) {
    return;
  }
  while (!unsettled_.empty() && said.size() < kSettledAtOnceMax) {
    said.push_back(std::move(unsettled_.front()));
    unsettled_.pop_front();
  }
}

std::vector<PaymentDesk::Said> PaymentDesk::settle_or_keep(std::vector<Said> said) {
  const Status all = settle(said);
  if (all.has_value()) {
    return said;
  }
  fail_after("payments_not_recorded", all.error());
  // After a commit that was not answered (kTimeout) too: what is recorded already changes nothing.
  const bool whole_database = is_of_whole_database(all.error());
  std::vector<Said> settled;
  for (Said& one : said) {
    // One order that is to blame must not keep its neighbours from being recorded.
    if (!whole_database && said.size() > 1 && settle(std::span(&one, 1)).has_value()) {
      settled.push_back(std::move(one));
    } else if (one.is_refund ? one.refund.has_value() : one.charge.has_value()) {
      unsettled_.push_back(std::move(one));
    } else {
      settled.push_back(std::move(one));
    }
  }
  unsettled_at_ = now_ + retry_after_;
  return settled;
}

Status PaymentDesk::settle(std::span<const Said> said) {
  std::vector<OrderId> ids;
  for (const Said& one : said) {
    if (one.is_refund ? one.refund.has_value() : one.charge.has_value()) {
      ids.push_back(one.order_id);
    } else {
      const Error& error = one.is_refund ? one.refund.error() : one.charge.error();
      fail_after("payment_provider_failed", error);
    }
  }
  if (ids.empty()) {
    return {};
  }
  ASSIGN_OR_RETURN(auto transaction, store::Transaction::begin(*connection_));
  ASSIGN_OR_RETURN(auto orders, lock_orders(*connection_, ids));
  std::unordered_map<OrderId, OrderRow*> by_id;
  for (OrderRow& order : orders) {
    by_id.emplace(order.id, &order);
  }
  Transitions moves(*connection_, ports_.clock.now(), ports_.payments.name());
  bool refunds_due = false;
  for (const Said& one : said) {
    const auto order = by_id.find(one.order_id);
    if (order != by_id.end()) {
      RETURN_IF_ERROR(apply(moves, *order->second, one));
      // One that was made leaves room for the next page of them.
      refunds_due = refunds_due || one.is_refund || order->second->refund_due > 0;
    }
  }
  RETURN_IF_ERROR(moves.flush());
  if (const Status committed = transaction.commit(); !committed.has_value()) {
    if (committed.error().code() == ErrorCode::kIo) {
      hooks_.fatal(committed.error().message());
    }
    return committed;
  }
  hooks_.touched(moves.touched());
  if (refunds_due) {
    look_for_refunds();
  }
  return {};
}

Status PaymentDesk::apply(Transitions& moves, OrderRow& order, const Said& said) {
  const bool undecided = order.payment_status == PaymentStatus::kPending ||
                         order.payment_status == PaymentStatus::kAuthorized;
  if (said.is_refund) {
    const std::lock_guard lock(inbox_->mutex);
    refunding_.erase(order.id);
    // Not one that another core has recorded meanwhile, whoever asked for the next.
    return said.refund.has_value() && order.refund_due > 0 &&
                   said.refund_number == order.refunds + 1
               ? moves.record_refund(order, *said.refund)
               : Status();
  }
  if (!said.charge.has_value()) {
    return {};
  }
  const payments::ChargeResult& result = *said.charge;
  if (!undecided && !planted::fault(planted::kPaidTwice)) {
    if (result.state == ChargeState::kPaid && order.payment_status == PaymentStatus::kFailed) {
      log::error("paid_after_decline", {{"order_id", order.id.str()}});
    }
    return {};  // told before
  }
  switch (result.state) {
    case ChargeState::kPaid:
      return moves.pay(order, result.reference);
    case ChargeState::kDeclined:
      return moves.decline(order, result.reference);
    case ChargeState::kChallenge:
      return moves.ask_challenge(order);
    case ChargeState::kPending:
      return {};
  }
  return {};
}

void PaymentDesk::answer_waiting(const std::vector<Said>& said) {
  std::vector<Waiting> finished;
  {
    const std::lock_guard lock(inbox_->mutex);
    const auto now = std::chrono::steady_clock::now();
    for (auto waiting = waiting_.begin(); waiting != waiting_.end();) {
      waiting->answered = std::ranges::any_of(said, [&](const Said& one) {
        return !one.is_refund && one.order_id == waiting->order_id;
      });
      if (waiting->answered || now > waiting->deadline) {
        finished.push_back(std::move(*waiting));
        waiting = waiting_.erase(waiting);
      } else {
        ++waiting;
      }
    }
  }
  for (Waiting& waiting : finished) {
    if (!waiting.answered) {
      waiting.done(make_error(ErrorCode::kTimeout, "the payment provider does not answer"));
      continue;
    }
    auto order = require_order(*connection_, waiting.order_id);
    if (order.has_value()) {
      waiting.done(view_of(*order));
    } else {
      waiting.done(std::unexpected(std::move(order).error()));
    }
  }
}

Result<bool> PaymentDesk::take_up_open_orders(UtcTime placed_until) {
  std::deque<payments::Charge> charges;
  ASSIGN_OR_RETURN(const bool again, read_open_orders(placed_until, charges));
  start_charges(std::move(charges));
  return again;
}

Result<bool> PaymentDesk::read_open_orders(UtcTime placed_until,
                                           std::deque<payments::Charge>& charges) {
  ASSIGN_OR_RETURN(const auto turn, store::Transaction::begin(*connection_));
  ASSIGN_OR_RETURN(const bool ours, claim_turn());
  if (!ours) {
    return true;
  }
  std::vector<OrderId> ids;
  const store::Parameter page[] = {taken_up_after_, kTakenUpAtOnceMax, to_unix_ms(placed_until)};
  RETURN_IF_ERROR(connection_->query(
      "SELECT order_number, order_id FROM orders WHERE reserved_until > 0 AND status = 1 AND "
      "payment_status IN (0, 1) AND payment_action = '' AND order_number > $1 AND "
      "placed_at <= $3 ORDER BY order_number LIMIT $2",
      page, [&](const store::Row& row) -> Status {
        taken_up_after_ = row.integer(0);
        ASSIGN_OR_RETURN(auto id, OrderId::parse(row.text(1)));
        ids.push_back(std::move(id));
        return {};
      }));
  const bool more = ids.size() == static_cast<std::size_t>(kTakenUpAtOnceMax);
  if (!more) {
    taken_up_after_ = 0;
  }
  for (const OrderId& id : ids) {
    auto charge = load_charge(*connection_, ports_.vault, id);
    // One order that cannot be read must not keep the others from being paid.
    if (charge.has_value()) {
      charges.push_back(*std::move(charge));
    } else if (is_of_whole_database(charge.error()) &&
               !planted::fault(planted::kUnreadChargeForgotten)) {
      fail_after("payment_not_taken_up", charge.error());
    } else {
      log::error("payment_not_taken_up",
                 {{"order_id", id.str()}, {"error", charge.error().message()}});
    }
  }
  return more;
}

Result<bool> PaymentDesk::read_refunds_due(std::vector<payments::Refund>& refunds) {
  ASSIGN_OR_RETURN(const auto turn, store::Transaction::begin(*connection_));
  ASSIGN_OR_RETURN(const bool ours, claim_turn());
  if (!ours) {
    return true;
  }
  const store::Parameter page[] = {kTakenUpAtOnceMax};
  RETURN_IF_ERROR(connection_->query(
      "SELECT order_id, refund_due, currency, coalesce((SELECT max(reference) FROM payments WHERE "
      "payments.order_number = orders.order_number AND kind = 1), ''), refunds FROM orders WHERE "
      "refund_due "
      "> 0 ORDER BY order_number LIMIT $1",
      page, [&](const store::Row& row) -> Status {
        ASSIGN_OR_RETURN(auto id, OrderId::parse(row.text(0)));
        ASSIGN_OR_RETURN(const auto currency, Currency::parse(row.text(2)));
        refunds.push_back({.order_id = std::move(id),
                           .number = row.integer(4) + 1,
                           .reference = std::string(row.text(3)),
                           .amount = Money(row.integer(1), currency)});
        return {};
      }));
  return false;
}

Result<bool> PaymentDesk::start_refunds() {
  std::vector<payments::Refund> refunds;
  ASSIGN_OR_RETURN(const bool again, read_refunds_due(refunds));
  for (payments::Refund& refund : refunds) {
    const OrderId id = refund.order_id;
    {
      const std::lock_guard lock(inbox_->mutex);
      if (!refunding_.insert(id).second) {
        continue;  // asked already
      }
    }
    const std::int64_t number = refund.number;
    ports_.payments.refund(std::move(refund), [inbox = inbox_, id, number](auto result) {
      inbox->put({.order_id = id,
                  .is_refund = true,
                  .refund_number = number,
                  .refund = std::move(result)});
    });
  }
  return again;
}

}  // namespace dermaga::orders

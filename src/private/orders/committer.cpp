#include "committer.h"

#include <algorithm>
#include <chrono>
#include <set>
#include <thread>
#include <utility>

#include "log/log.h"
#include "outbox/outbox.h"
#include "planted/planted.h"

namespace dermaga::orders {
namespace {

using contract::OutOfStock;
using contract::Placed;
using contract::Refused;
using order_state::OrderStatus;
using order_state::PaymentStatus;
using Batch = std::span<const std::unique_ptr<Item>>;

// Another core may place the same key at the same time: then the batch is judged again.
constexpr int kConflictRetriesMax = 3;
constexpr std::chrono::milliseconds kSettlePause{100};

constexpr std::string_view kCustomerColumns[] = {"customer_number", "customer_id", "wrapped_key",
                                                 "kek_version",     "name_sealed", "email_sealed",
                                                 "phone_sealed",    "locale",      "created_at"};
constexpr std::string_view kNewOrderColumns[] = {
    "order_number",    "order_id",       "idempotency_key",   "body_sha256",     "customer_number",
    "status",          "payment_status", "fulfilment_status", "cancel_reason",   "payment_action",
    "currency",        "subtotal",       "discount",          "shipping",        "tax",
    "tax_included",    "total",          "refund_due",        "shipping_method", "coupon",
    "catalog_version", "placed_at",      "reserved_until",    "version",         "reply_thumbprint",
    "address_sealed",  "payment_sealed", "first_answer",      "received_at"};
constexpr std::string_view kLineColumns[] = {"order_number", "line_no", "variant_id", "location_id",
                                             "quantity",     "held",    "unit_price", "line_total"};

std::uint64_t nanoseconds_since(std::chrono::steady_clock::time_point& mark) {
  const auto now = std::chrono::steady_clock::now();
  return static_cast<std::uint64_t>(
      std::chrono::nanoseconds(now - std::exchange(mark, now)).count());
}

Refused try_again() {
  return {.http_status = 503,
          .code = "unavailable",
          .detail = "the order could not be stored now; ask again with the same key",
          .retry_after_s = 2};
}

}  // namespace

Result<Committer> Committer::open(store::Database& database, const Clock& clock,
                                  const Options& options) {
  ASSIGN_OR_RETURN(auto connection, database.connect());
  return Committer(std::move(connection), clock, options, database.is_shared());
}

Status Committer::run(Batch batch, BatchTimes& times, bool& commit_failed) {
  const Status status = run_until_known(batch, times, commit_failed);
  if (status.has_value() || commit_failed) {
    return status;
  }
  if (status.error().code() == ErrorCode::kTimeout) {
    mark_outcome_unknown(batch);
    return status;
  }
  const bool whole_database = status.error().code() == ErrorCode::kIo ||
                              status.error().code() == ErrorCode::kCorrupt ||
                              status.error().code() == ErrorCode::kUnavailable;
  if (batch.size() > 1 && !whole_database) {
    // One order is to blame: find it by halves, so that its neighbours are served.
    const std::size_t half = batch.size() / 2;
    const Status first = run(batch.first(half), times, commit_failed);
    const std::vector<VariantId> touched = std::exchange(touched_, {});
    Status second;
    if (!commit_failed) {
      second = run(batch.subspan(half), times, commit_failed);
    }
    touched_.insert(touched_.end(), touched.begin(), touched.end());
    return first.has_value() ? second : first;
  }
  for (const auto& item : batch) {
    item->outcome() = try_again();
    item->placed = false;  // decided, but not stored: it must not be charged
    item->declined = false;
  }
  return status;
}

// A commit that was not answered is never guessed about: when its transaction is over, the batch is
// judged again. Orders that are there by then were committed by it, the others were not.
Status Committer::run_until_known(Batch batch, BatchTimes& times, bool& commit_failed) {
  const auto deadline = std::chrono::steady_clock::now() + patience_;
  int conflicts = 0;
  bool unanswered = false;
  bool tried_again = !shared_;
  std::vector<VariantId> maybe_touched;
  touched_.clear();
  while (true) {
    Status status = settle();
    if (status.has_value()) {
      status = run_once(batch, times, commit_failed);
    }
    const ErrorCode code = status.has_value() ? ErrorCode::kInternal : status.error().code();
    if (code == ErrorCode::kAlreadyExists && ++conflicts <= kConflictRetriesMax) {
      continue;
    }
    if (code == ErrorCode::kUnavailable && !std::exchange(tried_again, true)) {
      continue;  // a connection that had died while nothing was to do, or a deadlock with an import
    }
    if (code == ErrorCode::kTimeout) {
      log::error("commit_unanswered",
                 {{"orders", batch.size()}, {"error", status.error().message()}});
      unsettled_ = unanswered = true;
      maybe_touched.insert(maybe_touched.end(), touched_.begin(), touched_.end());
      for (const auto& item : batch) {
        item->unanswered = item->unanswered || item->placed || item->declined;
      }
    }
    const bool try_on = unanswered && is_retryable(code);
    if (!try_on || std::chrono::steady_clock::now() >= deadline) {
      touched_.insert(touched_.end(), maybe_touched.begin(), maybe_touched.end());
      if (status.has_value()) {
        take_back_placed(batch);
      } else if (try_on) {
        return make_error(ErrorCode::kTimeout, status.error().message());
      }
      return status;
    }
    std::this_thread::sleep_for(kSettlePause);
  }
}

// Every transaction that writes orders holds the row of the outbox's numbers when it commits.
// Having changed that row ourselves, we know that earlier ones are over; and our commit, which
// waits for the standby where there is one, makes theirs as safe as itself.
Status Committer::settle() {
  if (!unsettled_) {
    return {};
  }
  ASSIGN_OR_RETURN(auto transaction, store::Transaction::begin(*connection_));
  RETURN_IF_ERROR(outbox::take_numbers(*connection_, "outbox", 0));
  if (const Status committed = transaction.commit(); !committed.has_value()) {
    return make_error(ErrorCode::kUnavailable, committed.error().message());  // nothing was in it
  }
  unsettled_ = false;
  return {};
}

// Orders that an unanswered commit had placed after all are new to everybody but the database: they
// are charged and counted now.
void Committer::take_back_placed(Batch batch) const {
  for (const auto& item : batch) {
    auto* const placed = std::get_if<Placed>(&item->outcome());
    const auto known = known_.find(item->order.id.str());
    if (item->unanswered && placed != nullptr && placed->replayed && known != known_.end()) {
      placed->replayed = false;
      item->declined = known->second.declined;
      item->placed = !item->declined && placed->order.status == OrderStatus::kOpen;
    }
  }
}

Status Committer::run_once(Batch batch, BatchTimes& times, bool& commit_failed) {
  auto mark = std::chrono::steady_clock::now();
  now_ = clock_.now();
  known_.clear();
  changed_stock_.clear();
  allocations_.clear();
  touched_.clear();
  for (const auto& item : batch) {
    item->placed = false;
    item->declined = false;
    item->from_lease = false;
  }
  declined_rows_.clear();
  ASSIGN_OR_RETURN(auto transaction, store::Transaction::begin(*connection_));
  // In this order: a key that another core is placing holds its stock, and is known once we have
  // it.
  RETURN_IF_ERROR(lock_leases(batch));
  RETURN_IF_ERROR(lock_stock(batch));
  RETURN_IF_ERROR(look_up_known(batch));
  const auto as_read = planted::fault(planted::kBatchJudgedApart) ? stock_ : decltype(stock_){};
  for (const auto& item : batch) {
    if (planted::fault(planted::kBatchJudgedApart)) {
      stock_ = as_read;
    }
    decide(*item);
  }
  times.decide_ns += nanoseconds_since(mark);
  RETURN_IF_ERROR(number_orders(batch));
  RETURN_IF_ERROR(write(batch));
  times.write_ns += nanoseconds_since(mark);
  if (planted::fault(planted::kAcknowledgeBeforeCommit)) {
    for (const auto& item : batch) {
      if (item->group->waiting.exchange(0) > 0) {
        item->group->done(item->group->outcomes);
      }
    }
  }
  Status committed = transaction.commit();
  times.commit_ns += nanoseconds_since(mark);
  if (planted::fault(planted::kFailedCommitAcknowledged)) {
    return {};
  }
  commit_failed = !committed.has_value() && (committed.error().code() == ErrorCode::kIo ||
                                             committed.error().code() == ErrorCode::kCorrupt);
  return committed;
}

Status Committer::look_up_known(Batch batch) {
  if (planted::fault(planted::kKeyNotLookedUp)) {
    return {};
  }
  std::vector<store::Parameter> keys;
  keys.reserve(batch.size());
  std::unordered_map<std::string_view, std::string_view> id_of;  // views that outlive the rows
  for (const auto& item : batch) {
    const std::string_view id = item->order.id.str();
    keys.emplace_back(id);
    id_of.emplace(id, id);
  }
  RETURN_IF_ERROR(connection_->select_by_keys(
      "orders", std::string(kOrderColumns) + ", body_sha256, idempotency_key, first_answer",
      "order_id", keys, false, [&](const store::Row& row) -> Status {
        ASSIGN_OR_RETURN(const OrderRow order, read_order(row));
        known_.emplace(id_of.at(order.id.str()),
                       KnownOrder{.body_sha256 = std::string(row.blob(kOrderColumnCount)),
                                  .idempotency_key = std::string(row.text(kOrderColumnCount + 1)),
                                  .view = view_of(order),
                                  .first_answer = static_cast<FirstAnswer>(
                                      row.integer(kOrderColumnCount + 2))});
        return {};
      }));
  return connection_->select_by_keys(
      "declined_orders", kDeclinedColumns, "order_id", keys, false,
      [&](const store::Row& row) -> Status {
        ASSIGN_OR_RETURN(DeclinedOrder declined, read_declined(row));
        known_.emplace(id_of.at(declined.id.str()),
                       KnownOrder{.body_sha256 = std::move(declined.body_sha256),
                                  .idempotency_key = std::move(declined.idempotency_key),
                                  .view = std::move(declined.view),
                                  .first_answer = declined.first_answer,
                                  .declined = true});
        return {};
      });
}

Status Committer::lock_leases(Batch batch) {
  leases_.clear();
  std::set<std::uint64_t> epochs;
  for (const auto& item : batch) {
    if (item->lease_epoch != 0) {
      epochs.insert(item->lease_epoch);
    }
  }
  return epochs.empty() ? Status() : leases_.load(*connection_, epochs);
}

Status Committer::lock_stock(Batch batch) {
  std::unordered_set<VariantId> wanted;
  for (const auto& item : batch) {
    // Of a refused one its leased units go back.
    if (!item->prepared.refusal.has_value() || item->lease_epoch != 0) {
      for (const auto& line : item->order.lines) {
        wanted.insert(line.variant_id);
      }
    }
  }
  const std::vector<VariantId> variants(wanted.begin(), wanted.end());
  if (planted::fault(planted::kStockCheckedOutside) &&
      std::ranges::all_of(wanted, [&](const auto& id) { return stock_of_.contains(id); })) {
    return {};
  }
  stock_of_.clear();
  ASSIGN_OR_RETURN(stock_, inventory::lock_rows(*connection_, variants));
  for (std::size_t i = 0; i < stock_.size(); ++i) {
    stock_of_.try_emplace(stock_[i].variant_id, i, i).first->second.second = i + 1;
  }
  return {};
}

bool Committer::answer_known(Item& item) const {
  const auto known = known_.find(item.order.id.str());
  if (known == known_.end()) {
    return false;
  }
  const bool any_bytes = planted::fault(planted::kReplayOfOtherBytes);
  if ((any_bytes || known->second.body_sha256 == item.order.body_sha256) &&
      known->second.idempotency_key == item.order.idempotency_key) {
    item.outcome() = Placed{
        .order = known->second.view,
        .replayed = true,
        .deferred = known->second.declined || known->second.first_answer == FirstAnswer::kDeferred};
  } else {
    item.outcome() = Refused{.http_status = 422,
                             .code = "idempotency_key_reused",
                             .detail = "this Idempotency-Key was used for another request"};
  }
  return true;
}

void Committer::decide(Item& item) {
  if (item.prepared.refused_outright && item.prepared.refusal.has_value()) {
    item.outcome() = *item.prepared.refusal;
    return;
  }
  const bool stock_first = planted::fault(planted::kStockBeforeKey);
  if ((stock_first && !hold_units(item)) || answer_known(item)) {
    return;
  }
  if (item.prepared.refusal.has_value()) {
    item.outcome() = *item.prepared.refusal;
  } else if (stock_first || hold_units(item)) {
    accept(item);
    return;
  }
  if (item.is_delivered() && !planted::fault(planted::kDeliveredRefused)) {
    decline(item);
  }
}

void Committer::accept(Item& item) {
  item.placed = true;
  const contract::OrderView view = view_of_new(item);
  item.outcome() = Placed{.order = view, .deferred = item.first_answer == FirstAnswer::kDeferred};
  remember(item, view);
}

void Committer::decline(Item& item) {
  std::string reason = decline_reason(item.outcome());
  if (reason == "receipt_invalid") {
    item.outcome() = try_again();  // the receipt is genuine, core's clock is behind
    return;
  }
  if (reason.empty()) {
    return;
  }
  item.declined = true;
  return_leased(item);
  // Never 201, which says that it was placed: not even where its spool promised that. Whether the
  // shopper heard the promise nobody knows.
  item.outcome() = Placed{.order = declined_view(item.order, std::move(reason)), .deferred = true};
  const contract::OrderView& view = std::get<Placed>(item.outcome()).order;
  if (!planted::fault(planted::kDeclinedNotStored)) {
    declined_rows_.add(item, view, now_);
  }
  remember(item, view);
}

// The same key again in this batch is a replay of this one.
void Committer::remember(const Item& item, const contract::OrderView& view) {
  known_.emplace(item.order.id.str(), KnownOrder{.body_sha256 = item.order.body_sha256,
                                                 .idempotency_key = item.order.idempotency_key,
                                                 .view = view,
                                                 .first_answer = item.first_answer,
                                                 .declined = item.declined});
}

bool Committer::hold_leased(Item& item) {
  auto taken = leases_.sell(item.lease_epoch, item.order.lines, stock_);
  if (taken.empty()) {
    return false;
  }
  for (const Allocation& allocation : taken) {
    changed_stock_.insert(allocation.row);
  }
  allocations_[&item] = std::move(taken);
  item.from_lease = true;
  return true;
}

void Committer::return_leased(const Item& item) {
  if (item.lease_epoch == 0) {
    return;
  }
  for (const auto& taken : leases_.give_back(item.lease_epoch, item.order.lines, stock_)) {
    changed_stock_.insert(taken.row);
  }
}

bool Committer::hold_units(Item& item) {
  if (item.lease_epoch != 0 && !planted::fault(planted::kLeaseIgnored) && hold_leased(item)) {
    return true;
  }
  OutOfStock short_lines;
  for (const auto& line : item.order.lines) {
    std::int64_t available = 0;
    const auto rows = stock_of_.find(line.variant_id);
    if (rows != stock_of_.end()) {
      for (std::size_t i = rows->second.first; i < rows->second.second; ++i) {
        available += stock_[i].levels.available;
      }
    }
    if (available < line.quantity) {
      if (planted::fault(planted::kNothingLeftSaid)) {
        available = 0;
      }
      short_lines.lines.push_back(
          {.variant_id = line.variant_id, .requested = line.quantity, .available = available});
    }
  }
  const bool part =
      planted::fault(planted::kPartOfAnOrder) && short_lines.lines.size() < item.order.lines.size();
  if (!short_lines.lines.empty() && !part) {
    item.outcome() = std::move(short_lines);
    return false;
  }
  auto& allocations = allocations_[&item];
  for (std::size_t number = 0; number < item.order.lines.size(); ++number) {
    const auto& line = item.order.lines[number];
    auto [first, end] = stock_of_.at(line.variant_id);
    // One location that has everything, else several in their order.
    for (std::size_t i = first; i < end; ++i) {
      if (stock_[i].levels.available >= line.quantity) {
        first = i;
        break;
      }
    }
    std::int64_t missing = line.quantity;
    for (std::size_t i = first; i < end && missing > 0; ++i) {
      const std::int64_t taken = std::min(missing, stock_[i].levels.available);
      if (taken == 0) {
        continue;
      }
      CHECK(inventory::hold(stock_[i].levels, taken).has_value());
      changed_stock_.insert(i);
      allocations.push_back({.line = number, .row = i, .quantity = taken});
      missing -= taken;
    }
    CHECK(missing == 0 || part);  // counted above; no variant stands in two lines
  }
  return true;
}

contract::OrderView Committer::view_of_new(const Item& item) const {
  return {.id = item.order.id,
          .status = OrderStatus::kOpen,
          .payment_status = PaymentStatus::kPending,
          .fulfilment_status = order_state::FulfilmentStatus::kUnfulfilled,
          .cancel_reason = {},
          .payment_action = {},
          .total = item.prepared.quote.total,
          .placed_at = item.is_delivered() ? item.order.received_at : now_,
          .reserved_until = now_ + hold_};
}

Status Committer::number_orders(Batch batch) {
  const auto placed = std::ranges::count_if(batch, [](const auto& item) { return item->placed; });
  if (placed == 0 && (!shared_ || declined_rows_.empty())) {
    return {};
  }
  ASSIGN_OR_RETURN(std::int64_t number, outbox::take_numbers(*connection_, "order", placed));
  if (shared_) {
    RETURN_IF_ERROR(look_again(batch));
  }
  for (const auto& item : batch) {
    if (item->placed) {
      item->order_number = number++;
    }
  }
  return {};
}

// An order is placed or declined, never both. Another core may have done the other since we looked;
// none can any more, because whoever does either holds the row of the order numbers.
Status Committer::look_again(Batch batch) {
  std::vector<store::Parameter> placed;
  std::vector<store::Parameter> declined;
  for (const auto& item : batch) {
    if (item->placed || item->declined) {
      (item->placed ? placed : declined).emplace_back(std::string_view(item->order.id.str()));
    }
  }
  const auto known = [](const store::Row& row) -> Status {
    return make_error(ErrorCode::kAlreadyExists,
                      "another core has just judged " + std::string(row.text(0)));
  };
  RETURN_IF_ERROR(
      connection_->select_by_keys("declined_orders", "order_id", "order_id", placed, false, known));
  return connection_->select_by_keys("orders", "order_id", "order_id", declined, false, known);
}

Status Committer::write(Batch batch) {
  customer_rows_.clear();
  order_rows_.clear();
  line_rows_.clear();
  for (const auto& item : batch) {
    if (item->placed) {
      add_customer(*item);
      add_order(*item);
      add_lines(*item);
      if (item->from_lease) {
        leases_.sold_to(item->lease_epoch, item->order_number);
      }
    }
  }
  if (order_rows_.empty() && declined_rows_.empty()) {
    return {};
  }
  RETURN_IF_ERROR(declined_rows_.write(*connection_));
  RETURN_IF_ERROR(connection_->insert_many("customers", kCustomerColumns, customer_rows_));
  RETURN_IF_ERROR(connection_->insert_many("orders", kNewOrderColumns, order_rows_));
  RETURN_IF_ERROR(connection_->insert_many("order_lines", kLineColumns, line_rows_));
  RETURN_IF_ERROR(write_histories(batch));
  std::vector<inventory::StockRow> changed;
  changed.reserve(changed_stock_.size());
  for (const std::size_t row : changed_stock_) {
    changed.push_back(stock_[row]);
  }
  RETURN_IF_ERROR(inventory::write_rows(*connection_, changed));
  RETURN_IF_ERROR(leases_.write(*connection_));
  return write_events(batch);
}

// Only where the account still is: whoever erased it meanwhile has ordered as a guest.
Status Committer::write_histories(Batch batch) {
  std::set<std::string_view> named;
  for (const auto& item : batch) {
    if (item->placed && !item->prepared.account.empty()) {
      named.insert(item->prepared.account.str());
    }
  }
  if (named.empty()) {
    return {};
  }
  const std::vector<store::Parameter> keys(named.begin(), named.end());
  std::set<std::string, std::less<>> there;
  RETURN_IF_ERROR(connection_->select_by_keys("accounts", "customer_id", "customer_id", keys, true,
                                              [&there](const store::Row& row) -> Status {
                                                there.emplace(row.text(0));
                                                return {};
                                              }));
  std::vector<store::Parameter> rows;
  for (const auto& item : batch) {
    if (item->placed && there.contains(item->prepared.account.str())) {
      rows.emplace_back(std::string_view(item->prepared.account.str()));
      rows.emplace_back(item->order_number);
    }
  }
  constexpr std::string_view kColumns[] = {"customer_id", "order_number"};
  return connection_->insert_many("account_orders", kColumns, rows);
}

void Committer::add_customer(const Item& item) {
  const Prepared& prepared = item.prepared;
  const store::Parameter row[] = {item.order_number,
                                  std::string_view(prepared.customer_id.str()),
                                  store::Blob{prepared.wrapped_key},
                                  std::int64_t{prepared.kek_version},
                                  store::Blob{prepared.name_sealed},
                                  store::Blob{prepared.email_sealed},
                                  store::Blob{prepared.phone_sealed},
                                  std::string_view(prepared.locale),
                                  to_unix_ms(now_)};
  customer_rows_.insert(customer_rows_.end(), std::begin(row), std::end(row));
}

void Committer::add_order(const Item& item) {
  const Prepared& prepared = item.prepared;
  const pricing::Quote& quote = prepared.quote;
  const store::Parameter row[] = {
      item.order_number,
      std::string_view(item.order.id.str()),
      std::string_view(item.order.idempotency_key),
      store::Blob{item.order.body_sha256},
      item.order_number,  // a guest's customer row
      static_cast<std::int64_t>(OrderStatus::kOpen),
      static_cast<std::int64_t>(PaymentStatus::kPending),
      static_cast<std::int64_t>(order_state::FulfilmentStatus::kUnfulfilled),
      std::string_view(),
      std::string_view(),
      std::string_view(prepared.currency),
      quote.subtotal.amount(),
      quote.discount.amount(),
      quote.shipping.amount(),
      quote.tax.amount(),
      std::int64_t{quote.tax_included ? 1 : 0},
      quote.total.amount(),
      std::int64_t{0},
      std::string_view(item.order.shipping_method),
      std::string_view(item.order.coupon),
      static_cast<std::int64_t>(prepared.catalog_version),
      to_unix_ms(now_),
      to_unix_ms(now_ + hold_),
      std::int64_t{1},
      std::string_view(prepared.reply_thumbprint),
      store::Blob{prepared.address_sealed},
      store::Blob{prepared.payment_sealed},
      static_cast<std::int64_t>(item.first_answer),
      item.is_delivered() ? store::Parameter(to_unix_ms(item.order.received_at))
                          : std::monostate()};
  order_rows_.insert(order_rows_.end(), std::begin(row), std::end(row));
}

void Committer::add_lines(const Item& item) {
  std::int64_t line_no = 1;
  for (const Allocation& allocation : allocations_.at(&item)) {
    const pricing::QuotedLine& quoted = item.prepared.quote.lines[allocation.line];
    const inventory::StockRow& stock = stock_[allocation.row];
    const store::Parameter row[] = {item.order_number,
                                    line_no++,
                                    std::string_view(stock.variant_id.str()),
                                    std::string_view(stock.location_id.str()),
                                    allocation.quantity,
                                    allocation.quantity,
                                    quoted.unit_price.amount(),
                                    quoted.unit_price.amount() * allocation.quantity};
    line_rows_.insert(line_rows_.end(), std::begin(row), std::end(row));
  }
}

Status Committer::write_events(Batch batch) {
  std::vector<outbox::Event> events;
  events.reserve(batch.size() + changed_stock_.size());
  for (const auto& item : batch) {
    if (item->placed && !planted::fault(planted::kEventForgotten)) {
      // Ids and currency codes need no escaping.
      events.push_back({.topic = outbox::kOrderPlaced,
                        .order_number = item->order_number,
                        .payload = R"({"order_id":")" + item->order.id.str() + "\"}"});
    } else if (item->declined) {
      const contract::OrderView& view = std::get<Placed>(item->outcome()).order;
      events.push_back({.topic = outbox::kOrderDeclined,
                        .order_number = 0,
                        .payload = R"({"order_id":")" + view.id.str() + R"(","reason":")" +
                                   view.cancel_reason + "\"}"});
      if (item->lease_epoch != 0 && breaks_promise(view.cancel_reason)) {
        events.push_back({.topic = outbox::kPromiseBroken,
                          .order_number = 0,
                          .payload = R"({"order_id":")" + view.id.str() + R"(","epoch":)" +
                                     std::to_string(item->lease_epoch) + "}"});
      }
    }
  }
  for (const auto& [variant, rows] : stock_of_) {
    std::int64_t available = 0;
    bool changed = false;
    for (std::size_t i = rows.first; i < rows.second; ++i) {
      available += stock_[i].levels.available;
      changed = changed || changed_stock_.contains(i);
    }
    if (changed) {
      touched_.push_back(variant);
      events.push_back({.topic = outbox::kStockChanged,
                        .order_number = 0,
                        .payload = inventory::stock_changed_payload(variant, available)});
    }
  }
  return outbox::append(*connection_, events, now_);
}

}  // namespace dermaga::orders

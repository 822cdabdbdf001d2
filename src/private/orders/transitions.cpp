#include "transitions.h"

#include <algorithm>
#include <map>
#include <utility>

#include "inventory/inventory.h"
#include "json/writer.h"
#include "planted/planted.h"

namespace dermaga::orders {
namespace {

using order_state::FulfilmentStatus;
using order_state::OrderStatus;
using order_state::PaymentStatus;

constexpr std::string_view kPaymentFailed = "payment_failed";

struct HeldLine {
  std::int64_t order_number;
  std::int64_t line_no;
  VariantId variant_id;
  LocationId location_id;
  std::int64_t held;
};

Result<std::vector<HeldLine>> held_lines(store::Connection& connection,
                                         std::span<const store::Parameter> order_numbers) {
  std::vector<HeldLine> lines;
  RETURN_IF_ERROR(connection.select_by_keys(
      "order_lines", "order_number, line_no, variant_id, location_id, held", "order_number",
      order_numbers, false, [&lines](const store::Row& row) -> Status {
        ASSIGN_OR_RETURN(auto variant, VariantId::parse(row.text(2)));
        ASSIGN_OR_RETURN(auto location, LocationId::parse(row.text(3)));
        if (row.integer(4) > 0) {
          lines.push_back({.order_number = row.integer(0),
                           .line_no = row.integer(1),
                           .variant_id = std::move(variant),
                           .location_id = std::move(location),
                           .held = row.integer(4)});
        }
        return {};
      }));
  return lines;
}

bool is_end(OrderStatus status) {
  return status == OrderStatus::kCompleted || status == OrderStatus::kCancelled ||
         status == OrderStatus::kExpired;
}

Status refund_on_its_way() {
  return make_error(ErrorCode::kVersionConflict,
                    "a refund of this order is on its way; try again in a moment");
}

}  // namespace

std::string_view name(PaymentEntry entry) {
  switch (entry) {
    case PaymentEntry::kCaptured:
      return "captured";
    case PaymentEntry::kRefunded:
      return "refunded";
    case PaymentEntry::kDeclined:
      return "declined";
  }
  return "unknown";
}

Status Transitions::move(OrderRow& order, OrderStatus to) {
  RETURN_IF_ERROR(order_state::check_move(order.status, to));
  order.status = to;
  if (is_end(to)) {
    order.ended_at = now_;
  }
  order.reserved_until = UtcTime{};
  order.payment_action.clear();
  return {};
}

Status Transitions::expire(OrderRow& order) {
  RETURN_IF_ERROR(move(order, OrderStatus::kExpired));
  if (!planted::fault(planted::kHoldNeverReturned)) {
    moved_.push_back({order.number, Units::kGoBack});
  }
  event(outbox::kOrderExpired, order);
  changed(order);
  return {};
}

Status Transitions::cancel(OrderRow& order, std::string_view reason) {
  if (order.refund_due > 0) {
    return refund_on_its_way();
  }
  RETURN_IF_ERROR(move(order, OrderStatus::kCancelled));
  order.cancel_reason = reason;
  if (is_paid(order) && !planted::fault(planted::kCancelledMoneyKept)) {
    order.refund_due = order.total.amount() - order.refunded;
  }
  moved_.push_back({order.number, Units::kGoBack});
  event(outbox::kOrderCancelled, order);
  changed(order);
  return {};
}

Status Transitions::pay(OrderRow& order, std::string_view reference) {
  if (!planted::fault(planted::kPaidTwice)) {
    RETURN_IF_ERROR(order_state::check_move(order.payment_status, PaymentStatus::kPaid));
  }
  if (order.status == OrderStatus::kOpen) {
    RETURN_IF_ERROR(move(order, OrderStatus::kConfirmed));
    if (planted::fault(planted::kReleasedThoughPaid)) {
      moved_.push_back({order.number, Units::kGoBack});
    }
  } else if (!planted::fault(planted::kLateMoneyKept)) {
    order.refund_due = order.total.amount();
  }
  order.payment_status = PaymentStatus::kPaid;
  entries_.push_back(
      {order.number, PaymentEntry::kCaptured, order.total.amount(), std::string(reference)});
  if (order.status == OrderStatus::kConfirmed) {
    event(outbox::kOrderPaid, order);
  }
  changed(order);
  return {};
}

Status Transitions::decline(OrderRow& order, std::string_view reference) {
  RETURN_IF_ERROR(order_state::check_move(order.payment_status, PaymentStatus::kFailed));
  order.payment_status = PaymentStatus::kFailed;
  entries_.push_back(
      {order.number, PaymentEntry::kDeclined, order.total.amount(), std::string(reference)});
  if (order.status == OrderStatus::kOpen) {
    return cancel(order, kPaymentFailed);
  }
  changed(order);
  return {};
}

Status Transitions::ask_challenge(OrderRow& order) {
  if (order.status == OrderStatus::kOpen && order.payment_action != "challenge") {
    order.payment_action = "challenge";
    changed(order);
  }
  return {};
}

Status Transitions::ask_refund(OrderRow& order, std::int64_t amount) {
  if (!is_paid(order)) {
    return make_error(ErrorCode::kVersionConflict,
                      "nothing can be given back: the order's payment is " +
                          std::string(order_state::name(order.payment_status)));
  }
  if (order.refund_due > 0) {
    return refund_on_its_way();
  }
  const std::int64_t left = order.total.amount() - order.refunded;
  if (amount < 1 || amount > left) {
    return make_error(ErrorCode::kInvalidArgument,
                      "a refund is from 1 to what is left of the payment, " + std::to_string(left));
  }
  if (order.status == OrderStatus::kConfirmed && amount == left) {
    return make_error(ErrorCode::kVersionConflict,
                      "the order was not shipped: cancel it to give all of it back");
  }
  order.refund_due = amount;
  changed(order);
  return {};
}

Status Transitions::record_refund(OrderRow& order, std::string_view reference) {
  const bool is_all = order.refunded + order.refund_due == order.total.amount();
  const PaymentStatus to = is_all ? PaymentStatus::kRefunded : PaymentStatus::kPartiallyRefunded;
  RETURN_IF_ERROR(order_state::check_move(order.payment_status, to));
  order.payment_status = to;
  entries_.push_back(
      {order.number, PaymentEntry::kRefunded, order.refund_due, std::string(reference)});
  order.refunded += order.refund_due;
  order.refunds += 1;
  order.refund_due = 0;
  changed(order);
  return {};
}

Status Transitions::fulfil(OrderRow& order) {
  RETURN_IF_ERROR(order_state::check_move(order.fulfilment_status, FulfilmentStatus::kFulfilled));
  RETURN_IF_ERROR(move(order, OrderStatus::kCompleted));
  order.fulfilment_status = FulfilmentStatus::kFulfilled;
  moved_.push_back({order.number, Units::kLeave});
  event(outbox::kOrderFulfilled, order);
  changed(order);
  return {};
}

void Transitions::changed(const OrderRow& order) {
  // An order that moved twice is written twice, in this order: the last one stays.
  if (!changed_.empty() && changed_.back().number == order.number) {
    changed_.back() = order;
  } else {
    changed_.push_back(order);
  }
}

void Transitions::event(std::string_view topic, const OrderRow& order) {
  std::string payload;
  json::Writer writer(payload);
  writer.object();
  writer.field("order_id", order.id.str());
  if (!order.cancel_reason.empty()) {
    writer.field("reason", order.cancel_reason);
  }
  writer.end_object();
  events_.push_back({.topic = topic, .order_number = order.number, .payload = std::move(payload)});
}

Status Transitions::flush() {
  RETURN_IF_ERROR(move_units());
  RETURN_IF_ERROR(write_orders());
  RETURN_IF_ERROR(write_payments());
  return outbox::append(connection_, events_, now_);
}

Status Transitions::move_units() {
  if (moved_.empty()) {
    return {};
  }
  std::map<std::int64_t, Units> fate;
  std::vector<store::Parameter> order_numbers;
  for (const MovedUnits& moved : moved_) {
    fate.emplace(moved.order_number, moved.units);
    order_numbers.emplace_back(moved.order_number);
  }
  ASSIGN_OR_RETURN(const auto lines, held_lines(connection_, order_numbers));
  std::vector<VariantId> variants;
  for (const HeldLine& line : lines) {
    variants.push_back(line.variant_id);
  }
  std::ranges::sort(variants);
  variants.erase(std::unique(variants.begin(), variants.end()), variants.end());
  ASSIGN_OR_RETURN(auto rows, inventory::lock_rows(connection_, variants));

  std::map<std::pair<std::string_view, std::string_view>, inventory::StockRow*> by_place;
  for (inventory::StockRow& row : rows) {
    by_place.emplace(
        std::pair(std::string_view(row.variant_id.str()), std::string_view(row.location_id.str())),
        &row);
  }
  std::vector<store::Parameter> freed;
  for (const HeldLine& line : lines) {
    const auto place = by_place.find({line.variant_id.str(), line.location_id.str()});
    if (place == by_place.end()) {
      return make_error(
          ErrorCode::kCorrupt,
          "a held line of order number " + std::to_string(line.order_number) + " has no stock row");
    }
    inventory::Levels& levels = place->second->levels;
    if (planted::fault(planted::kReleasedTwice)) {
      (void)inventory::release(levels, line.held);
    }
    RETURN_IF_ERROR(fate.at(line.order_number) == Units::kGoBack
                        ? inventory::release(levels, line.held)
                        : inventory::ship(levels, line.held));
    freed.emplace_back(line.order_number);
    freed.emplace_back(line.line_no);
  }
  RETURN_IF_ERROR(inventory::write_rows(connection_, rows));
  if (!freed.empty()) {
    RETURN_IF_ERROR(connection_.update_many(
        "UPDATE order_lines SET held = 0 WHERE order_number = $1 AND line_no = $2", 2, freed));
  }
  std::map<VariantId, std::int64_t> available;
  for (const inventory::StockRow& row : rows) {
    available[row.variant_id] += row.levels.available;
  }
  for (const auto& [variant, units] : available) {
    events_.push_back({.topic = outbox::kStockChanged,
                       .order_number = 0,
                       .payload = inventory::stock_changed_payload(variant, units)});
    if (!planted::fault(planted::kReleaseNotAnnounced)) {
      touched_.push_back(variant);
    }
  }
  return {};
}

Status Transitions::write_orders() {
  if (changed_.empty()) {
    return {};
  }
  std::vector<store::Parameter> rows;
  rows.reserve(changed_.size() * 11);
  for (const OrderRow& order : changed_) {
    rows.emplace_back(order.number);
    rows.emplace_back(static_cast<std::int64_t>(order.status));
    rows.emplace_back(static_cast<std::int64_t>(order.payment_status));
    rows.emplace_back(static_cast<std::int64_t>(order.fulfilment_status));
    rows.emplace_back(std::string_view(order.cancel_reason));
    rows.emplace_back(std::string_view(order.payment_action));
    rows.emplace_back(order.refund_due);
    rows.emplace_back(to_unix_ms(order.reserved_until));
    rows.emplace_back(order.refunded);
    rows.emplace_back(order.refunds);
    rows.emplace_back(to_unix_ms(order.ended_at));
  }
  RETURN_IF_ERROR(connection_.execute_many(
      "UPDATE orders SET status = $2, payment_status = $3, fulfilment_status = $4, "
      "cancel_reason = $5, payment_action = $6, refund_due = $7, reserved_until = $8, "
      "refunded = $9, refunds = $10, ended_at = $11, version = version + 1 WHERE order_number = $1",
      11, rows));
  return {};
}

Status Transitions::write_payments() {
  if (entries_.empty()) {
    return {};
  }
  std::vector<store::Parameter> rows;
  rows.reserve(entries_.size() * 6);
  for (const Entry& entry : entries_) {
    rows.emplace_back(entry.order_number);
    rows.emplace_back(static_cast<std::int64_t>(entry.kind));
    rows.emplace_back(entry.amount);
    rows.emplace_back(std::string_view(provider_));
    rows.emplace_back(std::string_view(entry.reference));
    rows.emplace_back(to_unix_ms(now_));
  }
  RETURN_IF_ERROR(connection_.execute_many(
      "INSERT INTO payments (order_number, entry_no, kind, amount, provider, reference, "
      "recorded_at) VALUES ($1, (SELECT coalesce(max(entry_no), 0) + 1 FROM payments WHERE "
      "order_number = $1), $2, $3, $4, $5, $6)",
      6, rows));
  return {};
}

}  // namespace dermaga::orders

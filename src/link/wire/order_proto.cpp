#include "order_proto.h"

#include <algorithm>

#include "order_state/order_state.h"
#include "pricing/pricing.h"
#include "wire/limits.h"

namespace dermaga::wire {

namespace {

using order_state::FulfilmentStatus;
using order_state::OrderStatus;
using order_state::PaymentStatus;

void check_idempotency_key(const std::string& key, Checker& checker) {
  checker.text("idempotency_key", key, kIdempotencyKeyBytesMax, 1);
  checker.require(std::ranges::all_of(key, [](char c) { return c > 0x20 && c < 0x7f; }),
                  "idempotency_key", "only visible ASCII is allowed");
}

void check_destination(const pricing::Destination& destination, Checker& checker) {
  checker.text("destination.country", destination.country, kWordBytesMax);
  checker.text("destination.region", destination.region, kWordBytesMax);
  checker.text("destination.postal_code", destination.postal_code, kWordBytesMax);
}

void put_quote(const pricing::Quote& quote, v1::Quote* out) {
  for (const auto& line : quote.lines) {
    v1::QuotedLine* to = out->add_lines();
    to->set_variant_id(line.variant_id.str());
    to->set_quantity(line.quantity);
    put_money(line.unit_price, to->mutable_unit_price());
    put_money(line.line_total, to->mutable_line_total());
  }
  put_money(quote.subtotal, out->mutable_subtotal());
  put_money(quote.discount, out->mutable_discount());
  put_money(quote.shipping, out->mutable_shipping());
  put_money(quote.tax, out->mutable_tax());
  out->set_tax_included(quote.tax_included);
  out->set_tax_name(quote.tax_name);
  put_money(quote.total, out->mutable_total());
}

pricing::Quote read_quote(const v1::Quote& in, Checker& checker) {
  pricing::Quote quote;
  checker.count("quote.lines", in.lines_size(), 0, pricing::kLinesMax);
  for (int i = 0; i < in.lines_size() && checker.ok(); ++i) {
    const v1::QuotedLine& line = in.lines(i);
    quote.lines.push_back(
        {.variant_id = checker.id<VariantId>("quote.lines.variant_id", line.variant_id()),
         .quantity = checker.number("quote.lines.quantity", line.quantity(), 1, kQuantityMax),
         .unit_price =
             checker.money("quote.lines.unit_price", line.has_unit_price(), line.unit_price()),
         .line_total =
             checker.money("quote.lines.line_total", line.has_line_total(), line.line_total())});
  }
  quote.subtotal = checker.money("quote.subtotal", in.has_subtotal(), in.subtotal());
  quote.discount = checker.money("quote.discount", in.has_discount(), in.discount());
  quote.shipping = checker.money("quote.shipping", in.has_shipping(), in.shipping());
  quote.tax = checker.money("quote.tax", in.has_tax(), in.tax());
  quote.tax_included = in.tax_included();
  quote.tax_name = checker.text("quote.tax_name", in.tax_name(), kWordBytesMax);
  quote.total = checker.money("quote.total", in.has_total(), in.total());
  return quote;
}

contract::OutOfStock read_out_of_stock(const v1::OutOfStock& in, Checker& checker) {
  contract::OutOfStock out;
  checker.count("out_of_stock.lines", in.lines_size(), 0, pricing::kLinesMax);
  for (int i = 0; i < in.lines_size() && checker.ok(); ++i) {
    const v1::ShortLine& line = in.lines(i);
    out.lines.push_back(
        {.variant_id = checker.id<VariantId>("out_of_stock.lines.variant_id", line.variant_id()),
         .requested =
             checker.number("out_of_stock.lines.requested", line.requested(), 0, INT64_MAX),
         .available =
             checker.number("out_of_stock.lines.available", line.available(), 0, INT64_MAX)});
  }
  return out;
}

}  // namespace

void put_order(const contract::PlaceOrder& order, v1::PlaceOrder* out) {
  out->set_id(order.id.str());
  out->set_idempotency_key(order.idempotency_key);
  out->set_body_sha256(order.body_sha256);
  for (const auto& line : order.lines) {
    v1::OrderLine* to = out->add_lines();
    to->set_variant_id(line.variant_id.str());
    to->set_quantity(line.quantity);
  }
  v1::Destination* destination = out->mutable_destination();
  destination->set_country(order.destination.country);
  destination->set_region(order.destination.region);
  destination->set_postal_code(order.destination.postal_code);
  out->set_shipping_method(order.shipping_method);
  out->set_coupon(order.coupon);
  put_money(order.total, out->mutable_total());
  out->set_quote(order.quote);
  out->set_sealed(order.sealed);
  out->set_received_at_unix_ms(to_unix_ms(order.received_at));
  out->set_receipt(order.receipt);
}

void check_order_fields(const contract::PlaceOrder& order, Checker& checker) {
  checker.require(!order.id.empty(), "id", "missing");
  check_idempotency_key(order.idempotency_key, checker);
  checker.text("body_sha256", order.body_sha256, kBodyHashBytes, kBodyHashBytes);
  checker.require(!order.lines.empty(), "lines", "too few");
  checker.require(order.lines.size() <= pricing::kLinesMax, "lines", "too many");
  for (const auto& line : order.lines) {
    checker.require(!line.variant_id.empty(), "lines.variant_id", "missing");
    checker.number("lines.quantity", line.quantity, 1, kQuantityMax);
  }
  check_destination(order.destination, checker);
  checker.text("shipping_method", order.shipping_method, kWordBytesMax);
  checker.text("coupon", order.coupon, kWordBytesMax);
  checker.number("total.amount", order.total.amount(), 0, Money::kAmountMax);
  checker.text("quote", order.quote, kTokenBytesMax);
  checker.text("sealed", order.sealed, kSealedBytesMax, 1);
  checker.time("received_at", to_unix_ms(order.received_at));
  checker.text("receipt", order.receipt, kTokenBytesMax);
}

contract::PlaceOrder read_order(const v1::PlaceOrder& in, Checker& checker) {
  contract::PlaceOrder order;
  order.id = checker.id<OrderId>("id", in.id());
  order.idempotency_key = in.idempotency_key();
  order.body_sha256 = in.body_sha256();
  checker.count("lines", in.lines_size(), 1, pricing::kLinesMax);
  for (int i = 0; i < in.lines_size() && checker.ok(); ++i) {
    order.lines.push_back(
        {.variant_id = checker.id<VariantId>("lines.variant_id", in.lines(i).variant_id()),
         .quantity = in.lines(i).quantity()});
  }
  order.destination = {.country = in.destination().country(),
                       .region = in.destination().region(),
                       .postal_code = in.destination().postal_code()};
  order.shipping_method = in.shipping_method();
  order.coupon = in.coupon();
  order.total = checker.money("total", in.has_total(), in.total());
  order.quote = in.quote();
  order.sealed = in.sealed();
  order.received_at = checker.time("received_at", in.received_at_unix_ms());
  order.receipt = in.receipt();
  check_order_fields(order, checker);
  return order;
}

void put_view(const contract::OrderView& view, v1::OrderView* out) {
  out->set_id(view.id.str());
  out->set_status(static_cast<v1::OrderStatus>(view.status));
  out->set_payment_status(static_cast<v1::PaymentStatus>(view.payment_status));
  out->set_fulfilment_status(static_cast<v1::FulfilmentStatus>(view.fulfilment_status));
  out->set_cancel_reason(view.cancel_reason);
  out->set_payment_action(view.payment_action);
  put_money(view.total, out->mutable_total());
  out->set_placed_at_unix_ms(to_unix_ms(view.placed_at));
  out->set_reserved_until_unix_ms(to_unix_ms(view.reserved_until));
}

contract::OrderView read_view(const v1::OrderView& in, Checker& checker) {
  contract::OrderView view;
  view.id = checker.id<OrderId>("order.id", in.id());
  view.status = checker.enumerator("order.status", in.status(), OrderStatus::kCancelled);
  view.payment_status =
      checker.enumerator("order.payment_status", in.payment_status(), PaymentStatus::kFailed);
  view.fulfilment_status = checker.enumerator("order.fulfilment_status", in.fulfilment_status(),
                                              FulfilmentStatus::kReturned);
  view.cancel_reason = checker.text("order.cancel_reason", in.cancel_reason(), kWordBytesMax);
  view.payment_action = checker.text("order.payment_action", in.payment_action(), kWordBytesMax);
  view.total = checker.money("order.total", in.has_total(), in.total());
  view.placed_at = checker.time("order.placed_at", in.placed_at_unix_ms());
  view.reserved_until = checker.time("order.reserved_until", in.reserved_until_unix_ms());
  return view;
}

void put_refused(const contract::Refused& refused, v1::Refused* out) {
  out->set_http_status(refused.http_status);
  out->set_code(refused.code);
  out->set_detail(refused.detail);
  out->set_retry_after_s(refused.retry_after_s);
}

contract::Refused read_refused(const v1::Refused& in, Checker& checker) {
  constexpr int kDayS = 86'400;
  return {.http_status =
              static_cast<int>(checker.number("refused.http_status", in.http_status(), 400, 599)),
          .code = checker.text("refused.code", in.code(), kWordBytesMax, 1),
          .detail = checker.text("refused.detail", in.detail(), kDetailBytesMax),
          .retry_after_s = static_cast<int>(
              checker.number("refused.retry_after_s", in.retry_after_s(), 0, kDayS))};
}

void put_outcome(const contract::PlaceOutcome& outcome, v1::PlaceOutcome* out) {
  if (const auto* placed = std::get_if<contract::Placed>(&outcome)) {
    put_view(placed->order, out->mutable_placed()->mutable_order());
    out->mutable_placed()->set_replayed(placed->replayed);
    out->mutable_placed()->set_deferred(placed->deferred);
  } else if (const auto* short_of = std::get_if<contract::OutOfStock>(&outcome)) {
    v1::OutOfStock* to = out->mutable_out_of_stock();
    for (const auto& line : short_of->lines) {
      v1::ShortLine* to_line = to->add_lines();
      to_line->set_variant_id(line.variant_id.str());
      to_line->set_requested(line.requested);
      to_line->set_available(line.available);
    }
  } else if (const auto* changed = std::get_if<contract::PriceChanged>(&outcome)) {
    put_quote(changed->quote, out->mutable_price_changed()->mutable_quote());
  } else {
    put_refused(std::get<contract::Refused>(outcome), out->mutable_refused());
  }
}

contract::PlaceOutcome read_outcome(const v1::PlaceOutcome& in, Checker& checker) {
  switch (in.outcome_case()) {
    case v1::PlaceOutcome::kPlaced:
      return contract::Placed{.order = read_view(in.placed().order(), checker),
                              .replayed = in.placed().replayed(),
                              .deferred = in.placed().deferred()};
    case v1::PlaceOutcome::kOutOfStock:
      return read_out_of_stock(in.out_of_stock(), checker);
    case v1::PlaceOutcome::kPriceChanged:
      return contract::PriceChanged{.quote = read_quote(in.price_changed().quote(), checker)};
    case v1::PlaceOutcome::kRefused:
      return read_refused(in.refused(), checker);
    case v1::PlaceOutcome::OUTCOME_NOT_SET:
      break;
  }
  checker.fail("outcome", "missing");
  return contract::Refused{};
}

}  // namespace dermaga::wire

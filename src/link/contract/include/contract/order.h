#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "clock/clock.h"
#include "ids/ids.h"
#include "money/money.h"
#include "order_state/order_state.h"
#include "pricing/pricing.h"

namespace dermaga::contract {

struct OrderLine {
  VariantId variant_id;
  std::int64_t quantity = 0;
};

// An order as the edge hands it to core: the clear part it checked for shape, and the opaque box.
struct PlaceOrder {
  OrderId id;                   // derivation::order_id(idempotency_key)
  std::string idempotency_key;  // 1 to 255 visible ASCII characters
  std::string body_sha256;      // 32 raw bytes, over the request body exactly as received
  std::vector<OrderLine> lines;
  pricing::Destination destination;
  std::string shipping_method;
  std::string coupon;  // empty: none
  Money total;
  std::string quote;    // the quote token, empty: none
  std::string sealed;   // compact JWE
  UtcTime received_at;  // the edge's signed time of receipt
  std::string receipt;  // derivation::receipt() over id, body hash and received_at
};

// What the public zone may know of an order: statuses and amounts, nothing personal.
struct OrderView {
  OrderId id;
  order_state::OrderStatus status = order_state::OrderStatus::kOpen;
  order_state::PaymentStatus payment_status = order_state::PaymentStatus::kPending;
  order_state::FulfilmentStatus fulfilment_status = order_state::FulfilmentStatus::kUnfulfilled;
  std::string cancel_reason;   // "shopper_request", "payment_failed", …; empty unless cancelled
  std::string payment_action;  // "challenge" while the shopper must confirm; empty otherwise
  Money total;
  UtcTime placed_at;
  UtcTime reserved_until;  // epoch 0 where nothing is held
};

struct Placed {
  OrderView order;
  bool replayed = false;
  bool deferred = false;  // 202: taken for later by a spool, or declined; so is each replay
};

struct ShortLine {
  VariantId variant_id;
  std::int64_t requested = 0;
  std::int64_t available = 0;
};
struct OutOfStock {
  std::vector<ShortLine> lines;  // every short line
};

// The price the order would have now.
struct PriceChanged {
  pricing::Quote quote;
};

// Any other refusal, ready for problem+json. Codes: see docs/reference/errors.md.
struct Refused {
  int http_status = 400;
  std::string code;
  std::string detail;
  int retry_after_s = 0;
};

using PlaceOutcome = std::variant<Placed, OutOfStock, PriceChanged, Refused>;

// Answer to an opaque call: 200 with a box for the caller's reply_key, or a problem in clear.
struct SealedAnswer {
  int http_status = 200;
  std::string sealed;  // compact JWE when 200
  Refused problem;     // otherwise
};

}  // namespace dermaga::contract

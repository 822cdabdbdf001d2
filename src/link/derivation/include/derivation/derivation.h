#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "clock/clock.h"
#include "ids/ids.h"
#include "pricing/pricing.h"
#include "result/result.h"

namespace dermaga::derivation {

// Everything both zones derive by HMAC-SHA-256 from the one 32-byte key all edges share. Each use
// has its own label, so no output of one can stand for another. Thread-safe, immutable.
class Derivation {
 public:
  // kCorrupt unless the key has 32 bytes.
  static Result<Derivation> create(std::string key);

  // The same idempotency key gives the same order through every edge, with or without core. A key
  // that is a UUID of version 7 gives its time to the id, so that orders of one time stand together
  // in core's index; the rest, 72 bits of MAC then and else 120, nobody can guess.
  OrderId order_id(std::string_view idempotency_key) const;
  // "oat_" + base64url of 24 bytes; the right to read an order's statuses.
  std::string access_token(const OrderId& id) const;
  bool access_token_matches(const OrderId& id, std::string_view token) const;

  // MAC over id, body hash and time of receipt; core judges expiry at that time.
  std::string receipt(const OrderId& id, std::string_view body_sha256, UtcTime received_at) const;
  bool receipt_matches(const OrderId& id, std::string_view body_sha256, UtcTime received_at,
                       std::string_view receipt) const;

  // Quote token: "q1." + base64url(JSON claims) + "." + base64url(MAC). The claims bind lines with
  // unit prices, destination, method, coupon, total, catalog version and expiry.
  struct QuoteClaims {
    pricing::Quote quote;
    std::optional<pricing::Destination> destination;
    std::string shipping_method;
    std::string coupon;
    std::uint64_t catalog_version = 0;
    UtcTime expires_at;
  };
  std::string quote_token(const QuoteClaims& claims) const;
  // kInvalidArgument for anything this key did not sign; expiry is the caller's to judge.
  Result<QuoteClaims> open_quote(std::string_view token) const;

 private:
  explicit Derivation(std::string key) : key_(std::move(key)) {}
  std::string mac(std::string_view label, std::string_view message) const;
  std::string key_;
};

}  // namespace dermaga::derivation

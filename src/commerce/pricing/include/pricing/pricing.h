#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "ids/ids.h"
#include "money/money.h"
#include "result/result.h"

namespace dermaga::pricing {

// Pure price arithmetic that edge and core share: the same rules and lines give the same totals.

struct ShippingRule {
  std::string method;
  std::vector<std::string> countries;  // empty: every country
  std::vector<std::string> regions;    // empty: every region
  std::int64_t weight_grams_max = 0;   // 0: no limit
  Money price;
  std::optional<Money> free_from;
};

struct TaxRule {
  std::string country;
  std::string name;
  std::int64_t basis_points = 0;
  bool included_in_prices = true;
};

struct Rules {
  Currency currency;
  std::vector<ShippingRule> shipping;
  std::vector<TaxRule> taxes;
};

struct PricedVariant {
  VariantId id;
  Money unit_price;
  std::int64_t weight_grams = 0;
  bool taxable = true;
  bool requires_shipping = true;
};

struct Destination {
  std::string country;      // ISO 3166-1 alpha-2
  std::string region;       // ISO 3166-2 code or empty
  std::string postal_code;  // may be empty
};

struct LineRequest {
  PricedVariant variant;
  std::int64_t quantity = 0;  // 1 to kQuantityMax
};

inline constexpr std::int64_t kQuantityMax = 1'000;
inline constexpr std::size_t kLinesMax = 100;

struct QuoteRequest {
  std::vector<LineRequest> lines;          // no variant twice
  std::optional<Destination> destination;  // none: no shipping, no destination tax
  std::string shipping_method;             // empty: none chosen yet
  std::string coupon;                      // empty: none
};

struct QuotedLine {
  VariantId variant_id;
  std::int64_t quantity = 0;
  Money unit_price;
  Money line_total;
};

struct Quote {
  std::vector<QuotedLine> lines;
  Money subtotal;
  Money discount;
  Money shipping;
  Money tax;  // the part of total that is tax; already inside when tax_included
  bool tax_included = true;
  std::string tax_name;
  Money total;  // subtotal - discount + shipping (+ tax unless included)
};

// Why a basket cannot be quoted, with a stable code for the API.
struct QuoteRefusal {
  std::string code;  // "unknown_coupon", "shipping_method_unknown", "shipping_unavailable",
                     // "invalid_quantity", "too_many_lines", "duplicate_line", "mixed_currencies",
                     // "total_too_large"
  std::string detail;
};

std::variant<Quote, QuoteRefusal> quote(const Rules& rules, const QuoteRequest& request);

// What one catalog version charges: immutable once built, shared by many threads.
struct PriceBook {
  std::uint64_t catalog_version = 0;
  Rules rules;
  std::unordered_map<VariantId, PricedVariant> variants;  // published ones only
};

// A basket as the API names it.
struct Basket {
  struct Line {
    VariantId variant_id;
    std::int64_t quantity = 0;
  };
  std::vector<Line> lines;
  std::optional<Destination> destination;
  std::string shipping_method;
  std::string coupon;
};

// quote() over a book; refuses with "unknown_variant" (naming it in detail) before anything else.
std::variant<Quote, QuoteRefusal> quote_basket(const PriceBook& book, const Basket& basket);

// Methods that can carry this basket to this destination, in rule order, with their price.
struct ShippingOffer {
  std::string method;
  Money price;
};
std::vector<ShippingOffer> shipping_offers(const Rules& rules, const QuoteRequest& request);

}  // namespace dermaga::pricing

#include "price_check.h"

#include <optional>
#include <utility>

#include "planted/planted.h"

namespace dermaga::orders {
namespace {

using contract::Refused;
using derivation::Derivation;

Refused refuse(std::string code, std::string detail) {
  return {.http_status = 422, .code = std::move(code), .detail = std::move(detail)};
}

pricing::Basket basket_of(const contract::PlaceOrder& order) {
  pricing::Basket basket;
  basket.lines.reserve(order.lines.size());
  for (const contract::OrderLine& line : order.lines) {
    basket.lines.push_back({.variant_id = line.variant_id, .quantity = line.quantity});
  }
  basket.destination = order.destination;
  basket.shipping_method = order.shipping_method;
  basket.coupon = order.coupon;
  return basket;
}

bool same_destination(const std::optional<pricing::Destination>& quoted,
                      const pricing::Destination& ordered) {
  return quoted.has_value() && quoted->country == ordered.country &&
         quoted->region == ordered.region && quoted->postal_code == ordered.postal_code;
}

bool same_basket(const Derivation::QuoteClaims& claims, const contract::PlaceOrder& order) {
  if (claims.quote.lines.size() != order.lines.size() ||
      claims.shipping_method != order.shipping_method || claims.coupon != order.coupon ||
      !same_destination(claims.destination, order.destination)) {
    return false;
  }
  for (std::size_t i = 0; i < order.lines.size(); ++i) {
    if (claims.quote.lines[i].variant_id != order.lines[i].variant_id ||
        claims.quote.lines[i].quantity != order.lines[i].quantity) {
      return false;
    }
  }
  return true;
}

bool needs_shipping(const pricing::PriceBook& book, const contract::PlaceOrder& order) {
  for (const contract::OrderLine& line : order.lines) {
    const auto variant = book.variants.find(line.variant_id);
    if (variant != book.variants.end() && variant->second.requires_shipping) {
      return true;
    }
  }
  return false;
}

std::variant<pricing::Quote, Refused> price_with(const pricing::PriceBook& book,
                                                 const contract::PlaceOrder& order) {
  auto priced = pricing::quote_basket(book, basket_of(order));
  if (const auto* refusal = std::get_if<pricing::QuoteRefusal>(&priced)) {
    return refuse(refusal->code, refusal->detail);
  }
  if (order.shipping_method.empty() && needs_shipping(book, order)) {
    return refuse("shipping_method_missing", "choose a shipping method for this basket");
  }
  return std::get<pricing::Quote>(std::move(priced));
}

// Nothing: the order is to be judged as if it had no quote.
std::optional<PriceVerdict> check_quoted(const contract::PlaceOrder& order,
                                         const Derivation& derivation, PriceSource& prices) {
  auto claims = derivation.open_quote(order.quote);
  if (!claims.has_value()) {
    return refuse("quote_invalid", "the quote is not one of this shop's");
  }
  if (claims->expires_at <= order.received_at) {
    return std::nullopt;
  }
  if (!same_basket(*claims, order)) {
    return refuse("quote_mismatch", "the quote is for another basket, destination or method");
  }
  const auto book = prices.at(claims->catalog_version);
  if (book == nullptr) {
    return std::nullopt;
  }
  auto priced = price_with(*book, order);
  if (auto* refusal = std::get_if<Refused>(&priced)) {
    return std::move(*refusal);
  }
  auto& quote = std::get<pricing::Quote>(priced);
  if (quote.total != claims->quote.total || quote.total != order.total) {
    return refuse("quote_mismatch", "the total is not the one that was quoted");
  }
  return AcceptedPrice{.quote = std::move(quote), .catalog_version = claims->catalog_version};
}

}  // namespace

PriceVerdict check_price(const contract::PlaceOrder& order, const Derivation& derivation,
                         PriceSource& prices) {
  if (!order.quote.empty()) {
    if (auto verdict = check_quoted(order, derivation, prices)) {
      return *std::move(verdict);
    }
  }
  const auto book = prices.current();
  if (book == nullptr) {
    return Refused{.http_status = 503,
                   .code = "unavailable",
                   .detail = "the shop has no published catalog yet",
                   .retry_after_s = 5};
  }
  auto priced = price_with(*book, order);
  if (auto* refusal = std::get_if<Refused>(&priced)) {
    return std::move(*refusal);
  }
  auto& quote = std::get<pricing::Quote>(priced);
  if (quote.total != order.total && !planted::fault(planted::kPriceNotChecked)) {
    return contract::PriceChanged{.quote = std::move(quote)};
  }
  return AcceptedPrice{.quote = std::move(quote), .catalog_version = book->catalog_version};
}

}  // namespace dermaga::orders

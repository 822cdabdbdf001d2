#include "quoted_version.h"

#include <algorithm>

namespace dermaga::store_api {
namespace {

bool same_place(const pricing::Destination& quoted, const pricing::Destination& ordered) {
  return quoted.country == ordered.country && quoted.region == ordered.region &&
         quoted.postal_code == ordered.postal_code;
}

bool same_lines(const pricing::Quote& quote, const contract::PlaceOrder& order) {
  return std::ranges::equal(quote.lines, order.lines, [](const auto& quoted, const auto& ordered) {
    return quoted.variant_id == ordered.variant_id && quoted.quantity == ordered.quantity;
  });
}

}  // namespace

std::uint64_t quoted_version(const contract::PlaceOrder& order,
                             const derivation::Derivation& derivation) {
  if (order.quote.empty()) {
    return 0;
  }
  const auto claims = derivation.open_quote(order.quote);
  if (!claims.has_value() || !claims->destination.has_value()) {
    return 0;
  }
  const bool holds = claims->expires_at > order.received_at && claims->quote.total == order.total &&
                     same_place(*claims->destination, order.destination) &&
                     claims->shipping_method == order.shipping_method &&
                     claims->coupon == order.coupon && same_lines(claims->quote, order);
  return holds ? claims->catalog_version : 0;
}

}  // namespace dermaga::store_api

#pragma once

#include <cstdint>
#include <variant>

#include "contract/order.h"
#include "derivation/derivation.h"
#include "orders/ports.h"
#include "pricing/pricing.h"

namespace dermaga::orders {

struct AcceptedPrice {
  pricing::Quote quote;
  std::uint64_t catalog_version = 0;
};
using PriceVerdict = std::variant<AcceptedPrice, contract::PriceChanged, contract::Refused>;

// Is the total the order names what it costs? A quote of ours counts until it expires, judged at
// the order's time of receipt; without one, the present price counts.
PriceVerdict check_price(const contract::PlaceOrder& order,
                         const derivation::Derivation& derivation, PriceSource& prices);

}  // namespace dermaga::orders

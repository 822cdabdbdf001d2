#pragma once

#include <cstdint>

#include "contract/order.h"
#include "derivation/derivation.h"

namespace dermaga::store_api {

// Catalog version of the order's quote where the quote is one of this shop's, for this basket,
// destination and total, and valid at order.received_at; 0 otherwise. A spool sells from a stock
// lease only at such a price.
std::uint64_t quoted_version(const contract::PlaceOrder& order,
                             const derivation::Derivation& derivation);

}  // namespace dermaga::store_api

#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "orders/ports.h"
#include "sealing/sealing.h"

namespace dermaga::simulation {

// Boxes without cryptography, which would cost a run more than all the rest: the plaintext in the
// shape of a compact JWE. What order_box checks of an opened order is checked here too: purpose,
// idempotency key, clear part, expiry.
std::string seal_order(std::string_view idempotency_key, const sealing::ClearPart& clear,
                       std::string_view token, UtcTime expires_at);

class PlainBoxes final : public orders::BoxOpener {
 public:
  std::variant<order_box::OpenedOrder, order_box::BoxRefusal> open_order(
      const contract::PlaceOrder& order) override;
};

}  // namespace dermaga::simulation

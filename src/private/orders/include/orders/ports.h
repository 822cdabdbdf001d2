#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "contract/order.h"
#include "order_box/order_box.h"
#include "pricing/pricing.h"
#include "random/random.h"
#include "result/result.h"
#include "sealing/sealing.h"

namespace dermaga::orders {

// What the catalog charges. Thread-safe and quick: asked once per order.
class PriceSource {
 public:
  virtual ~PriceSource() = default;
  // The present prices; null before the first catalog is published.
  virtual std::shared_ptr<const pricing::PriceBook> current() = 0;
  // The prices of an earlier version; null when they are not known any more.
  virtual std::shared_ptr<const pricing::PriceBook> at(std::uint64_t catalog_version) = 0;
};

// Opens what shoppers seal and seals what they are answered. Thread-safe.
class BoxOpener {
 public:
  virtual ~BoxOpener() = default;
  virtual std::variant<order_box::OpenedOrder, order_box::BoxRefusal> open_order(
      const contract::PlaceOrder& order) = 0;
  virtual std::variant<order_box::OpenedCall, order_box::BoxRefusal> open_call(
      std::string_view box, UtcTime received_at) = 0;
  virtual Result<std::string> seal_answer(const sealing::PublicKey& reply_key,
                                          order_box::CallMethod method,
                                          std::string_view result_json) = 0;
};

// The real one: order_box over the shop's keyring; both must outlive it.
std::unique_ptr<BoxOpener> make_box_opener(const order_box::SealingKeyring& keyring,
                                           Random& random);

}  // namespace dermaga::orders

#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "contract/order.h"
#include "ids/ids.h"
#include "order_box/order_box.h"
#include "payments/payments.h"
#include "pricing/pricing.h"
#include "result/result.h"
#include "vault/secret.h"

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

// Opens what shoppers seal. Thread-safe.
class BoxOpener {
 public:
  virtual ~BoxOpener() = default;
  virtual std::variant<order_box::OpenedOrder, order_box::BoxRefusal> open_order(
      const contract::PlaceOrder& order) = 0;
};

// Whose session an order box names. Thread-safe.
class AccountFinder {
 public:
  virtual ~AccountFinder() = default;
  // kUnauthenticated for a session that is over, or another reply key's.
  virtual Result<CustomerId> account_of(const vault::SessionSecret& session,
                                        const std::string& reply_thumbprint) = 0;
};

// Cards that accounts have saved. Thread-safe.
class SavedCards {
 public:
  struct Use {
    CustomerId account;
    CardId card;
    vault::CardSecurityCode security_code;
    UtcTime received_at;  // of the order
    bool is_delivered = false;
  };
  virtual ~SavedCards() = default;
  // The provider's token of one of the account's cards; nothing where it has none of this id that
  // can be used. kRateLimited where it was tried too often; otherwise what the provider says.
  virtual Result<std::optional<vault::PaymentToken>> tokenize(
      Use use, payments::PaymentProvider& provider) = 0;
};

// The real one: order_box over the shop's keyring, which must outlive it.
std::unique_ptr<BoxOpener> make_box_opener(const order_box::SealingKeyring& keyring);

}  // namespace dermaga::orders

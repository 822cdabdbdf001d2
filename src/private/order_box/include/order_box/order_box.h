#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "clock/clock.h"
#include "contract/order.h"
#include "ids/ids.h"
#include "order_box/keyring.h"
#include "order_box/refusal.h"
#include "sealing/sealing.h"
#include "vault/secret.h"

namespace dermaga::order_box {

// What a shopper seals for the private zone, opened, checked and typed. The format is written down
// in docs/reference/sealed-box.md. Functions here are pure but for the cryptography and safe to
// call from many threads at once.

struct Customer {
  vault::PersonName name;
  vault::EmailAddress email;
  vault::PhoneNumber phone;
};

// Country, region and postal code are sealed too: they are equal to the clear destination, which
// is never stored.
struct ShippingAddress {
  vault::PersonName name;  // empty: the customer's own name
  vault::StreetAddress line1;
  vault::StreetAddress line2;  // may be empty
  vault::StreetAddress city;
  vault::StreetAddress region;       // may be empty
  vault::StreetAddress postal_code;  // may be empty
  vault::StreetAddress country;      // ISO 3166-1 alpha-2
};

struct CardFace {
  vault::CardNumber number;  // 12 to 19 digits, Luhn-valid
  std::int64_t expiry_month = 0;
  std::int64_t expiry_year = 0;
};
struct Card : CardFace {
  vault::CardSecurityCode security_code;
};
// One that the account has in the card vault.
struct SavedCard {
  CardId id;
  vault::CardSecurityCode security_code;
};
struct ProviderToken {
  std::string provider;  // "sandbox"
  vault::PaymentToken token;
};
using PaymentMethod = std::variant<ProviderToken, Card, SavedCard>;

struct OpenedOrder {
  Customer customer;
  ShippingAddress shipping_address;
  PaymentMethod payment;
  vault::SessionSecret session;  // of the account that the order belongs to; empty: a guest's
  sealing::PublicKey reply_key;  // the only key to which details of this order are answered
  std::string locale;            // "id", "en"; two lower-case letters
  UtcTime expires_at;
};

inline constexpr std::chrono::hours kOrderBoxLifetimeMax{72};

// Opens the order's box and holds it against the order's clear part, its idempotency key and its
// time of receipt. The receipt itself is the caller's to check.
std::variant<OpenedOrder, BoxRefusal> open_order(const SealingKeyring& keyring,
                                                 const contract::PlaceOrder& order);

}  // namespace dermaga::order_box

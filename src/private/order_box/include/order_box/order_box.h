#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "clock/clock.h"
#include "contract/order.h"
#include "ids/ids.h"
#include "order_box/keyring.h"
#include "random/random.h"
#include "result/result.h"
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

struct Card {
  vault::CardNumber number;  // 12 to 19 digits, Luhn-valid
  std::int64_t expiry_month = 0;
  std::int64_t expiry_year = 0;
  vault::CardSecurityCode security_code;
};
struct ProviderToken {
  std::string provider;  // "sandbox"
  vault::PaymentToken token;
};
using PaymentMethod = std::variant<ProviderToken, Card>;

struct OpenedOrder {
  Customer customer;
  ShippingAddress shipping_address;
  PaymentMethod payment;
  sealing::PublicKey reply_key;  // the only key to which details of this order are answered
  std::string locale;            // "id", "en"; two lower-case letters
  UtcTime expires_at;
};

// Why a box is refused; `code` goes into the problem response, with http status 422. Nothing of
// the plaintext is in `detail`, only names of members.
//   box_malformed                 not a compact JWE, or not a JSON text of this format
//   box_algorithm                 another alg, enc or curve; zip, crit or unknown header members
//   box_unknown_key               sealed to a key that is not (or no longer) in the keyring
//   box_unreadable                a byte was changed, or sealed to something else
//   box_purpose                   a call box where an order box belongs, or the reverse
//   box_idempotency_key_mismatch  sealed for another Idempotency-Key
//   box_clear_mismatch            lines, destination, shipping method or total were changed
//   box_destination_mismatch      sealed address and clear destination differ
//   box_expired                   expires_at is not after the time of receipt
//   box_field_invalid             a member breaks its bound (detail names it)
struct BoxRefusal {
  std::string code;
  std::string detail;
};

inline constexpr std::chrono::hours kOrderBoxLifetimeMax{72};
inline constexpr std::chrono::minutes kCallBoxLifetimeMax{10};

// Opens the order's box and holds it against the order's clear part, its idempotency key and its
// time of receipt. The receipt itself is the caller's to check.
std::variant<OpenedOrder, BoxRefusal> open_order(const SealingKeyring& keyring,
                                                 const contract::PlaceOrder& order);

enum class CallMethod { kOrderRead, kOrderCancel, kPaymentChallenge };
std::string_view name(CallMethod method);  // "order.read", "order.cancel", "payment.challenge"

// Whether `reply_key` may ask about the order is the caller's to check, and so is that the nonce
// was not used before (NonceMemory).
struct OpenedCall {
  CallMethod method = CallMethod::kOrderRead;
  OrderId order_id;
  vault::AccessToken access_token;
  vault::ChallengeCode code;  // payment.challenge only
  sealing::PublicKey reply_key;
  std::string nonce;
  UtcTime expires_at;
};

std::variant<OpenedCall, BoxRefusal> open_call(const SealingKeyring& keyring, std::string_view box,
                                               UtcTime received_at);

// The answer's box: {"v":1,"method":…,"result":<result_json>} sealed to the caller's reply key.
Result<std::string> seal_answer(const sealing::PublicKey& reply_key, CallMethod method,
                                std::string_view result_json, Random& random);

}  // namespace dermaga::order_box

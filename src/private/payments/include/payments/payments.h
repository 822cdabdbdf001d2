#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "ids/ids.h"
#include "money/money.h"
#include "result/result.h"
#include "vault/secret.h"

namespace dermaga::payments {

// What a provider says about a charge.
enum class ChargeState {
  kPaid,
  kDeclined,
  kChallenge,  // the shopper must confirm: answer_challenge()
  kPending,    // no decision yet; a webhook brings it
};

struct ChargeResult {
  OrderId order_id;
  ChargeState state = ChargeState::kPending;
  std::string reference;  // the provider's name for the payment
};

// One authorisation and capture. The order id is the provider's idempotency key: asking again for
// the same order charges once and tells how the first went.
struct Charge {
  OrderId order_id;
  Money amount;
  vault::PaymentToken token;
};

struct Refund {
  OrderId order_id;         // with the number the idempotency key: asking again gives back once
  std::int64_t number = 1;  // of the order's refunds
  std::string reference;    // of the payment
  Money amount;
};

// A card as the shopper typed it; never stored. The security code ends here.
struct Card {
  vault::CardNumber number;
  std::int64_t expiry_month = 0;
  std::int64_t expiry_year = 0;
  vault::CardSecurityCode security_code;
};

// The port to who moves the money. Callbacks run once, on a thread of the provider, possibly before
// the call returns. Errors of a callback are kUnavailable or kTimeout: ask again later.
// Thread-safe.
class PaymentProvider {
 public:
  using Done = std::function<void(Result<ChargeResult>)>;

  virtual ~PaymentProvider() = default;
  virtual std::string_view name() const = 0;

  // Turns a card into a token of this provider. kInvalidArgument for a card it cannot take.
  virtual Result<vault::PaymentToken> tokenize(const Card& card) = 0;
  virtual void charge(Charge charge, Done done) = 0;
  // A wrong code answers kChallenge again, or kDeclined when the tries are used up.
  virtual void answer_challenge(Charge charge, vault::ChallengeCode code, Done done) = 0;
  // The callback gets the provider's reference of the refund.
  virtual void refund(Refund refund, std::function<void(Result<std::string>)> done) = 0;

  // Who hears of decisions that come by themselves. Set before the first charge; set again to
  // nullptr before the listener goes away: afterwards no webhook is running or will run.
  virtual void on_webhook(std::function<void(ChargeResult)> listener) = 0;
};

}  // namespace dermaga::payments

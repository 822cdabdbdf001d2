#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "contract/order.h"
#include "orders/first_answer.h"
#include "orders/orders.h"
#include "pricing/pricing.h"
#include "vault/secret.h"

namespace dermaga::orders {

// Everything about an order that can be worked out before its transaction.
struct Prepared {
  // Set: how the order is answered unless its key is known already.
  std::optional<contract::PlaceOutcome> refusal;
  // Set: how it is answered in any case, known or not: the edge did not tell the truth about it.
  bool refused_outright = false;

  pricing::Quote quote;
  std::uint64_t catalog_version = 0;
  std::string currency;
  CustomerId customer_id;  // empty: who ordered is not known
  std::string wrapped_key;
  std::uint32_t kek_version = 0;
  std::shared_ptr<const void> kek_in_use;  // until the order is answered
  std::string name_sealed;
  std::string email_sealed;
  std::string phone_sealed;
  std::string address_sealed;
  std::string payment_sealed;
  std::string locale;
  std::string reply_thumbprint;
  CustomerId account;         // in whose history it is to stand; empty: a guest's
  vault::PaymentToken token;  // goes on to the payment desk in memory
};

// Where the time of preparation went.
struct PrepareTimes {
  std::uint64_t validate_ns = 0;  // shape, receipt, quote, price
  std::uint64_t open_ns = 0;      // the box and what it says
  std::uint64_t seal_ns = 0;      // the personal fields under the customer's own key
};

// How old a time of receipt may be; edges' clocks may be ahead by sealed_calls::kClockSkewMax.
inline constexpr std::chrono::hours kReceiptAgeMax{72};

// Checks an order and seals its personal fields again under a new customer key. Thread-safe when
// each thread brings its own source of randomness.
class Preparer {
 public:
  explicit Preparer(const Ports& ports) : ports_(ports) {}
  Random& random() const { return ports_.random; }
  // Of a delivered order who ordered is sealed even where it is refused: staff may have to tell
  // them.
  Prepared prepare(const contract::PlaceOrder& order, FirstAnswer first_answer, Random& random,
                   PrepareTimes& times) const;

 private:
  std::optional<contract::Refused> check_before_opening(const contract::PlaceOrder& order,
                                                        Prepared& prepared) const;
  std::optional<contract::PlaceOutcome> check_terms(const contract::PlaceOrder& order,
                                                    Prepared& prepared) const;
  std::optional<contract::Refused> find_account(const order_box::OpenedOrder& opened,
                                                FirstAnswer first_answer, Prepared& prepared) const;
  std::optional<contract::Refused> check_edge(const contract::PlaceOrder& order) const;
  std::optional<contract::Refused> seal(const contract::PlaceOrder& order,
                                        order_box::OpenedOrder& opened, FirstAnswer first_answer,
                                        Random& random, Prepared& prepared) const;
  Result<std::optional<vault::PaymentToken>> tokenize(order_box::PaymentMethod method,
                                                      SavedCards::Use use) const;
  vault::FieldKey seal_contact(const order_box::OpenedOrder& opened, Random& random,
                               Prepared& prepared) const;
  CustomerId new_customer_id(Random& random) const;

  Ports ports_;
};

}  // namespace dermaga::orders

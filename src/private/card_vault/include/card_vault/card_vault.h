#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "clock/clock.h"
#include "ids/ids.h"
#include "payments/payments.h"
#include "random/random.h"
#include "result/result.h"
#include "store/database.h"
#include "vault/vault.h"

namespace dermaga::metrics {
class Counter;
class Registry;
}  // namespace dermaga::metrics

namespace dermaga::card_vault {

inline constexpr std::size_t kCardsMax = 10;  // of one account
// How long an expired card is still shown as such.
inline constexpr std::chrono::days kKeptAfterExpiry{30};
// A month ends later west of Greenwich; whether a card is good in the end, the provider says.
inline constexpr std::chrono::hours kGraceOfExpiry{24};
// Within proofs::kTriesWindow: guessed security codes end here.
inline constexpr std::int64_t kTriesOfCard = 10;

// As it is printed on the card; the security code is in nothing that saves one.
struct Card {
  vault::CardNumber number;
  std::int64_t expiry_month = 0;  // 1 to 12
  std::int64_t expiry_year = 0;
};
// When its last month is over, UTC.
UtcTime ends_at(std::int64_t expiry_month, std::int64_t expiry_year);

// What may be shown.
struct ShownCard {
  CardId id;
  std::string brand;  // "visa", "mastercard", "amex", "jcb", "unionpay", "discover", "other"
  std::string last_four;
  std::int64_t expiry_month = 0;
  std::int64_t expiry_year = 0;
  bool is_expired = false;
  UtcTime saved_at;
};

// One card, for an order.
struct Use {
  CustomerId account;
  CardId card;
  vault::CardSecurityCode security_code;
  UtcTime received_at;        // of the order: by then the card must not have expired
  bool is_delivered = false;  // by a spool, which counted no tries: none is counted now
};

// Everything it uses; must outlive it.
struct Ports {
  store::Database& database;
  const vault::Vault& vault;
  const Clock& clock;
  Random& random;
  metrics::Registry* registry = nullptr;
};

// Cards that shoppers saved (docs/reference/card-vault.md). A number that went in comes out in
// tokenize() alone. `key` is the account's own. Thread-safe.
class CardVault {
 public:
  CardVault(const Ports& ports, bool is_on);

  bool is_on() const { return is_on_; }

  // Within the caller's transaction, which has locked the account. The same number again gives the
  // card that is there its new month. kOverloaded when the account has kCardsMax others;
  // kInvalidArgument once it has expired.
  Status save(store::Connection& connection, const CustomerId& account, const vault::FieldKey& key,
              const Card& card);
  // kNotFound for another's.
  Status remove(store::Connection& connection, const CustomerId& account, const CardId& id);
  // Oldest first; also while the vault is off.
  Result<std::vector<ShownCard>> list(store::Connection& connection, const CustomerId& account,
                                      const vault::FieldKey& key) const;

  // The provider's token of one card, for an order; nothing for another's, one that has expired,
  // and while the vault is off. kRateLimited where the card was tried too often; otherwise what the
  // provider says.
  Result<std::optional<vault::PaymentToken>> tokenize(Use use, payments::PaymentProvider& provider);

  // Deletes cards that expired longer ago than kKeptAfterExpiry.
  Status forget_expired(store::Connection& connection) const;
  Result<std::int64_t> count(store::Connection& connection) const;
  // Deletes every card; how many there were. Within the caller's transaction.
  Result<std::int64_t> clear(store::Connection& connection);

 private:
  Result<std::optional<payments::Card>> open(Use use) const;
  Result<std::optional<vault::PaymentToken>> try_tokenize(Use use,
                                                          payments::PaymentProvider& provider);

  const Ports ports_;
  const bool is_on_;
  metrics::Counter* tokens_ = nullptr;
  metrics::Counter* failures_ = nullptr;
};

}  // namespace dermaga::card_vault

#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "card_vault/card_vault.h"
#include "clock/clock.h"
#include "customers/customers.h"
#include "digest/signature.h"
#include "ids/ids.h"
#include "passwords/breached_list.h"
#include "passwords/hasher.h"
#include "random/random.h"
#include "store/database.h"
#include "vault/vault.h"
#include "webauthn/webauthn.h"

namespace dermaga::accounts {

// What the vault calls the key of the index over addresses, of pseudonyms, of passkey challenges,
// and of shopper tokens.
inline constexpr std::string_view kIndexPurpose = "account-index";
inline constexpr std::string_view kAddressKind = "account.email";  // in that index
inline constexpr std::string_view kPseudonymPurpose = "shopper-pseudonyms";
inline constexpr std::string_view kChallengePurpose = "shopper-challenges";
inline constexpr std::string_view kTokenPurpose = "shopper-token-signing";

// The orders of an account, newest first. Thread-safe.
class OrderHistory {
 public:
  struct Item {
    std::int64_t number = 0;
    OrderId id;
    std::string view_json;  // as GET /store/v1/orders/{id}
  };
  virtual ~OrderHistory() = default;
  // Numbers below `before`; all where it is nothing.
  virtual Result<std::vector<Item>> page(const CustomerId& customer,
                                         std::optional<std::int64_t> before, std::size_t limit) = 0;
  // JSON of all of one order, as order.read answers it. kNotFound for another's, and once whoever
  // it was for was erased.
  virtual Result<std::string> details(const CustomerId& customer, const OrderId& order,
                                      bool with_access_token) = 0;
  // JSON of it afterwards. kNotFound; kVersionConflict where it cannot be cancelled any more.
  virtual Result<std::string> cancel(const CustomerId& customer, const OrderId& order) = 0;
};

struct Mail {
  vault::EmailAddress to;
  std::string subject;
  vault::SecretText text;
};

// Everything this module uses; must outlive it.
struct Ports {
  store::Database& database;
  const vault::Vault& vault;
  const vault::BlindIndex& index;
  const vault::BlindIndex& pseudonyms;
  const vault::BlindIndex& challenges;
  const digest::SigningKey& token_key;
  customers::Customers& customers;
  OrderHistory& history;
  card_vault::CardVault& cards;
  passwords::Hasher& hasher;     // of whoever has a session, a mailed code, a known browser
  passwords::Hasher& strangers;  // of everybody else, who may wait behind one another
  const passwords::BreachedList& breached;
  std::function<Status(Mail)> send_mail;  // quick; kOverloaded where too many wait
  const Clock& clock;
  Random& random;
  std::string shop_id;
  std::string shop_name;
  std::vector<std::string> locales;  // first: default
  std::string public_url;            // of the storefront, without a slash at its end
  webauthn::RelyingParty relying_party;
};

}  // namespace dermaga::accounts

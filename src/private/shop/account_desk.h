#pragma once

#include <memory>

#include "accounts/accounts.h"
#include "card_vault/card_vault.h"
#include "config/config.h"
#include "customers/customers.h"
#include "orders/orders.h"
#include "passwords/breached_list.h"
#include "shop/foundation.h"

namespace dermaga::shop {

// Shoppers' accounts with everything that they need of the rest of the shop. Orders know of it as
// the one who tells whose session it is; it knows of orders once they are there.
class AccountDesk final : public orders::AccountFinder, public orders::SavedCards {
 public:
  struct Parts {
    const Foundation& foundation;
    const config::Shop& config;
    customers::Customers& customers;
    const passwords::BreachedList& breached;
    std::function<Status(accounts::Mail)> send_mail;
    const Clock& clock;
    Random& random;
    metrics::Registry* registry = nullptr;
  };
  static Result<std::unique_ptr<AccountDesk>> open(const Parts& parts);
  ~AccountDesk() override;

  // Before the first call is handled; `orders` is used until stop().
  void know_orders(orders::OrderService& orders);
  // No password is being hashed any more, and no call is answered. Before the orders end.
  void stop();

  Result<CustomerId> account_of(const vault::SessionSecret& session,
                                const std::string& reply_thumbprint) override;
  Result<std::optional<vault::PaymentToken>> tokenize(Use use,
                                                      payments::PaymentProvider& provider) override;
  sealed_calls::CallHandler& calls() { return *accounts_; }
  accounts::Accounts& accounts() { return *accounts_; }
  card_vault::CardVault& cards() { return cards_; }
  std::string token_public_key() const { return token_key_.public_key(); }

 private:
  class History;
  AccountDesk(const Parts& parts, vault::BlindIndex index, vault::BlindIndex pseudonyms,
              vault::BlindIndex challenges, digest::SigningKey token_key);

  vault::BlindIndex index_;
  vault::BlindIndex pseudonyms_;
  vault::BlindIndex challenges_;
  digest::SigningKey token_key_;
  card_vault::CardVault cards_;
  std::unique_ptr<History> history_;
  std::unique_ptr<accounts::Accounts> accounts_;
  // First to end: their threads use all of the above.
  std::unique_ptr<passwords::Hasher> hasher_;
  std::unique_ptr<passwords::Hasher> strangers_;
};

}  // namespace dermaga::shop

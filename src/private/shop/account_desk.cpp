#include "account_desk.h"

#include <utility>

namespace dermaga::shop {
namespace {

constexpr std::size_t kSeedBytes = 32;

// The storefront's host, which passkeys are made for.
std::string without_slash(std::string url) {
  while (url.ends_with('/')) {
    url.pop_back();
  }
  return url;
}

}  // namespace

// The orders of accounts, as the order service tells of them.
class AccountDesk::History final : public accounts::OrderHistory {
 public:
  void know(orders::OrderService& orders) { orders_ = &orders; }

  Result<std::vector<Item>> page(const CustomerId& customer, std::optional<std::int64_t> before,
                                 std::size_t limit) override {
    ASSIGN_OR_RETURN(const auto summaries, orders_->history(customer, before, limit));
    std::vector<Item> items;
    items.reserve(summaries.size());
    for (const orders::OrderSummary& summary : summaries) {
      items.push_back({.number = summary.order_number,
                       .id = summary.view.id,
                       .view_json = orders::view_json(summary.view)});
    }
    return items;
  }
  Result<std::string> details(const CustomerId& customer, const OrderId& order,
                              bool with_access_token) override {
    return orders_->details(customer, order, with_access_token);
  }
  Result<std::string> cancel(const CustomerId& customer, const OrderId& order) override {
    ASSIGN_OR_RETURN(const auto view, orders_->cancel_own(customer, order));
    return orders::view_json(view);
  }

 private:
  orders::OrderService* orders_ = nullptr;
};

AccountDesk::AccountDesk(const Parts& parts, vault::BlindIndex index, vault::BlindIndex pseudonyms,
                         vault::BlindIndex challenges, digest::SigningKey token_key)
    : index_(std::move(index)),
      pseudonyms_(std::move(pseudonyms)),
      challenges_(std::move(challenges)),
      token_key_(std::move(token_key)),
      cards_({.database = *parts.foundation.database,
              .vault = *parts.foundation.vault,
              .clock = parts.clock,
              .random = parts.random,
              .registry = parts.registry},
             parts.config.card_vault),
      history_(std::make_unique<History>()),
      hasher_(std::make_unique<passwords::Hasher>(passwords::HasherOptions{})),
      strangers_(std::make_unique<passwords::Hasher>(passwords::HasherOptions{})) {}

AccountDesk::~AccountDesk() = default;

Result<std::unique_ptr<AccountDesk>> AccountDesk::open(const Parts& parts) {
  vault::Vault& vault = *parts.foundation.vault;
  ASSIGN_OR_RETURN(auto index, vault.blind_index(accounts::kIndexPurpose));
  ASSIGN_OR_RETURN(auto pseudonyms, vault.blind_index(accounts::kPseudonymPurpose));
  ASSIGN_OR_RETURN(auto challenges, vault.blind_index(accounts::kChallengePurpose));
  ASSIGN_OR_RETURN(std::string seed, vault.purpose_secret(accounts::kTokenPurpose, kSeedBytes));
  auto token_key = digest::SigningKey::from_seed(seed);
  vault::wipe(seed);
  if (!token_key.has_value()) {
    return std::unexpected(token_key.error());
  }
  std::unique_ptr<AccountDesk> desk(new AccountDesk(parts, std::move(index), std::move(pseudonyms),
                                                    std::move(challenges), *std::move(token_key)));
  const std::string public_url = without_slash(parts.config.public_url);
  desk->accounts_ = std::make_unique<accounts::Accounts>(
      accounts::Ports{.database = *parts.foundation.database,
                      .vault = vault,
                      .index = desk->index_,
                      .pseudonyms = desk->pseudonyms_,
                      .challenges = desk->challenges_,
                      .token_key = desk->token_key_,
                      .customers = parts.customers,
                      .history = *desk->history_,
                      .cards = desk->cards_,
                      .hasher = *desk->hasher_,
                      .strangers = *desk->strangers_,
                      .breached = parts.breached,
                      .send_mail = parts.send_mail,
                      .clock = parts.clock,
                      .random = parts.random,
                      .shop_id = parts.config.id,
                      .shop_name = parts.config.name,
                      .locales = parts.config.locales,
                      .public_url = public_url,
                      .relying_party = {.id = host_of(public_url), .origins = {public_url}}});
  return desk;
}

void AccountDesk::know_orders(orders::OrderService& orders) {
  history_->know(orders);
}

void AccountDesk::stop() {
  // In this order: a sign-in that ends may have its password hashed anew by the other.
  strangers_.reset();
  hasher_.reset();
}

Result<CustomerId> AccountDesk::account_of(const vault::SessionSecret& session,
                                           const std::string& reply_thumbprint) {
  return accounts_->account_of(session, reply_thumbprint);
}

Result<std::optional<vault::PaymentToken>> AccountDesk::tokenize(
    Use use, payments::PaymentProvider& provider) {
  return cards_.tokenize({.account = std::move(use.account),
                          .card = std::move(use.card),
                          .security_code = std::move(use.security_code),
                          .received_at = use.received_at,
                          .is_delivered = use.is_delivered},
                         provider);
}

}  // namespace dermaga::shop

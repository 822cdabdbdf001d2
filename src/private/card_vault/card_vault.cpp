#include "card_vault/card_vault.h"

#include <span>
#include <string_view>
#include <utility>

#include "brand.h"
#include "metrics/metrics.h"
#include "proofs/tries.h"

namespace dermaga::card_vault {
namespace {

constexpr std::size_t kShownDigits = 4;

vault::FieldPlace number_place(const std::string& id) {
  return {"account_cards", "number_sealed", id};
}
vault::FieldPlace shown_place(const std::string& id) {
  return {"account_cards", "shown_sealed", id};
}

// "visa 4242"
vault::SecretText shown_text(const vault::CardNumber& number) {
  const std::string_view digits = number.reveal();
  return vault::SecretText(std::string(brand_of(digits)) + " " +
                           std::string(digits.substr(digits.size() - kShownDigits)));
}

// The month whose end `ends` is.
std::chrono::year_month month_before(UtcTime ends) {
  const auto last_day = std::chrono::floor<std::chrono::days>(ends - std::chrono::milliseconds(1));
  const std::chrono::year_month_day date(last_day);
  return date.year() / date.month();
}

struct Row {
  std::string id;
  std::string number_sealed;
  std::string shown_sealed;
  UtcTime expires_at;
  UtcTime saved_at;
};

Result<std::vector<Row>> rows_of(store::Connection& connection, const CustomerId& account) {
  std::vector<Row> rows;
  const store::Parameter whose[] = {std::string_view(account.str())};
  RETURN_IF_ERROR(connection.query(
      "SELECT card_id, number_sealed, shown_sealed, expires_at, saved_at FROM account_cards WHERE "
      "customer_id = $1 ORDER BY saved_at, card_id",
      whose, [&rows](const store::Row& row) -> Status {
        rows.push_back({.id = std::string(row.text(0)),
                        .number_sealed = std::string(row.blob(1)),
                        .shown_sealed = std::string(row.blob(2)),
                        .expires_at = from_unix_ms(row.integer(3)),
                        .saved_at = from_unix_ms(row.integer(4))});
        return {};
      }));
  return rows;
}

// How long a card may be saved and used.
bool is_over(UtcTime expires_at, UtcTime at) {
  return expires_at + kGraceOfExpiry <= at;
}

Status set_month(store::Connection& connection, const std::string& id, UtcTime expires_at,
                 UtcTime now) {
  const store::Parameter row[] = {std::string_view(id), to_unix_ms(expires_at), to_unix_ms(now)};
  RETURN_IF_ERROR(connection.execute(
      "UPDATE account_cards SET expires_at = $2, saved_at = $3 WHERE card_id = $1", row));
  return {};
}

Result<ShownCard> shown(const Row& row, const vault::FieldKey& key, UtcTime now) {
  ShownCard card;
  ASSIGN_OR_RETURN(card.id, CardId::parse(row.id));
  ASSIGN_OR_RETURN(const auto text, key.open_field(shown_place(row.id), row.shown_sealed));
  const std::size_t space = text.reveal().find(' ');
  if (space == std::string_view::npos) {
    return make_error(ErrorCode::kCorrupt, "what is shown of card " + row.id + " is damaged");
  }
  card.brand = text.reveal().substr(0, space);
  card.last_four = text.reveal().substr(space + 1);
  const auto month = month_before(row.expires_at);
  card.expiry_month = static_cast<unsigned>(month.month());
  card.expiry_year = static_cast<int>(month.year());
  card.is_expired = is_over(row.expires_at, now);
  card.saved_at = row.saved_at;
  return card;
}

}  // namespace

UtcTime ends_at(std::int64_t expiry_month, std::int64_t expiry_year) {
  const auto last = std::chrono::year(static_cast<int>(expiry_year)) /
                    std::chrono::month(static_cast<unsigned>(expiry_month));
  return UtcTime(std::chrono::sys_days((last + std::chrono::months(1)) / std::chrono::day(1)));
}

CardVault::CardVault(const Ports& ports, bool is_on) : ports_(ports), is_on_(is_on) {
  if (ports.registry != nullptr) {
    const auto counter = [&](const char* outcome) {
      return &ports.registry->counter("dermaga_card_vault_uses_total",
                                      "Saved cards turned into a payment provider's token",
                                      {{"outcome", outcome}});
    };
    tokens_ = counter("token");
    failures_ = counter("refused");
  }
}

Status CardVault::save(store::Connection& connection, const CustomerId& account,
                       const vault::FieldKey& key, const Card& card) {
  const UtcTime now = ports_.clock.now();
  const UtcTime expires_at = ends_at(card.expiry_month, card.expiry_year);
  if (is_over(expires_at, now)) {
    return make_error(ErrorCode::kInvalidArgument, "the card has expired");
  }
  ASSIGN_OR_RETURN(const auto rows, rows_of(connection, account));
  std::size_t others = 0;
  for (const Row& row : rows) {
    // One that does not open any more is another's number.
    const auto number = key.open_field(number_place(row.id), row.number_sealed);
    if (number.has_value() && number->reveal() == card.number.reveal()) {
      return set_month(connection, row.id, expires_at, now);
    }
    ++others;
  }
  if (others >= kCardsMax) {
    return make_error(ErrorCode::kOverloaded, "an account has at most 10 cards");
  }
  const std::string id = CardId::from_bytes(ports_.random.bytes(15)).str();
  const std::string number_sealed = key.seal_field(number_place(id), card.number, ports_.random);
  const std::string shown_sealed =
      key.seal_field(shown_place(id), shown_text(card.number), ports_.random);
  const store::Parameter row[] = {std::string_view(id),       std::string_view(account.str()),
                                  store::Blob{number_sealed}, store::Blob{shown_sealed},
                                  to_unix_ms(expires_at),     to_unix_ms(now)};
  RETURN_IF_ERROR(connection.execute(
      "INSERT INTO account_cards (card_id, customer_id, number_sealed, shown_sealed, expires_at, "
      "saved_at) VALUES ($1, $2, $3, $4, $5, $6)",
      row));
  return {};
}

Status CardVault::remove(store::Connection& connection, const CustomerId& account,
                         const CardId& id) {
  const store::Parameter keys[] = {std::string_view(id.str()), std::string_view(account.str())};
  ASSIGN_OR_RETURN(const auto removed,
                   connection.execute(
                       "DELETE FROM account_cards WHERE card_id = $1 AND customer_id = $2", keys));
  return removed == 1 ? Status() : make_error(ErrorCode::kNotFound, "there is no such card");
}

Result<std::vector<ShownCard>> CardVault::list(store::Connection& connection,
                                               const CustomerId& account,
                                               const vault::FieldKey& key) const {
  ASSIGN_OR_RETURN(const auto rows, rows_of(connection, account));
  std::vector<ShownCard> cards;
  for (const Row& row : rows) {
    ASSIGN_OR_RETURN(auto card, shown(row, key, ports_.clock.now()));
    cards.push_back(std::move(card));
  }
  return cards;
}

Result<std::optional<vault::PaymentToken>> CardVault::tokenize(
    Use use, payments::PaymentProvider& provider) {
  auto token = try_tokenize(std::move(use), provider);
  const bool is_good = token.has_value() && token->has_value();
  if (metrics::Counter* const counter = is_good ? tokens_ : failures_; counter != nullptr) {
    counter->increment();
  }
  return token;
}

Result<std::optional<vault::PaymentToken>> CardVault::try_tokenize(
    Use use, payments::PaymentProvider& provider) {
  if (!is_on_) {
    return std::nullopt;
  }
  const proofs::Budget budget{.key = "shopper|card|" + use.card.str(), .tries_max = kTriesOfCard};
  const bool counts = !use.is_delivered;
  ASSIGN_OR_RETURN(const auto card, open(std::move(use)));
  if (!card.has_value()) {
    return std::nullopt;
  }
  if (counts) {
    ASSIGN_OR_RETURN(const auto connection, proofs::connect_unsynced(ports_.database));
    RETURN_IF_ERROR(proofs::take_try(*connection, std::span(&budget, 1), ports_.clock.now()));
  }
  ASSIGN_OR_RETURN(auto token, provider.tokenize(*card));
  return token;
}

Result<std::optional<payments::Card>> CardVault::open(Use use) const {
  std::optional<payments::Card> card;
  ASSIGN_OR_RETURN(const auto connection, ports_.database.connect_read_only());
  const store::Parameter keys[] = {std::string_view(use.card.str()),
                                   std::string_view(use.account.str())};
  RETURN_IF_ERROR(connection->query(
      "SELECT c.number_sealed, c.expires_at, a.wrapped_key FROM account_cards c JOIN accounts a ON "
      "a.customer_id = c.customer_id WHERE c.card_id = $1 AND c.customer_id = $2",
      keys, [&](const store::Row& row) -> Status {
        const UtcTime expires_at = from_unix_ms(row.integer(1));
        if (is_over(expires_at, use.received_at)) {
          return {};
        }
        ASSIGN_OR_RETURN(const auto key, ports_.vault.unwrap(use.account, row.blob(2)));
        ASSIGN_OR_RETURN(const auto number,
                         key.open_field(number_place(use.card.str()), row.blob(0)));
        const auto month = month_before(expires_at);
        card.emplace(payments::Card{.number = vault::CardNumber(std::string(number.reveal())),
                                    .expiry_month = static_cast<unsigned>(month.month()),
                                    .expiry_year = static_cast<int>(month.year()),
                                    .security_code = std::move(use.security_code)});
        return {};
      }));
  return card;
}

Status CardVault::forget_expired(store::Connection& connection) const {
  const store::Parameter latest[] = {to_unix_ms(ports_.clock.now() - kKeptAfterExpiry)};
  RETURN_IF_ERROR(connection.execute("DELETE FROM account_cards WHERE expires_at <= $1", latest));
  return {};
}

Result<std::int64_t> CardVault::count(store::Connection& connection) const {
  std::int64_t cards = 0;
  RETURN_IF_ERROR(connection.query("SELECT count(*) FROM account_cards", {},
                                   [&cards](const store::Row& row) -> Status {
                                     cards = row.integer(0);
                                     return {};
                                   }));
  return cards;
}

Result<std::int64_t> CardVault::clear(store::Connection& connection) {
  return connection.execute("DELETE FROM account_cards");
}

}  // namespace dermaga::card_vault

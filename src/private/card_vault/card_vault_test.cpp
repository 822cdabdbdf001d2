#include "card_vault/card_vault.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "brand.h"
#include "payments/sandbox.h"
#include "test_store/test_store.h"

namespace dermaga::card_vault {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const CustomerId kSari = CustomerId::parse("cus_sari").value();
const CustomerId kBudi = CustomerId::parse("cus_budi").value();
constexpr std::string_view kApproved = "4242424242424242";
constexpr std::string_view kChallenged = "4000000000003220";

// Two accounts with keys of their own.
class CardVaultTest : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/dermaga-cards-XXXXXX";
    ASSERT_NE(::mkdtemp(name), nullptr);
    folder_ = name;
    database_ = test_store::open(folder_);
    connection_ = database_->connect().value();
    keys_ = vault::Vault::open(folder_ + "/keys", system_random()).value();
    turn(true);
    for (const CustomerId* account : {&kSari, &kBudi}) {
      auto made = keys_->new_customer_key(*account, system_random());
      account_keys_.push_back(std::move(made.key));
      const store::Parameter row[] = {std::string_view(account->str()), store::Blob{account->str()},
                                      store::Blob{made.wrapped},
                                      static_cast<std::int64_t>(made.kek_version)};
      ASSERT_TRUE(connection_
                      ->execute("INSERT INTO accounts VALUES ($1, $2, $3, $4, $2, $2, $2, 'id', "
                                "'', 1, 1, 1, 1)",
                                row)
                      .has_value());
    }
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  void turn(bool on) { cards_ = std::make_unique<CardVault>(ports(), on); }
  Ports ports() {
    return {.database = *database_, .vault = *keys_, .clock = clock_, .random = system_random()};
  }
  const vault::FieldKey& key_of(const CustomerId& account) {
    return account_keys_[account == kSari ? 0 : 1];
  }
  Status save(std::string_view number, std::int64_t month = 12, std::int64_t year = 2030,
              const CustomerId& account = kSari) {
    return cards_->save(*connection_, account, key_of(account),
                        {.number = vault::CardNumber(std::string(number)),
                         .expiry_month = month,
                         .expiry_year = year});
  }
  std::vector<ShownCard> list(const CustomerId& account = kSari) {
    return cards_->list(*connection_, account, key_of(account)).value();
  }
  Use use_of(const CardId& id, const CustomerId& account = kSari) {
    return {.account = account,
            .card = id,
            .security_code = vault::CardSecurityCode("123"),
            .received_at = clock_.now()};
  }
  // The token; "none" where there is no such card, the error's code where there is one.
  std::string token(Use use) {
    const auto answered = cards_->tokenize(std::move(use), *provider_);
    if (!answered.has_value()) {
      return std::string(error_code_name(answered.error().code()));
    }
    const std::optional<vault::PaymentToken>& token = *answered;
    return token.has_value() ? std::string(token->reveal()) : "none";
  }
  std::string token_of(const CardId& id, const CustomerId& account = kSari) {
    return token(use_of(id, account));
  }
  // Every byte of the table.
  std::string stored() {
    std::string all;
    CHECK(connection_
              ->query("SELECT card_id, number_sealed, shown_sealed FROM account_cards", {},
                      [&all](const store::Row& row) -> Status {
                        all.append(row.text(0)).append(row.blob(1)).append(row.blob(2));
                        return {};
                      })
              .has_value());
    return all;
  }

  std::string folder_;
  ManualClock clock_{from_unix_ms(1'796'000'000'000)};  // 2026-11-30
  std::unique_ptr<store::Database> database_;
  std::unique_ptr<store::Connection> connection_;
  std::unique_ptr<vault::Vault> keys_;
  std::vector<vault::FieldKey> account_keys_;
  std::unique_ptr<payments::PaymentProvider> provider_ = payments::make_sandbox({});
  std::unique_ptr<CardVault> cards_;
};

TEST_F(CardVaultTest, ShowsBrandAndLastFour) {
  ASSERT_TRUE(save(kApproved, 2, 2028).has_value());
  const auto cards = list();
  ASSERT_EQ(cards.size(), 1);
  EXPECT_EQ(cards[0].brand, "visa");
  EXPECT_EQ(cards[0].last_four, "4242");
  EXPECT_EQ(cards[0].expiry_month, 2);
  EXPECT_EQ(cards[0].expiry_year, 2028);
  EXPECT_FALSE(cards[0].is_expired);
  EXPECT_TRUE(list(kBudi).empty());
}

TEST_F(CardVaultTest, KeepsNothingReadable) {
  ASSERT_TRUE(save(kApproved).has_value());
  EXPECT_THAT(stored(), Not(HasSubstr(kApproved)));
  EXPECT_THAT(stored(), Not(HasSubstr("4242")));
  EXPECT_THAT(stored(), Not(HasSubstr("visa")));
}

TEST_F(CardVaultTest, PaysOnlyForItsAccount) {
  ASSERT_TRUE(save(kApproved).has_value());
  clock_.advance(std::chrono::milliseconds(1));
  ASSERT_TRUE(save(kChallenged).has_value());
  const auto cards = list();
  EXPECT_EQ(token_of(cards[0].id), "tok_approve");
  EXPECT_EQ(token_of(cards[1].id), "tok_challenge");
  EXPECT_EQ(token_of(cards[0].id, kBudi), "none");
  EXPECT_EQ(token_of(CardId::parse("card_other").value()), "none");
}

// What the provider gets is the whole card.
TEST_F(CardVaultTest, TheProviderGetsTheCardAsItWasPrinted) {
  class Listening final : public payments::PaymentProvider {
   public:
    std::string_view name() const override { return "listening"; }
    Result<vault::PaymentToken> tokenize(const payments::Card& card) override {
      heard = std::string(card.number.reveal()) + " " + std::to_string(card.expiry_month) + "/" +
              std::to_string(card.expiry_year) + " " + std::string(card.security_code.reveal());
      return make_error(ErrorCode::kInvalidArgument, "not this one");
    }
    void charge(payments::Charge, Done) override {}
    void answer_challenge(payments::Charge, vault::ChallengeCode, Done) override {}
    void refund(payments::Refund, std::function<void(Result<std::string>)>) override {}
    void on_webhook(std::function<void(payments::ChargeResult)>) override {}
    std::string heard;
  } listening;
  ASSERT_TRUE(save(kApproved, 12, 2026).has_value());
  Use use = use_of(list()[0].id);
  use.security_code = vault::CardSecurityCode("7890");
  const auto refused = cards_->tokenize(std::move(use), listening);
  EXPECT_EQ(refused.error().code(), ErrorCode::kInvalidArgument);
  EXPECT_EQ(listening.heard, "4242424242424242 12/2026 7890");
}

// Whoever has the page with its id open still pays with it.
TEST_F(CardVaultTest, TheSameNumberAgainIsTheSameCard) {
  ASSERT_TRUE(save(kApproved, 1, 2027).has_value());
  const CardId id = list()[0].id;
  ASSERT_TRUE(save(kApproved, 1, 2031).has_value());
  const auto cards = list();
  ASSERT_EQ(cards.size(), 1);
  EXPECT_EQ(cards[0].id, id);
  EXPECT_EQ(cards[0].expiry_year, 2031);
  EXPECT_EQ(token_of(id), "tok_approve");
  ASSERT_TRUE(save(kApproved, 1, 2031, kBudi).has_value());
  EXPECT_EQ(list().size() + list(kBudi).size(), 2);
}

TEST_F(CardVaultTest, TenOfOneAccount) {
  for (int i = 0; i < static_cast<int>(kCardsMax); ++i) {
    ASSERT_TRUE(save("40000000000000" + std::to_string(10 + i)).has_value());
  }
  EXPECT_EQ(save(kApproved).error().code(), ErrorCode::kOverloaded);
  EXPECT_TRUE(save("4000000000000010", 1, 2033).has_value()) << "one that is there already";
  EXPECT_EQ(list().size(), kCardsMax);
}

TEST_F(CardVaultTest, ExpiresWithItsLastMonth) {
  EXPECT_EQ(save(kApproved, 10, 2026).error().code(), ErrorCode::kInvalidArgument);
  ASSERT_TRUE(save(kApproved, 11, 2026).has_value());
  const CardId id = list()[0].id;
  const UtcTime over = ends_at(11, 2026) + kGraceOfExpiry;
  clock_.set_wall(over - std::chrono::milliseconds(1));
  EXPECT_EQ(token_of(id), "tok_approve");
  EXPECT_FALSE(list()[0].is_expired);
  Use in_time = use_of(id);  // of an order that a spool kept
  clock_.set_wall(over);
  EXPECT_EQ(token_of(id), "none");
  EXPECT_EQ(token(std::move(in_time)), "tok_approve");
  EXPECT_TRUE(list()[0].is_expired);
  clock_.set_wall(ends_at(11, 2026) + kKeptAfterExpiry - std::chrono::milliseconds(1));
  ASSERT_TRUE(cards_->forget_expired(*connection_).has_value());
  EXPECT_EQ(list().size(), 1);
  clock_.set_wall(ends_at(11, 2026) + kKeptAfterExpiry);
  ASSERT_TRUE(cards_->forget_expired(*connection_).has_value());
  EXPECT_TRUE(list().empty());
}

TEST_F(CardVaultTest, MonthsEndWhereTheNextBegins) {
  EXPECT_EQ(format_rfc3339(ends_at(12, 2026)), "2027-01-01T00:00:00Z");
  EXPECT_EQ(format_rfc3339(ends_at(2, 2028)), "2028-03-01T00:00:00Z");
}

TEST_F(CardVaultTest, IsRemovedByItsOwnerOnly) {
  ASSERT_TRUE(save(kApproved).has_value());
  const CardId id = list()[0].id;
  EXPECT_EQ(cards_->remove(*connection_, kBudi, id).error().code(), ErrorCode::kNotFound);
  EXPECT_TRUE(cards_->remove(*connection_, kSari, id).has_value());
  EXPECT_EQ(cards_->remove(*connection_, kSari, id).error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(token_of(id), "none");
}

TEST_F(CardVaultTest, GuessedCodesEnd) {
  ASSERT_TRUE(save(kApproved).has_value());
  ASSERT_TRUE(save(kChallenged).has_value());
  const CardId id = list()[0].id;
  for (int i = 0; i < kTriesOfCard; ++i) {
    EXPECT_NE(token_of(id), "rate_limited");
  }
  EXPECT_EQ(token_of(id), "rate_limited");
  EXPECT_NE(token_of(list()[1].id), "rate_limited") << "each card has its own";
  Use delivered = use_of(id);
  delivered.is_delivered = true;
  EXPECT_NE(token(std::move(delivered)), "rate_limited");
  clock_.advance(std::chrono::minutes(15));
  EXPECT_NE(token_of(id), "rate_limited");
}

// What cannot be read keeps nobody from saving another.
TEST_F(CardVaultTest, ADamagedNumberIsAnothers) {
  ASSERT_TRUE(save(kApproved).has_value());
  ASSERT_TRUE(
      connection_->execute("UPDATE account_cards SET number_sealed = shown_sealed").has_value());
  EXPECT_TRUE(save(kApproved).has_value());
  EXPECT_EQ(list().size(), 2);
}

TEST_F(CardVaultTest, TurnedOffItUsesNothing) {
  ASSERT_TRUE(save(kApproved).has_value());
  const CardId id = list()[0].id;
  turn(false);
  EXPECT_EQ(token_of(id), "none");
  EXPECT_EQ(list().size(), 1);
  EXPECT_EQ(cards_->count(*connection_).value(), 1);
  EXPECT_EQ(cards_->clear(*connection_).value(), 1);
  EXPECT_EQ(cards_->count(*connection_).value(), 0);
}

// A row that somebody moved to another account opens for neither.
TEST_F(CardVaultTest, AMovedRowDoesNotOpen) {
  ASSERT_TRUE(save(kApproved).has_value());
  const CardId id = list()[0].id;
  const store::Parameter to[] = {std::string_view(kBudi.str())};
  ASSERT_TRUE(connection_->execute("UPDATE account_cards SET customer_id = $1", to).has_value());
  EXPECT_EQ(token_of(id, kBudi), "corrupt");
}

TEST(Brand, IsToldByTheFirstDigits) {
  for (const auto& [number, brand] :
       std::vector<std::pair<const char*, const char*>>{{"4242424242424242", "visa"},
                                                        {"5555555555554444", "mastercard"},
                                                        {"2223003122003222", "mastercard"},
                                                        {"2720990000000000", "mastercard"},
                                                        {"2721000000000000", "other"},
                                                        {"378282246310005", "amex"},
                                                        {"341111111111111", "amex"},
                                                        {"3566002020360505", "jcb"},
                                                        {"6200000000000005", "unionpay"},
                                                        {"6011111111111117", "discover"},
                                                        {"6500000000000002", "discover"},
                                                        {"6449999999999999", "discover"},
                                                        {"5019717010103742", "other"},
                                                        {"9704000000000018", "other"}}) {
    EXPECT_EQ(brand_of(number), brand) << number;
  }
}

}  // namespace
}  // namespace dermaga::card_vault

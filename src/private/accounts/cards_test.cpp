#include "test_accounts.h"
#include "verify/verify.h"

namespace dermaga::accounts {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class CardsTest : public AccountsTest {
 protected:
  void SetUp() override { session_ = new_account(); }

  Reply save(const std::string& number, std::int64_t year = 2030, const std::string& session = "") {
    return ask_as(session.empty() ? session_ : session, CallMethod::kAccountSaveCard,
                  [&](OpenedCall& call) {
                    call.account.card.emplace();
                    call.account.card->number = vault::CardNumber(number);
                    call.account.card->expiry_month = 12;
                    call.account.card->expiry_year = year;
                  });
  }
  Reply remove(const std::string& session, const std::string& id) {
    return ask_as(session, CallMethod::kAccountRemoveCard,
                  [&](OpenedCall& call) { call.account.id = id; });
  }
  Reply show() { return ask_as(session_, CallMethod::kAccountShow); }
  static std::string card_id(const std::string& json) {
    const std::size_t at = json.find("card_");
    return json.substr(at, json.find('"', at) - at);
  }

  std::string session_;
};

TEST_F(CardsTest, OneIsSavedShownAndRemoved) {
  EXPECT_THAT(show().json, HasSubstr(R"("cards":[])"));
  const std::string json = save("4242424242424242").json;
  EXPECT_THAT(json, HasSubstr(R"("brand":"visa","last_four":"4242","expiry_month":12,)"
                              R"("expiry_year":2030,"expired":false,"saved_at":")"));
  EXPECT_THAT(json, Not(HasSubstr("42424")));
  const std::string id = card_id(json);
  EXPECT_THAT(remove(session_, id).json, HasSubstr(R"("cards":[])"));
  EXPECT_EQ(remove(session_, id).refused.code, "not_found");
  EXPECT_EQ(remove(session_, "adr_1").refused.code, "not_found");
}

TEST_F(CardsTest, TheExportTellsOfItAndNotItsNumber) {
  ASSERT_TRUE(save("4242424242424242").is_good());
  const std::string json = ask_as(session_, CallMethod::kAccountExport).json;
  EXPECT_THAT(json, HasSubstr(R"("last_four":"4242")"));
  EXPECT_THAT(json, Not(HasSubstr("42424")));
}

TEST_F(CardsTest, WhatCannotBeSaved) {
  EXPECT_EQ(save("4242424242424242", 2025).refused.code, "card_expired");
  for (int i = 0; i < static_cast<int>(card_vault::kCardsMax); ++i) {
    ASSERT_TRUE(save("40000000000000" + std::to_string(10 + i)).is_good());
  }
  EXPECT_EQ(save("4242424242424242").refused.code, "limit_reached");
  EXPECT_EQ(number("SELECT COUNT(*) FROM account_cards"), 10);
}

TEST_F(CardsTest, IsNobodyElses) {
  const std::string id = card_id(save("4242424242424242").json);
  const std::string other = new_account("budi@example.test", "kereta api ke Malang");
  EXPECT_EQ(remove(other, id).refused.code, "not_found");
  EXPECT_EQ(number("SELECT COUNT(*) FROM account_cards"), 1);
  EXPECT_EQ(save("4242424242424242", 2030, "not a session").refused.code, "session_ended");
}

TEST_F(CardsTest, GoesWithTheAccount) {
  ASSERT_TRUE(save("4242424242424242").is_good());
  ASSERT_TRUE(ask_as(session_, CallMethod::kAccountErase, [](OpenedCall& call) {
                call.account.password = vault::Password(kPassword);
              }).is_good());
  EXPECT_EQ(number("SELECT COUNT(*) FROM account_cards"), 0);
}

TEST_F(CardsTest, GoesByItselfAfterItsLastMonth) {
  ASSERT_TRUE(save("4242424242424242", 2026).is_good());
  clock_.set_wall(card_vault::ends_at(12, 2026));
  ASSERT_TRUE(accounts_->forget_what_is_over().has_value());
  EXPECT_EQ(number("SELECT COUNT(*) FROM account_cards"), 1);
  clock_.set_wall(card_vault::ends_at(12, 2026) + card_vault::kKeptAfterExpiry);
  ASSERT_TRUE(accounts_->forget_what_is_over().has_value());
  EXPECT_EQ(number("SELECT COUNT(*) FROM account_cards"), 0);
}

TEST_F(CardsTest, AShopWithoutAVaultSaysSo) {
  const std::string id = card_id(save("4242424242424242").json);
  turn_card_vault(false);
  EXPECT_THAT(show().json, HasSubstr(R"("cards":null)"));
  EXPECT_THAT(ask_as(session_, CallMethod::kAccountExport).json, HasSubstr(R"("last_four":"4242")"))
      << "it is still there";
  EXPECT_EQ(save("4000000000003220").refused.code, "card_vault_off");
  EXPECT_THAT(remove(session_, id).json, HasSubstr(R"("cards":null)"))
      << "still the person's to end";
  EXPECT_EQ(number("SELECT COUNT(*) FROM account_cards"), 0);
}

TEST_F(CardsTest, VerifyOpensBothOfItsFields) {
  ASSERT_TRUE(save("4242424242424242").is_good());
  const auto report = [&] {
    const auto reader = shop_.database->connect_read_only().value();
    return verify::verify(*reader, shop_.database->dialect(), {.vault = shop_.vault.get()}).value();
  };
  const auto whole = report();
  EXPECT_TRUE(whole.breaches.empty());
  CHECK(connection_->execute("UPDATE account_cards SET number_sealed = shown_sealed").has_value());
  ASSERT_EQ(report().breaches.size(), 1);
  EXPECT_THAT(report().breaches[0].detail, HasSubstr("number_sealed"));
}

}  // namespace
}  // namespace dermaga::accounts

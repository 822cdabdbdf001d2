#include "test_accounts.h"

namespace dermaga::accounts {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class SignUpTest : public AccountsTest {};

TEST_F(SignUpTest, AMailedCodeAndThePasswordMakeAnAccount) {
  EXPECT_EQ(sign_up().json, R"({"status":"mail_sent"})");
  ASSERT_EQ(mails(), 1u);
  EXPECT_EQ(mails_.front().to.reveal(), "sari.dewi@example.test");
  EXPECT_THAT(last_mail(), HasSubstr(kOrigin + "/id/account/verify#"));
  EXPECT_EQ(number("SELECT COUNT(*) FROM accounts"), 0);
  const Reply verified = verify(mailed_code());
  ASSERT_TRUE(verified.is_good()) << verified.refused.code;
  EXPECT_EQ(text_in(verified.json, "session").size(), 43u);
  EXPECT_EQ(number("SELECT COUNT(*) FROM accounts"), 1);
  EXPECT_EQ(number("SELECT COUNT(*) FROM account_sign_ups"), 0);
  EXPECT_EQ(number("SELECT COUNT(*) FROM account_consents WHERE given = 1"), 1);
}

// Somebody else's address does not become an account by its owner clicking a link.
TEST_F(SignUpTest, TheCodeAloneIsNotEnough) {
  ASSERT_TRUE(sign_up().is_good());
  EXPECT_EQ(verify(mailed_code(), "a stranger's guess 7").refused.code, "password_wrong");
  EXPECT_EQ(number("SELECT COUNT(*) FROM accounts"), 0);
  EXPECT_TRUE(verify(mailed_code()).is_good());
}

TEST_F(SignUpTest, GuessingThePasswordOfACodeEnds) {
  ASSERT_TRUE(sign_up().is_good());
  for (int i = 0; i < kTriesOfCode; ++i) {
    EXPECT_EQ(verify(mailed_code(), "guess number " + std::to_string(i)).refused.code,
              "password_wrong");
  }
  EXPECT_EQ(verify(mailed_code()).refused.code, "rate_limited");
}

TEST_F(SignUpTest, ACodeIsGoodOnceAndForADay) {
  ASSERT_TRUE(sign_up().is_good());
  const std::string code = mailed_code();
  EXPECT_EQ(verify("x" + code.substr(1)).refused.code, "code_invalid");
  clock_.advance(kSignUpLifetime);
  EXPECT_EQ(verify(code).refused.code, "code_invalid");
  clock_.advance(std::chrono::minutes(15));
  ASSERT_TRUE(sign_up().is_good());
  EXPECT_EQ(number("SELECT COUNT(*) FROM account_sign_ups"), 1) << "the old one is forgotten";
  const std::string second = mailed_code();
  EXPECT_TRUE(verify(second).is_good());
  EXPECT_EQ(verify(second).refused.code, "code_invalid");
}

TEST_F(SignUpTest, OfTwoSignUpsTheFirstToBeConfirmedCounts) {
  ASSERT_TRUE(sign_up(kEmail, "kata sandi pertama").is_good());
  const std::string first = mailed_code();
  ASSERT_TRUE(sign_up(kEmail, "kata sandi kedua").is_good());
  EXPECT_TRUE(verify(mailed_code(), "kata sandi kedua").is_good());
  EXPECT_EQ(verify(first, "kata sandi pertama").refused.code, "code_invalid");
  EXPECT_EQ(number("SELECT COUNT(*) FROM accounts"), 1);
}

// The answer is the same; whoever reads the mail learns it.
TEST_F(SignUpTest, WhoHasAnAccountIsToldByMailOnly) {
  new_account();
  const Reply again = sign_up("  SARI.dewi@example.TEST");
  EXPECT_EQ(again.json, R"({"status":"mail_sent"})");
  EXPECT_THAT(last_mail(), HasSubstr("/id/account/sign-in"));
  EXPECT_THAT(last_mail(), Not(HasSubstr("#")));
  EXPECT_EQ(number("SELECT COUNT(*) FROM account_sign_ups"), 0);
}

TEST_F(SignUpTest, AnAddressGetsFewMails) {
  for (int i = 0; i < 6; ++i) {
    EXPECT_EQ(sign_up().json, R"({"status":"mail_sent"})");
  }
  EXPECT_EQ(mails(), static_cast<std::size_t>(kMailsOfAddress));
  EXPECT_TRUE(sign_up("other@example.test").is_good());
  EXPECT_EQ(mails(), static_cast<std::size_t>(kMailsOfAddress) + 1);
}

TEST_F(SignUpTest, RefusedOnes) {
  EXPECT_EQ(sign_up(kEmail, "password12").refused.code, "password_breached");
  EXPECT_EQ(sign_up(kEmail, "short").refused.code, "password_too_short");
  EXPECT_EQ(sign_up(kEmail, "saridewi88").refused.code, "password_is_about_you");
  const Reply purpose = ask(CallMethod::kAccountSignUp, [](OpenedCall& call) {
    call.account.email = vault::EmailAddress(kEmail);
    call.account.password = vault::Password(kPassword);
    call.account.name = vault::PersonName("Sari");
    call.account.consents = {"everything"};
  });
  EXPECT_EQ(purpose.refused.http_status, 400);
  mails_fail_ = true;
  EXPECT_EQ(sign_up("busy@example.test").refused.http_status, 503);
  EXPECT_EQ(number("SELECT COUNT(*) FROM accounts"), 0);
  EXPECT_EQ(mails(), 0u);
}

TEST_F(SignUpTest, NothingPersonalLiesInClear) {
  new_account();
  for (const std::string column : {"email_sealed", "name_sealed", "email_index", "wrapped_key"}) {
    ASSERT_TRUE(connection_
                    ->query("SELECT " + column + " FROM accounts", {},
                            [&](const store::Row& row) -> Status {
                              EXPECT_THAT(std::string(row.blob(0)), Not(HasSubstr("ari")))
                                  << column;
                              EXPECT_FALSE(row.blob(0).empty());
                              return {};
                            })
                    .has_value());
  }
}

}  // namespace
}  // namespace dermaga::accounts

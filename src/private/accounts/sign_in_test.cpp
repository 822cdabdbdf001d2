#include "digest/digest.h"
#include "shopper_token/shopper_token.h"
#include "test_accounts.h"

namespace dermaga::accounts {
namespace {

class SignInTest : public AccountsTest {};

TEST_F(SignInTest, ThePasswordOpensASessionAndATokenForThePublicZone) {
  new_account();
  const Reply reply = sign_in();
  ASSERT_TRUE(reply.is_good()) << reply.refused.code;
  const shopper_token::Verifier verifier(token_key_.public_key(), "toko");
  const auto claims = verifier.verify(text_in(reply.json, "token"), clock_.now());
  ASSERT_TRUE(claims.has_value());
  EXPECT_EQ(claims->pseudonym.find("cus"), std::string::npos);
  const Reply again = ask_as(text_in(reply.json, "session"), CallMethod::kAccountToken);
  EXPECT_EQ(verifier.verify(text_in(again.json, "token"), clock_.now())->pseudonym,
            claims->pseudonym);
}

TEST_F(SignInTest, WrongOnesAreRefusedAlike) {
  new_account();
  const Reply wrong = sign_in(kEmail, "not the password");
  const Reply nobody = sign_in("nobody@example.test", kPassword);
  EXPECT_EQ(wrong.refused.http_status, 401);
  EXPECT_EQ(wrong.refused.code, "sign_in_failed");
  EXPECT_EQ(nobody.refused.code, wrong.refused.code);
  EXPECT_EQ(nobody.refused.detail, wrong.refused.detail);
}

// Strangers use up their own tries, in whatever number of browsers; the owner's browser keeps its.
TEST_F(SignInTest, NobodyLocksTheOwnerOut) {
  new_account();
  for (int i = 0; i < kTriesOfAccount; ++i) {
    EXPECT_EQ(sign_in(kEmail, "guess", static_cast<char>('b' + i)).refused.code, "sign_in_failed");
  }
  EXPECT_EQ(sign_in(kEmail, kPassword, 'z').refused.code, "rate_limited");
  EXPECT_TRUE(sign_in(kEmail, kPassword, 'a').is_good()) << "the browser that signed up";
  clock_.advance(std::chrono::minutes(15));
  EXPECT_TRUE(sign_in(kEmail, kPassword, 'z').is_good());
}

TEST_F(SignInTest, TriesOfAddressesThatNobodyHasAreCountedToo) {
  for (int i = 0; i < kTriesOfAccount; ++i) {
    EXPECT_EQ(sign_in("nobody@example.test").refused.code, "sign_in_failed");
  }
  EXPECT_EQ(sign_in("nobody@example.test").refused.code, "rate_limited");
}

TEST_F(SignInTest, GoodOnesUseUpNothing) {
  new_account();
  for (int i = 0; i < 2 * kTriesOfKnownKey; ++i) {
    EXPECT_TRUE(sign_in().is_good());
  }
  EXPECT_EQ(number("SELECT COUNT(*) FROM account_sessions"),
            static_cast<std::int64_t>(kSessionsMax));
}

TEST_F(SignInTest, APasswordHashedCheaperIsHashedAnew) {
  new_account();
  open_with({.cost = {.memory_bytes = std::size_t{128} * 1024, .passes = 1}, .threads = 1});
  ASSERT_TRUE(sign_in().is_good());
  // It happens behind the answer.
  std::int64_t hashed_anew = 0;
  for (int i = 0; i < 2'000 && hashed_anew == 0; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    hashed_anew = number("SELECT COUNT(*) FROM accounts WHERE password_hash LIKE '%m=128,%'");
  }
  EXPECT_EQ(hashed_anew, 1);
  EXPECT_TRUE(sign_in().is_good());
}

TEST_F(SignInTest, ASessionBelongsToItsBrowser) {
  const std::string session = new_account();
  EXPECT_TRUE(ask_as(session, CallMethod::kAccountShow).is_good());
  const Reply other = ask_as(session, CallMethod::kAccountShow, [](OpenedCall&) {}, 'b');
  EXPECT_EQ(other.refused.code, "session_ended");
  EXPECT_EQ(ask_as("nonsense", CallMethod::kAccountShow).refused.code, "session_ended");
  const std::string own = browser('a').thumbprint();
  EXPECT_EQ(accounts_->account_of(vault::SessionSecret(session), own)->str(), customer_id());
  EXPECT_EQ(accounts_->account_of(vault::SessionSecret("x"), own).error().code(),
            ErrorCode::kUnauthenticated);
  EXPECT_EQ(accounts_->account_of(vault::SessionSecret(session), browser('b').thumbprint())
                .error()
                .code(),
            ErrorCode::kUnauthenticated);
}

TEST_F(SignInTest, SessionsEndWhenUnusedAndInAll) {
  const std::string session = new_account();
  for (int week = 0; week < 25; ++week) {
    clock_.advance(std::chrono::hours(7 * 24));
    EXPECT_TRUE(ask_as(session, CallMethod::kAccountShow).is_good()) << week;
  }
  clock_.advance(std::chrono::hours(7 * 24));
  EXPECT_EQ(ask_as(session, CallMethod::kAccountShow).refused.code, "session_ended");
  const std::string second = text_in(sign_in().json, "session");
  clock_.advance(kSessionIdle);
  EXPECT_EQ(ask_as(second, CallMethod::kAccountShow).refused.code, "session_ended");
  ASSERT_TRUE(accounts_->forget_what_is_over().has_value());
  EXPECT_EQ(number("SELECT COUNT(*) FROM account_sessions"), 0);
}

TEST_F(SignInTest, SigningOutHereAndEverywhere) {
  const std::string here = new_account();
  const std::string there = text_in(sign_in(kEmail, kPassword, 'b').json, "session");
  EXPECT_EQ(ask_as(here, CallMethod::kAccountSignOut).json, "{}");
  EXPECT_EQ(ask_as(here, CallMethod::kAccountShow).refused.code, "session_ended");
  EXPECT_TRUE(ask_as(there, CallMethod::kAccountShow, [](OpenedCall&) {}, 'b').is_good());
  const std::string back = text_in(sign_in().json, "session");
  EXPECT_TRUE(ask_as(back, CallMethod::kAccountSignOutEverywhere).is_good());
  EXPECT_EQ(ask_as(
                there, CallMethod::kAccountShow, [](OpenedCall&) {}, 'b')
                .refused.code,
            "session_ended");
}

TEST_F(SignInTest, SecretsAreKeptAsHashes) {
  const std::string session = new_account();
  EXPECT_EQ(number("SELECT COUNT(*) FROM account_sessions"), 1);
  ASSERT_TRUE(connection_
                  ->query("SELECT secret_hash FROM account_sessions", {},
                          [&](const store::Row& row) -> Status {
                            EXPECT_EQ(row.blob(0), digest::sha256(session));
                            return {};
                          })
                  .has_value());
}

}  // namespace
}  // namespace dermaga::accounts

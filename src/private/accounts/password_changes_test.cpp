#include "test_accounts.h"

namespace dermaga::accounts {
namespace {

using ::testing::HasSubstr;

const std::string kNewPassword = "kapal layar di dermaga";

class PasswordChangesTest : public AccountsTest {
 protected:
  Reply request_reset(const std::string& email = kEmail) {
    return ask(CallMethod::kAccountRequestPasswordReset,
               [&](OpenedCall& call) { call.account.email = vault::EmailAddress(email); });
  }
  Reply reset(const std::string& code, const std::string& password = kNewPassword) {
    return ask(CallMethod::kAccountResetPassword, [&](OpenedCall& call) {
      call.account.code = vault::MailedCode(code);
      call.account.password = vault::Password(password);
    });
  }
  Reply change(const std::string& session, const std::string& present,
               const std::string& wanted = kNewPassword) {
    return ask_as(session, CallMethod::kAccountChangePassword, [&](OpenedCall& call) {
      call.account.password = vault::Password(present);
      call.account.new_password = vault::Password(wanted);
    });
  }
};

TEST_F(PasswordChangesTest, AMailedCodeSetsANewOneAndEndsSessions) {
  const std::string old_session = new_account();
  EXPECT_EQ(request_reset().json, R"({"status":"mail_sent"})");
  EXPECT_THAT(last_mail(), HasSubstr(kOrigin + "/id/account/reset#"));
  const std::string code = mailed_code();
  EXPECT_EQ(reset(code, "1234567890").refused.code, "password_breached");
  const Reply done = reset(code);
  ASSERT_TRUE(done.is_good()) << done.refused.code;
  EXPECT_EQ(ask_as(old_session, CallMethod::kAccountShow).refused.code, "session_ended");
  EXPECT_TRUE(ask_as(text_in(done.json, "session"), CallMethod::kAccountShow).is_good());
  EXPECT_EQ(sign_in().refused.code, "sign_in_failed");
  EXPECT_TRUE(sign_in(kEmail, kNewPassword).is_good());
  EXPECT_EQ(reset(code, "another long one 5").refused.code, "code_invalid") << "once";
  EXPECT_THAT(mails_.back().subject, HasSubstr("telah diganti")) << "and its owner is told";
}

TEST_F(PasswordChangesTest, NobodyLearnsWhoHasAnAccount) {
  new_account();
  const std::size_t before = mails();
  EXPECT_EQ(request_reset("nobody@example.test").json, R"({"status":"mail_sent"})");
  EXPECT_EQ(mails(), before);
}

TEST_F(PasswordChangesTest, ACodeLivesForAnHour) {
  new_account();
  ASSERT_TRUE(request_reset().is_good());
  clock_.advance(kResetLifetime);
  EXPECT_EQ(reset(mailed_code()).refused.code, "code_invalid");
}

TEST_F(PasswordChangesTest, OneUsedCodeVoidsTheOthers) {
  new_account();
  ASSERT_TRUE(request_reset().is_good());
  const std::string first = mailed_code();
  ASSERT_TRUE(request_reset().is_good());
  ASSERT_TRUE(reset(mailed_code()).is_good());
  EXPECT_EQ(reset(first).refused.code, "code_invalid");
}

TEST_F(PasswordChangesTest, ChangingItNeedsThePresentOne) {
  const std::string session = new_account();
  const std::string other = text_in(sign_in(kEmail, kPassword, 'b').json, "session");
  EXPECT_EQ(change(session, "not it at all").refused.code, "password_wrong");
  EXPECT_EQ(change(session, kPassword, "password12").refused.code, "password_breached");
  EXPECT_EQ(change(session, kPassword, "saridewi1988").refused.code, "password_is_about_you");
  const Reply changed = change(session, kPassword);
  ASSERT_TRUE(changed.is_good()) << changed.refused.code;
  EXPECT_EQ(ask_as(session, CallMethod::kAccountShow).refused.code, "session_ended");
  EXPECT_EQ(ask_as(
                other, CallMethod::kAccountShow, [](OpenedCall&) {}, 'b')
                .refused.code,
            "session_ended");
  EXPECT_TRUE(ask_as(text_in(changed.json, "session"), CallMethod::kAccountShow).is_good());
}

TEST_F(PasswordChangesTest, WhoStoleASessionCannotGuessForever) {
  const std::string session = new_account();
  for (int i = 0; i < kTriesOfPassword; ++i) {
    EXPECT_EQ(change(session, "guess").refused.code, "password_wrong");
  }
  EXPECT_EQ(change(session, kPassword).refused.code, "rate_limited");
  EXPECT_TRUE(sign_in().is_good()) << "signing in has tries of its own";
}

}  // namespace
}  // namespace dermaga::accounts

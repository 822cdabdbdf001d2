#include "test_accounts.h"

namespace dermaga::accounts {
namespace {

using ::testing::HasSubstr;

const std::string kNewEmail = "Sari.Baru@Example.test";

class EmailChangesTest : public AccountsTest {
 protected:
  void SetUp() override { session_ = new_account(); }

  Reply change(const std::string& email = kNewEmail, const std::string& password = kPassword) {
    return ask_as(session_, CallMethod::kAccountChangeEmail, [&](OpenedCall& call) {
      call.account.email = vault::EmailAddress(email);
      call.account.password = vault::Password(password);
    });
  }
  // The newest mail to an address.
  Mail* mail_to(const std::string& address) {
    for (auto mail = mails_.rbegin(); mail != mails_.rend(); ++mail) {
      if (mail->to.reveal() == address) {
        return &*mail;
      }
    }
    return nullptr;
  }
  std::string code_to(const std::string& address) {
    const std::string text(mail_to(address)->text.reveal());
    const std::size_t from = text.find('#') + 1;
    return text.substr(from, text.find('\n', from) - from);
  }
  std::string address_shown() {
    const std::string json = ask_as(session_, CallMethod::kAccountShow).json;
    const std::size_t at = json.find(R"("email":")") + 9;
    return json.substr(at, json.find('"', at) - at);
  }

  std::string session_;
};

TEST_F(EmailChangesTest, TheNewAddressIsTheAccountsOnceItsMailCameBack) {
  EXPECT_EQ(change().json, R"({"status":"mail_sent"})");
  EXPECT_EQ(address_shown(), "sari.dewi@example.test") << "not before";
  ASSERT_NE(mail_to("sari.baru@example.test"), nullptr);
  EXPECT_THAT(mail_to("sari.dewi@example.test")->subject, HasSubstr("lain diminta"));
  const Reply done = verify(code_to("sari.baru@example.test"));
  ASSERT_TRUE(done.is_good()) << done.refused.code;
  EXPECT_EQ(address_shown(), "sari.baru@example.test");
  EXPECT_THAT(mail_to("sari.dewi@example.test")->subject, HasSubstr("telah diganti"));
  EXPECT_TRUE(sign_in(kNewEmail).is_good());
  EXPECT_EQ(sign_in(kEmail).refused.code, "sign_in_failed");
  EXPECT_EQ(verify(code_to("sari.baru@example.test")).refused.code, "code_invalid") << "once";
}

TEST_F(EmailChangesTest, WantsThePasswordTwice) {
  EXPECT_EQ(change(kNewEmail, "not it at all").refused.code, "password_wrong");
  EXPECT_EQ(number("SELECT COUNT(*) FROM account_email_changes"), 0);
  ASSERT_TRUE(change().is_good());
  const std::string code = code_to("sari.baru@example.test");
  EXPECT_EQ(verify(code, "not it at all").refused.code, "password_wrong");
  EXPECT_EQ(address_shown(), "sari.dewi@example.test");
  EXPECT_TRUE(verify(code).is_good());
}

TEST_F(EmailChangesTest, AnAddressThatSomebodyHasIsToldByMailOnly) {
  new_account("budi@example.test", "kereta api ke Malang");
  EXPECT_EQ(change("Budi@example.test").json, R"({"status":"mail_sent"})");
  EXPECT_THAT(mail_to("budi@example.test")->subject, HasSubstr("sudah punya akun"));
  EXPECT_THAT(mail_to("sari.dewi@example.test")->subject, HasSubstr("lain diminta"))
      << "whoever asks is told the same as of a free one";
  EXPECT_EQ(number("SELECT COUNT(*) FROM account_email_changes"), 0);
}

TEST_F(EmailChangesTest, AnAddressThatSomebodyTookMeanwhileIsTheirs) {
  ASSERT_TRUE(change().is_good());
  const std::string code = code_to("sari.baru@example.test");
  new_account(kNewEmail, "kereta api ke Malang");
  EXPECT_EQ(verify(code).refused.code, "code_invalid");
  EXPECT_EQ(address_shown(), "sari.dewi@example.test");
  EXPECT_TRUE(sign_in(kNewEmail, "kereta api ke Malang").is_good());
}

TEST_F(EmailChangesTest, TheNewestOneCounts) {
  ASSERT_TRUE(change().is_good());
  ASSERT_TRUE(change("third@example.test").is_good());
  EXPECT_EQ(verify(code_to("sari.baru@example.test")).refused.code, "code_invalid");
  EXPECT_TRUE(verify(code_to("third@example.test")).is_good());
}

TEST_F(EmailChangesTest, LivesForADay) {
  ASSERT_TRUE(change().is_good());
  clock_.advance(kSignUpLifetime);
  EXPECT_EQ(verify(code_to("sari.baru@example.test")).refused.code, "code_invalid");
  ASSERT_TRUE(accounts_->forget_what_is_over().has_value());
  EXPECT_EQ(number("SELECT COUNT(*) FROM account_email_changes"), 0);
}

// Whoever was asked in vain cannot come back with it.
TEST_F(EmailChangesTest, ANewPasswordVoidsIt) {
  ASSERT_TRUE(change().is_good());
  const std::string code = code_to("sari.baru@example.test");
  ASSERT_TRUE(ask_as(session_, CallMethod::kAccountChangePassword, [](OpenedCall& call) {
                call.account.password = vault::Password(kPassword);
                call.account.new_password = vault::Password("kapal layar di dermaga");
              }).is_good());
  EXPECT_EQ(verify(code, "kapal layar di dermaga").refused.code, "code_invalid");
}

// Codes to set a password that went to the address of before are void with it.
TEST_F(EmailChangesTest, ResetCodesOfBeforeAreVoid) {
  ASSERT_TRUE(ask(CallMethod::kAccountRequestPasswordReset, [](OpenedCall& call) {
                call.account.email = vault::EmailAddress(kEmail);
              }).is_good());
  const std::string reset = mailed_code();
  ASSERT_TRUE(change().is_good());
  ASSERT_TRUE(verify(code_to("sari.baru@example.test")).is_good());
  EXPECT_EQ(ask(CallMethod::kAccountResetPassword,
                [&](OpenedCall& call) {
                  call.account.code = vault::MailedCode(reset);
                  call.account.password = vault::Password("kapal layar di dermaga");
                })
                .refused.code,
            "code_invalid");
}

TEST_F(EmailChangesTest, ThreeMailsToOneAddress) {
  for (int i = 0; i < 5; ++i) {
    EXPECT_TRUE(change().is_good());
  }
  std::size_t to_new = 0;
  for (const Mail& mail : mails_) {
    to_new += mail.to.reveal() == "sari.baru@example.test" ? 1 : 0;
  }
  EXPECT_EQ(to_new, static_cast<std::size_t>(kMailsOfAddress));
}

}  // namespace
}  // namespace dermaga::accounts

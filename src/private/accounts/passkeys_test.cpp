#include "test_accounts.h"

namespace dermaga::accounts {
namespace {

using test_authenticator::Authenticator;
using ::testing::HasSubstr;

class PasskeysTest : public AccountsTest {
 protected:
  void SetUp() override { session_ = new_account(); }

  static std::string challenge_in(const std::string& options) {
    const std::string mark = R"("challenge":")";
    const std::size_t from = options.find(mark) + mark.size();
    return encoding::base64url_decode(options.substr(from, options.find('"', from) - from)).value();
  }
  Reply registration_options(const std::string& session, const std::string& password = kPassword) {
    return ask_as(session, CallMethod::kAccountPasskeyRegistrationOptions,
                  [&](OpenedCall& call) { call.account.password = vault::Password(password); });
  }
  Reply add(const std::string& session, Authenticator& authenticator, const std::string& challenge,
            const std::string& origin = kOrigin) {
    const auto created = authenticator.create(
        {.rp_id = "localhost", .origin = origin, .challenge = challenge}, customer_id());
    return ask_as(session, CallMethod::kAccountAddPasskey, [&](OpenedCall& call) {
      call.account.label = vault::SecretText("Ponsel Sari");
      call.account.client_data_json = created.client_data_json;
      call.account.attestation_object = created.attestation_object;
    });
  }
  Reply add(Authenticator& authenticator) {
    return add(session_, authenticator, challenge_in(registration_options(session_).json));
  }
  std::string sign_in_challenge() {
    return challenge_in(ask(CallMethod::kAccountPasskeyOptions, [](OpenedCall&) {}).json);
  }
  Reply sign_in_with(const test_authenticator::Got& got, char key = 'b') {
    return ask(
        CallMethod::kAccountSignInWithPasskey,
        [&](OpenedCall& call) {
          call.account.credential_id = got.credential_id;
          call.account.client_data_json = got.client_data_json;
          call.account.authenticator_data = got.authenticator_data;
          call.account.signature = got.signature;
        },
        key);
  }
  test_authenticator::Request request(const std::string& challenge) {
    return {.rp_id = "localhost", .origin = kOrigin, .challenge = challenge};
  }

  std::string session_;
  Authenticator authenticator_;
};

TEST_F(PasskeysTest, OneIsAddedAndSignsIn) {
  const Reply added = add(authenticator_);
  ASSERT_TRUE(added.is_good()) << added.refused.code;
  EXPECT_THAT(added.json, HasSubstr(R"("label":"Ponsel Sari")"));
  EXPECT_THAT(mails_.back().subject, HasSubstr("Kunci sandi baru"));
  const Reply in = sign_in_with(authenticator_.get(request(sign_in_challenge())));
  ASSERT_TRUE(in.is_good()) << in.refused.code;
  EXPECT_TRUE(ask_as(
                  text_in(in.json, "session"), CallMethod::kAccountShow, [](OpenedCall&) {}, 'b')
                  .is_good());
}

TEST_F(PasskeysTest, AddingOneNeedsThePasswordAndItsOwnChallenge) {
  EXPECT_EQ(registration_options(session_, "not it").refused.code, "password_wrong");
  EXPECT_EQ(add(session_, authenticator_, sign_in_challenge()).refused.code, "passkey_refused")
      << "a challenge for signing in";
  EXPECT_EQ(add(session_, authenticator_, std::string(40, 'x')).refused.code, "passkey_refused");
  const std::string challenge = challenge_in(registration_options(session_).json);
  EXPECT_EQ(add(session_, authenticator_, challenge, "https://evil.example").refused.code,
            "passkey_refused");
  const std::string other = new_account("budi@example.test");
  EXPECT_EQ(add(other, authenticator_, challenge).refused.code, "passkey_refused")
      << "another's challenge";
  clock_.advance(std::chrono::minutes(5));
  EXPECT_EQ(add(session_, authenticator_, challenge).refused.code, "passkey_refused");
  EXPECT_EQ(number("SELECT COUNT(*) FROM account_passkeys"), 0);
}

TEST_F(PasskeysTest, WhatDoesNotVerifyIsRefused) {
  ASSERT_TRUE(add(authenticator_).is_good());
  const auto refused = [&](const test_authenticator::Got& got) {
    return sign_in_with(got).refused.code == "sign_in_failed";
  };
  const auto good = authenticator_.get(request(sign_in_challenge()));
  ASSERT_TRUE(sign_in_with(good).is_good());
  EXPECT_TRUE(refused(good)) << "replayed";
  auto changed = authenticator_.get(request(sign_in_challenge()));
  changed.signature.back() ^= 1;
  EXPECT_TRUE(refused(changed));
  EXPECT_TRUE(refused(authenticator_.get(
      {.rp_id = "localhost", .origin = "https://evil.example", .challenge = sign_in_challenge()})));
  EXPECT_TRUE(refused(authenticator_.get(
      {.rp_id = "evil.example", .origin = kOrigin, .challenge = sign_in_challenge()})));
  EXPECT_TRUE(refused(authenticator_.get(request(std::string(40, 'c')))));
  authenticator_.behaviour().is_user_verified = false;
  EXPECT_TRUE(refused(authenticator_.get(request(sign_in_challenge()))));
  authenticator_.behaviour().is_user_verified = true;
  authenticator_.behaviour().counter = 1;
  EXPECT_TRUE(refused(authenticator_.get(request(sign_in_challenge())))) << "its counter fell";
  authenticator_.behaviour().counter = 100;
  const std::string late = sign_in_challenge();
  clock_.advance(std::chrono::minutes(5));
  EXPECT_TRUE(refused(authenticator_.get(request(late))));
  Authenticator unknown;
  unknown.create(request("x"), customer_id());
  EXPECT_TRUE(refused(unknown.get(request(sign_in_challenge()))));
}

TEST_F(PasskeysTest, NoBitOfAChallengeCanChange) {
  ASSERT_TRUE(add(authenticator_).is_good());
  const std::string challenge = sign_in_challenge();
  for (std::size_t i = 0; i < challenge.size(); ++i) {
    std::string changed = challenge;
    changed[i] ^= 1;
    EXPECT_EQ(sign_in_with(authenticator_.get(request(changed))).refused.code, "sign_in_failed")
        << i;
  }
}

TEST_F(PasskeysTest, OnesOwnAreRemoved) {
  const Reply added = add(authenticator_);
  const std::size_t at = added.json.find("pky_");
  const std::string id = added.json.substr(at, added.json.find('"', at) - at);
  const auto remove = [&](const std::string& session) {
    return ask_as(session, CallMethod::kAccountRemovePasskey,
                  [&](OpenedCall& call) { call.account.id = id; });
  };
  EXPECT_EQ(remove(new_account("budi@example.test")).refused.code, "not_found");
  EXPECT_THAT(remove(session_).json, HasSubstr(R"("passkeys":[])"));
  EXPECT_EQ(remove(session_).refused.code, "not_found");
  EXPECT_EQ(sign_in_with(authenticator_.get(request(sign_in_challenge()))).refused.code,
            "sign_in_failed");
}

TEST_F(PasskeysTest, AnAccountHasFew) {
  std::vector<std::unique_ptr<Authenticator>> many;
  for (std::size_t i = 0; i < kPasskeysMax; ++i) {
    many.push_back(std::make_unique<Authenticator>());
    ASSERT_TRUE(add(*many.back()).is_good());
  }
  EXPECT_EQ(registration_options(session_).refused.code, "limit_reached");
}

TEST_F(PasskeysTest, OnePasskeyIsOnePersons) {
  ASSERT_TRUE(add(authenticator_).is_good());
  const std::string other = new_account("budi@example.test");
  EXPECT_EQ(add(other, authenticator_, challenge_in(registration_options(other).json)).refused.code,
            "passkey_refused");
}

}  // namespace
}  // namespace dermaga::accounts

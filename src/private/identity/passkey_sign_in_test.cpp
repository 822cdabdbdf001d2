#include "identity/sign_in.h"
#include "test_identity.h"

namespace dermaga::identity {
namespace {

using std::chrono::milliseconds;
using test_authenticator::Algorithm;
using test_authenticator::Authenticator;

class PasskeySignInTest : public IdentityTest {
 protected:
  std::string new_options() { return identity_.sign_in.passkey_options(kHome).value(); }
  ErrorCode refused(const webauthn::Assertion& assertion) {
    const auto outcome = identity_.sign_in.with_passkey(assertion, kHome);
    EXPECT_FALSE(outcome.has_value());
    EXPECT_EQ(last_act(), "nobody staff.sign_in : passkey, denied");
    return outcome.has_value() ? ErrorCode::kInternal : outcome.error().code();
  }
  Member set_disabled(const Person& person, bool disabled) {
    const auto version = identity_.accounts.find(person.id)->version;
    return identity_.accounts
        .change(person.id, version, {.role = std::nullopt, .disabled = disabled}, host())
        .value();
  }
};

TEST_F(PasskeySignInTest, APasskeyThatVerifiedItsUserSignsIn) {
  const Person siti = enrol("support");
  for (const Algorithm algorithm : {Algorithm::kEs256, Algorithm::kEdDsa, Algorithm::kRs256}) {
    Authenticator key(algorithm);
    add_passkey(siti, key);
    clock_.advance(milliseconds(1000));
    const auto in = passkey_sign_in(key, stranger(1));
    ASSERT_TRUE(in.has_value()) << static_cast<int>(algorithm);
    EXPECT_EQ(last_act(),
              "staff:" + siti.id.str() + " staff.sign_in " + siti.id.str() + ": passkey");
    EXPECT_EQ(in->session.method, "passkey");
    EXPECT_EQ(in->session.visitor.source, stranger(1).source);
    EXPECT_EQ(caller(in->token).staff, siti.id);
    EXPECT_FALSE(caller(in->token).is_fresh);
    EXPECT_EQ(identity_.factors.passkeys(siti.id)->back().last_used_at, clock_.now());
    EXPECT_TRUE(passkey_sign_in(key)) << "once more";
  }
}

TEST_F(PasskeySignInTest, AnyPasskeyOfTheShopMayAnswer) {
  const std::string options = new_options();
  const auto document = json::Document::parse(options).value();
  auto reader = json::ObjectReader::of(document.root()).value();
  EXPECT_TRUE(reader.required("allowCredentials")->as_array(10)->empty());
  EXPECT_EQ(reader.string("userVerification", 20), "required");
  EXPECT_NE(request_of(options).challenge, request_of(new_options()).challenge);
}

TEST_F(PasskeySignInTest, AnAnswerOfAnotherPlaceIsRefused) {
  const Person siti = enrol("support");
  Authenticator key;
  add_passkey(siti, key);
  for (const std::string& origin :
       {std::string("https://evil.example"), std::string("http://localhost:8441"),
        std::string("https://localhost:8442"), kOrigin + "/"}) {
    auto request = request_of(new_options());
    request.origin = origin;
    EXPECT_EQ(refused(assertion_of(key.get(request))), ErrorCode::kUnauthenticated) << origin;
  }
  auto request = request_of(new_options());
  request.rp_id = "evil.example";
  EXPECT_EQ(refused(assertion_of(key.get(request))), ErrorCode::kUnauthenticated);
  EXPECT_TRUE(passkey_sign_in(key));
}

TEST_F(PasskeySignInTest, OnlyASignInChallengeSignsIn) {
  const Person siti = enrol("support");
  Authenticator key;
  add_passkey(siti, key);
  const Caller me = caller(siti);
  auto request = request_of(identity_.sessions.step_up_options(me).value());
  EXPECT_EQ(refused(assertion_of(key.get(request))), ErrorCode::kUnauthenticated);
  request = request_of(identity_.factors.passkey_options(siti.id).value());
  EXPECT_EQ(refused(assertion_of(key.get(request))), ErrorCode::kUnauthenticated);
  request.challenge = system_random().bytes(32);
  EXPECT_EQ(refused(assertion_of(key.get(request))), ErrorCode::kUnauthenticated) << "nobody's";
}

TEST_F(PasskeySignInTest, AnAnswerIsGoodOnce) {
  const Person siti = enrol("support");
  Authenticator key;
  key.behaviour().counter = 0;
  add_passkey(siti, key);
  const auto answer = passkey_answer(key);
  EXPECT_TRUE(identity_.sign_in.with_passkey(answer, kHome));
  EXPECT_EQ(refused(answer), ErrorCode::kUnauthenticated);
  EXPECT_TRUE(passkey_sign_in(key)) << "without a counter, another challenge";
}

TEST_F(PasskeySignInTest, AWrongAnswerEndsTheChallengeToo) {
  const Person siti = enrol("support");
  Authenticator key;
  add_passkey(siti, key);
  const auto right = passkey_answer(key);
  auto wrong = right;
  wrong.signature.back() ^= 1;
  EXPECT_EQ(refused(wrong), ErrorCode::kUnauthenticated);
  EXPECT_EQ(refused(right), ErrorCode::kUnauthenticated);
  EXPECT_TRUE(passkey_sign_in(key)) << "another challenge";
}

TEST_F(PasskeySignInTest, AnAnswerOfADisabledAccountIsNotKeptForLater) {
  enrol("owner");
  const Person siti = enrol("support");
  Authenticator key;
  add_passkey(siti, key);
  const auto answer = passkey_answer(key);
  const auto set_disabled = [&](bool disabled) {
    const auto version = identity_.accounts.find(siti.id)->version;
    ASSERT_TRUE(identity_.accounts.change(siti.id, version,
                                          {.role = std::nullopt, .disabled = disabled}, host()));
  };
  set_disabled(true);
  EXPECT_FALSE(identity_.sign_in.with_passkey(answer, kHome));
  set_disabled(false);
  EXPECT_FALSE(identity_.sign_in.with_passkey(answer, kHome));
  EXPECT_TRUE(passkey_sign_in(key));
}

TEST_F(PasskeySignInTest, GoodOnesUseUpNoBudget) {
  const Person siti = enrol("support");
  Authenticator key;
  add_passkey(siti, key);
  for (std::int64_t i = 0; i < kTriesOfSource + 2; ++i) {
    ASSERT_TRUE(passkey_sign_in(key)) << i;
  }
}

TEST_F(PasskeySignInTest, AChallengeLivesFiveMinutes) {
  const Person siti = enrol("support");
  Authenticator key;
  add_passkey(siti, key);
  auto answer = passkey_answer(key);
  clock_.advance(std::chrono::minutes(5));
  EXPECT_EQ(refused(answer), ErrorCode::kUnauthenticated);
  answer = passkey_answer(key);
  clock_.advance(std::chrono::minutes(5) - milliseconds(1));
  EXPECT_TRUE(identity_.sign_in.with_passkey(answer, kHome));
}

TEST_F(PasskeySignInTest, ACounterThatDoesNotGrowIsACopy) {
  const Person siti = enrol("support");
  Authenticator key;
  key.behaviour().counter = 5;
  add_passkey(siti, key);
  ASSERT_TRUE(passkey_sign_in(key));
  for (const std::uint32_t counter : {6U, 1U, 0U}) {
    key.behaviour().counter = counter;
    EXPECT_EQ(refused(passkey_answer(key)), ErrorCode::kUnauthenticated) << counter;
  }
  key.behaviour().counter = 7;
  EXPECT_TRUE(passkey_sign_in(key));
}

TEST_F(PasskeySignInTest, TheUserMustHaveBeenVerified) {
  const Person siti = enrol("support");
  Authenticator key;
  add_passkey(siti, key);
  key.behaviour().is_user_verified = false;
  EXPECT_EQ(refused(passkey_answer(key)), ErrorCode::kUnauthenticated);
  key.behaviour().is_user_verified = true;
  key.behaviour().is_user_present = false;
  EXPECT_EQ(refused(passkey_answer(key)), ErrorCode::kUnauthenticated);
}

TEST_F(PasskeySignInTest, UnknownPasskeysAreRefused) {
  const Person siti = enrol("support");
  Authenticator key;
  const Passkey known = add_passkey(siti, key);
  Authenticator unknown;
  unknown.create(request_of(new_options()), siti.id.str());
  EXPECT_EQ(refused(passkey_answer(unknown)), ErrorCode::kUnauthenticated);
  auto forged = passkey_answer(unknown);
  forged.credential_id = key.credential_id();
  EXPECT_EQ(refused(forged), ErrorCode::kUnauthenticated) << "another key's signature";
  ASSERT_TRUE(identity_.factors.remove_passkey(siti.id, known.id, actor(siti)));
  EXPECT_EQ(refused(passkey_answer(key)), ErrorCode::kUnauthenticated) << "removed";
}

TEST_F(PasskeySignInTest, WhatIsNoAnswerIsRefused) {
  const Person siti = enrol("support");
  Authenticator key;
  add_passkey(siti, key);
  EXPECT_EQ(refused({}), ErrorCode::kUnauthenticated);
  for (const std::string& wrong :
       {std::string("{}"), std::string("nonsense"), std::string("[]"), std::string(9'000, ' '),
        std::string(R"({"challenge":"?"})"), std::string(R"({"challenge":7})")}) {
    auto answer = passkey_answer(key);
    answer.client_data_json = wrong;
    EXPECT_EQ(refused(answer), ErrorCode::kUnauthenticated) << wrong;
  }
  auto answer = passkey_answer(key);
  answer.authenticator_data.pop_back();
  EXPECT_EQ(refused(answer), ErrorCode::kUnauthenticated);
  answer = passkey_answer(key);
  answer.signature.back() = static_cast<char>(answer.signature.back() ^ 1);
  EXPECT_EQ(refused(answer), ErrorCode::kUnauthenticated);
}

TEST_F(PasskeySignInTest, OnlyActiveAccountsSignIn) {
  const Person owner = enrol("owner");
  const Person siti = enrol("support");
  Authenticator key;
  add_passkey(siti, key);
  set_disabled(siti, true);
  const auto outcome = passkey_sign_in(key);
  ASSERT_FALSE(outcome.has_value());
  EXPECT_EQ(outcome.error().code(), ErrorCode::kUnauthenticated);
  EXPECT_EQ(last_act(), "nobody staff.sign_in " + siti.id.str() + ": passkey, denied");
  set_disabled(siti, false);
  EXPECT_TRUE(passkey_sign_in(key));
}

// Used up by what others try: the owner of a passkey is not locked out.
TEST_F(PasskeySignInTest, APasskeyNeedsNoBudgetOfItsAccount) {
  const Person siti = enrol("support");
  Authenticator key;
  add_passkey(siti, key);
  for (const Visitor& visitor : {stranger(1), kHome}) {
    for (std::int64_t i = 0; i < kTriesOfAccount; ++i) {
      ASSERT_EQ(try_wrong_password(siti, visitor), ErrorCode::kUnauthenticated);
    }
    ASSERT_EQ(try_wrong_password(siti, visitor), ErrorCode::kRateLimited);
    EXPECT_TRUE(passkey_sign_in(key, visitor));
    EXPECT_TRUE(passkey_sign_in(key, stranger(2)));
  }
}

TEST_F(PasskeySignInTest, APlaceThatFloodsIsSlowedDown) {
  const Person siti = enrol("support");
  Authenticator key;
  add_passkey(siti, key);
  const auto answer = passkey_answer(key, stranger(2));
  for (std::int64_t i = 0; i < kTriesOfSource; ++i) {
    ASSERT_TRUE(identity_.sign_in.passkey_options(stranger(1)));
    ASSERT_EQ(identity_.sign_in.with_passkey({}, stranger(1)).error().code(),
              ErrorCode::kUnauthenticated);
  }
  EXPECT_EQ(identity_.sign_in.passkey_options(stranger(1)).error().code(), ErrorCode::kRateLimited);
  EXPECT_EQ(identity_.sign_in.with_passkey(answer, stranger(1)).error().code(),
            ErrorCode::kRateLimited);
  EXPECT_TRUE(identity_.sign_in.with_passkey(answer, stranger(2)));
}

}  // namespace
}  // namespace dermaga::identity

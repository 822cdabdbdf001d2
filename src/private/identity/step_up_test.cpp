#include <gmock/gmock.h>

#include "identity/sessions.h"
#include "identity/sign_in.h"
#include "test_identity.h"

namespace dermaga::identity {
namespace {

using std::chrono::milliseconds;
using test_authenticator::Authenticator;

class StepUpTest : public IdentityTest {
 protected:
  static std::string act(const Person& person, const std::string& factor) {
    return "staff:" + person.id.str() + " staff.step_up " + person.id.str() + ": " + factor;
  }
  Result<SignedIn> with_code(const Caller& caller, const std::string& code) {
    auto renewed = identity_.sessions.step_up_with_code(caller, code);
    if (renewed.has_value()) {
      secrets_.emplace_back(renewed->token.reveal());
    }
    return renewed;
  }
  Result<SignedIn> with_passkey(const Caller& caller, Authenticator& key) {
    const auto options = identity_.sessions.step_up_options(caller).value();
    return identity_.sessions.step_up_with_passkey(caller,
                                                   assertion_of(key.get(request_of(options))));
  }
};

TEST_F(StepUpTest, ACodeMakesTheSessionFreshUnderANewToken) {
  const Person siti = enrol("support");
  const SignedIn in = sign_in(siti);
  ASSERT_FALSE(caller(in.token).is_fresh);
  const std::string code = next_code(siti);
  const SignedIn renewed = with_code(caller(in.token), code).value();
  EXPECT_EQ(last_act(), act(siti, "code"));
  EXPECT_NE(renewed.token.reveal(), in.token.reveal());
  EXPECT_EQ(renewed.session.id, in.session.id);
  EXPECT_EQ(renewed.session.created_at, in.session.created_at) << "its end comes no later";
  EXPECT_FALSE(is_signed_in(in.token));
  EXPECT_TRUE(caller(renewed.token).is_fresh);
  EXPECT_EQ(with_code(caller(renewed.token), code).error().code(), ErrorCode::kForbidden)
      << "a used code";
  clock_.advance(kStepUpLifetime - milliseconds(1));
  EXPECT_TRUE(caller(renewed.token).is_fresh);
  clock_.advance(milliseconds(1));
  EXPECT_FALSE(caller(renewed.token).is_fresh);
}

TEST_F(StepUpTest, ARecoveryCodeDoesTooOnce) {
  const Person siti = enrol("support");
  const SignedIn in = sign_in(siti);
  const SignedIn renewed = with_code(caller(in.token), siti.recovery_codes[3]).value();
  EXPECT_TRUE(caller(renewed.token).is_fresh);
  EXPECT_EQ(with_code(caller(renewed.token), siti.recovery_codes[3]).error().code(),
            ErrorCode::kForbidden);
  EXPECT_EQ(identity_.factors.recovery_codes_left(siti.id), 9);
}

TEST_F(StepUpTest, AWrongCodeChangesNothingAndIsWrittenDown) {
  const Person siti = enrol("support");
  const Person budi = enrol("support");
  const SignedIn in = sign_in(siti);
  const Caller me = caller(in.token);
  for (const std::string& wrong : {wrong_code(siti), std::string(), budi.recovery_codes[0]}) {
    EXPECT_EQ(with_code(me, wrong).error().code(), ErrorCode::kForbidden) << wrong;
    EXPECT_EQ(last_act(), act(siti, "code, denied"));
  }
  EXPECT_FALSE(caller(in.token).is_fresh);
}

TEST_F(StepUpTest, FiveWrongOnesEndTheSession) {
  const Person siti = enrol("support");
  const SignedIn in = sign_in(siti);
  const Caller me = caller(in.token);
  for (std::int64_t i = 1; i < kStepUpTries; ++i) {
    EXPECT_EQ(with_code(me, wrong_code(siti)).error().code(), ErrorCode::kForbidden) << i;
  }
  EXPECT_TRUE(is_signed_in(in.token));
  EXPECT_EQ(with_code(me, wrong_code(siti)).error().code(), ErrorCode::kUnauthenticated);
  EXPECT_THAT(last_act(), testing::HasSubstr("code: too many were wrong, signed out, denied"));
  EXPECT_EQ(with_code(me, next_code(siti)).error().code(), ErrorCode::kUnauthenticated)
      << "also with the right one";
  EXPECT_FALSE(is_signed_in(in.token));
  EXPECT_TRUE(is_signed_in(siti.signed_in.token)) << "the person's other session";
  EXPECT_TRUE(try_sign_in(form_of(siti, code_of(siti)))) << "the code was not used";
}

TEST_F(StepUpTest, WrongPasskeysAndCodesCountTogether) {
  const Person siti = enrol("support");
  Authenticator key;
  add_passkey(siti, key);
  const SignedIn in = sign_in(siti);
  const Caller me = caller(in.token);
  for (std::int64_t i = 1; i < kStepUpTries; ++i) {
    EXPECT_EQ((i % 2 == 0 ? identity_.sessions.step_up_with_passkey(me, {})
                          : with_code(me, wrong_code(siti)))
                  .error()
                  .code(),
              ErrorCode::kForbidden);
  }
  EXPECT_EQ(with_code(me, wrong_code(siti)).error().code(), ErrorCode::kUnauthenticated);
  EXPECT_EQ(with_passkey(me, key).error().code(), ErrorCode::kUnauthenticated);
  EXPECT_FALSE(is_signed_in(in.token));
}

TEST_F(StepUpTest, RightOnesCostNothing) {
  const Person siti = enrol("support");
  SignedIn in = sign_in(siti);
  for (std::int64_t i = 0; i < kStepUpTries + 2; ++i) {
    in = with_code(caller(in.token), next_code(siti)).value();
  }
  EXPECT_TRUE(is_signed_in(in.token));
}

TEST_F(StepUpTest, APasskeyMakesTheSessionFreshUnderANewToken) {
  const Person siti = enrol("support");
  Authenticator key;
  add_passkey(siti, key);
  const SignedIn in = sign_in(siti);
  const SignedIn renewed = with_passkey(caller(in.token), key).value();
  EXPECT_EQ(last_act(), act(siti, "passkey"));
  EXPECT_FALSE(is_signed_in(in.token));
  EXPECT_TRUE(caller(renewed.token).is_fresh);
  EXPECT_EQ(renewed.session.id, in.session.id);
}

TEST_F(StepUpTest, OnlyTheCallersPasskeysAreAskedFor) {
  const Person siti = enrol("support");
  const Person budi = enrol("support");
  Authenticator first;
  Authenticator second;
  Authenticator other;
  EXPECT_EQ(identity_.sessions.step_up_options(caller(siti)).error().code(), ErrorCode::kNotFound);
  add_passkey(siti, first);
  clock_.advance(milliseconds(1));
  add_passkey(siti, second);
  add_passkey(budi, other);
  const auto options = identity_.sessions.step_up_options(caller(siti)).value();
  EXPECT_THAT(options, testing::HasSubstr(encoding::base64url(first.credential_id())));
  EXPECT_THAT(options, testing::HasSubstr(encoding::base64url(second.credential_id())));
  EXPECT_THAT(options,
              testing::Not(testing::HasSubstr(encoding::base64url(other.credential_id()))));
}

TEST_F(StepUpTest, AnotherPersonsPasskeyDoesNot) {
  const Person siti = enrol("support");
  const Person budi = enrol("support");
  Authenticator of_siti;
  Authenticator of_budi;
  add_passkey(siti, of_siti);
  add_passkey(budi, of_budi);
  const SignedIn in = sign_in(siti);
  EXPECT_EQ(with_passkey(caller(in.token), of_budi).error().code(), ErrorCode::kForbidden);
  EXPECT_EQ(last_act(), act(siti, "passkey, denied"));
  EXPECT_FALSE(caller(in.token).is_fresh);
  EXPECT_TRUE(with_passkey(caller(in.token), of_siti));
}

TEST_F(StepUpTest, OnlyAChallengeOfTheSameSessionDoes) {
  const Person siti = enrol("support");
  Authenticator key;
  add_passkey(siti, key);
  const SignedIn in = sign_in(siti);
  const SignedIn other = sign_in(siti);
  const Caller me = caller(in.token);
  const auto of_other = request_of(identity_.sessions.step_up_options(caller(other.token)).value());
  for (const webauthn::Assertion& answer :
       {assertion_of(key.get(of_other)), passkey_answer(key), webauthn::Assertion()}) {
    EXPECT_EQ(identity_.sessions.step_up_with_passkey(me, answer).error().code(),
              ErrorCode::kForbidden);
  }
  EXPECT_FALSE(caller(in.token).is_fresh);
}

TEST_F(StepUpTest, AnAnswerIsGoodOnceAndForFiveMinutes) {
  const Person siti = enrol("support");
  Authenticator key;
  add_passkey(siti, key);
  SignedIn in = sign_in(siti);
  const Caller me = caller(in.token);
  const auto answer =
      assertion_of(key.get(request_of(identity_.sessions.step_up_options(me).value())));
  ASSERT_TRUE(identity_.sessions.step_up_with_passkey(me, answer));
  EXPECT_EQ(identity_.sessions.step_up_with_passkey(me, answer).error().code(),
            ErrorCode::kForbidden);
  const auto late =
      assertion_of(key.get(request_of(identity_.sessions.step_up_options(me).value())));
  clock_.advance(std::chrono::minutes(5));
  EXPECT_EQ(identity_.sessions.step_up_with_passkey(me, late).error().code(),
            ErrorCode::kForbidden);
}

TEST_F(StepUpTest, ASessionThatEndedMeanwhileStaysEnded) {
  const Person siti = enrol("support");
  const SignedIn in = sign_in(siti);
  const Caller me = caller(in.token);
  ASSERT_TRUE(identity_.sessions.end(siti.id, in.session.id, actor(siti)));
  const std::string code = next_code(siti);
  EXPECT_EQ(with_code(me, code).error().code(), ErrorCode::kUnauthenticated);
  EXPECT_TRUE(try_sign_in(form_of(siti, code))) << "the code was not used";
}

}  // namespace
}  // namespace dermaga::identity

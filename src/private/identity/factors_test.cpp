#include "identity/factors.h"

#include "identity/sign_in.h"
#include "proofs/tries.h"
#include "test_identity.h"

namespace dermaga::identity {
namespace {

using std::chrono::milliseconds;
using test_authenticator::Authenticator;

class FactorsTest : public IdentityTest {
 protected:
  webauthn::Attestation new_key(const Person& person, Authenticator& key) {
    const auto options = identity_.factors.passkey_options(person.id).value();
    return attestation_of(key.create(request_of(options), person.id.str()));
  }
  Result<Passkey> try_add(const Person& person, const webauthn::Attestation& attestation,
                          const std::string& label = "a key") {
    return identity_.factors.add_passkey(person.id, label, attestation, actor(person));
  }
  Result<std::optional<passwords::Refusal>> change_password(const Person& person,
                                                            const SessionId& session,
                                                            const std::string& before,
                                                            const std::string& after) {
    secrets_.insert(secrets_.end(), {before, after});
    Answer<std::optional<passwords::Refusal>> answer;
    identity_.factors.change_password({.staff = person.id,
                                       .session = session,
                                       .old_password = vault::Password(before),
                                       .new_password = vault::Password(after),
                                       .actor = actor(person)},
                                      answer.done());
    return answer.wait();
  }
  void disable(const Person& person) {
    const auto version = identity_.accounts.find(person.id)->version;
    ASSERT_TRUE(identity_.accounts.change(person.id, version,
                                          {.role = std::nullopt, .disabled = true}, host()));
  }
};

TEST_F(FactorsTest, PasskeysAreAddedListedAndRemoved) {
  const Person siti = enrol("support");
  Authenticator first;
  Authenticator second;
  const Passkey phone = try_add(siti, new_key(siti, first), "Telepon Siti ✓").value();
  EXPECT_EQ(last_act(), "staff:" + siti.id.str() + " staff.add_passkey " + siti.id.str() + ": " +
                            phone.id.str());
  clock_.advance(milliseconds(1000));
  const Passkey laptop = try_add(siti, new_key(siti, second), "laptop").value();
  const auto listed = identity_.factors.passkeys(siti.id).value();
  ASSERT_EQ(listed.size(), 2u);
  EXPECT_EQ(listed[0].id, phone.id);
  EXPECT_EQ(listed[0].label, "Telepon Siti ✓");
  EXPECT_EQ(listed[1].created_at, clock_.now());
  EXPECT_EQ(listed[1].last_used_at, clock_.now());
  EXPECT_EQ(identity_.accounts.find(siti.id)->passkeys, 2);

  ASSERT_TRUE(identity_.factors.remove_passkey(siti.id, phone.id, actor(siti)));
  EXPECT_EQ(last_act(), "staff:" + siti.id.str() + " staff.remove_passkey " + siti.id.str() + ": " +
                            phone.id.str());
  EXPECT_EQ(identity_.factors.passkeys(siti.id)->size(), 1u);
  EXPECT_FALSE(passkey_sign_in(first));
  EXPECT_TRUE(passkey_sign_in(second));
  EXPECT_EQ(identity_.factors.remove_passkey(siti.id, phone.id, actor(siti)).error().code(),
            ErrorCode::kNotFound);
}

TEST_F(FactorsTest, OptionsNameThePersonAndTheirPasskeys) {
  const Person siti = enrol("support");
  Authenticator key;
  add_passkey(siti, key);
  const auto options = identity_.factors.passkey_options(siti.id).value();
  for (const std::string& told : {siti.email, siti.name, encoding::base64url(siti.id.str()),
                                  encoding::base64url(key.credential_id())}) {
    EXPECT_THAT(options, testing::HasSubstr(told));
  }
}

TEST_F(FactorsTest, SomebodyElsesPasskeyIsNotRemoved) {
  const Person siti = enrol("support");
  const Person budi = enrol("support");
  Authenticator key;
  const Passkey of_siti = add_passkey(siti, key);
  const auto acts_before = acts().size();
  EXPECT_EQ(identity_.factors.remove_passkey(budi.id, of_siti.id, actor(budi)).error().code(),
            ErrorCode::kNotFound);
  EXPECT_EQ(acts().size(), acts_before);
  EXPECT_TRUE(identity_.factors.passkeys(budi.id)->empty());
  EXPECT_EQ(identity_.factors.passkeys(siti.id)->size(), 1u);
}

TEST_F(FactorsTest, APersonHasAtMostTenPasskeys) {
  const Person siti = enrol("support");
  Authenticator late;
  std::vector<Passkey> all;
  for (std::size_t i = 0; i < kPasskeysMax; ++i) {
    Authenticator key;
    all.push_back(add_passkey(siti, key));
  }
  EXPECT_EQ(identity_.factors.passkey_options(siti.id).error().code(), ErrorCode::kInvalidArgument);
  EXPECT_EQ(identity_.factors.passkeys(siti.id)->size(), kPasskeysMax);
  ASSERT_TRUE(identity_.factors.remove_passkey(siti.id, all[0].id, actor(siti)));
  EXPECT_TRUE(try_add(siti, new_key(siti, late)));
}

TEST_F(FactorsTest, APasskeyIsAddedOnce) {
  const Person siti = enrol("support");
  const Person budi = enrol("support");
  Authenticator key;
  add_passkey(siti, key);
  const auto acts_before = acts().size();
  for (const Person* person : {&siti, &budi}) {
    EXPECT_EQ(try_add(*person, new_key(*person, key)).error().code(), ErrorCode::kAlreadyExists);
  }
  EXPECT_EQ(acts().size(), acts_before);
  EXPECT_TRUE(identity_.factors.passkeys(budi.id)->empty());
}

TEST_F(FactorsTest, OnlyTheAnswerToOnesOwnOpenChallengeAdds) {
  const Person siti = enrol("support");
  const Person budi = enrol("support");
  Authenticator key;
  EXPECT_EQ(try_add(siti, new_key(budi, key)).error().code(), ErrorCode::kUnauthenticated)
      << "another person's";
  const auto in = attestation_of(
      key.create(request_of(identity_.sign_in.passkey_options(kHome).value()), siti.id.str()));
  EXPECT_EQ(try_add(siti, in).error().code(), ErrorCode::kUnauthenticated) << "for signing in";
  const auto late = new_key(siti, key);
  clock_.advance(std::chrono::minutes(5));
  EXPECT_EQ(try_add(siti, late).error().code(), ErrorCode::kUnauthenticated) << "too late";
  const auto good = new_key(siti, key);
  ASSERT_TRUE(try_add(siti, good));
  EXPECT_EQ(try_add(siti, good).error().code(), ErrorCode::kUnauthenticated) << "once more";
}

TEST_F(FactorsTest, WhatDoesNotVerifyIsNotAdded) {
  const Person siti = enrol("support");
  Authenticator key;
  auto request = request_of(identity_.factors.passkey_options(siti.id).value());
  request.origin = "https://evil.example";
  EXPECT_EQ(try_add(siti, attestation_of(key.create(request, siti.id.str()))).error().code(),
            ErrorCode::kForbidden);
  key.behaviour().is_user_verified = false;
  EXPECT_EQ(try_add(siti, new_key(siti, key)).error().code(), ErrorCode::kForbidden);
  EXPECT_FALSE(try_add(siti, {}));
  key.behaviour().is_user_verified = true;
  for (const std::string& label : {std::string(), std::string(101, 'x'), std::string("\xff")}) {
    EXPECT_EQ(try_add(siti, new_key(siti, key), label).error().code(), ErrorCode::kInvalidArgument);
  }
  EXPECT_TRUE(identity_.factors.passkeys(siti.id)->empty());
}

TEST_F(FactorsTest, OnlyActiveAccountsHavePasskeys) {
  const Person owner = enrol("owner");
  const Person siti = enrol("support");
  Authenticator key;
  const auto early = new_key(siti, key);
  disable(siti);
  EXPECT_EQ(identity_.factors.passkey_options(siti.id).error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(try_add(siti, early).error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(change_password(siti, {}, siti.password, "lima kuda terbang").error().code(),
            ErrorCode::kNotFound);
}

TEST_F(FactorsTest, RecoveryCodesAreReplacedAndCounted) {
  const Person siti = enrol("support");
  const Person budi = enrol("support");
  EXPECT_EQ(identity_.factors.recovery_codes_left(siti.id), 10);
  ASSERT_TRUE(try_sign_in(form_of(siti, siti.recovery_codes[0])));
  EXPECT_EQ(identity_.factors.recovery_codes_left(siti.id), 9);
  const auto fresh = identity_.factors.new_recovery_codes(siti.id, actor(siti)).value();
  secrets_.emplace_back(fresh[0].reveal());
  EXPECT_EQ(identity_.factors.recovery_codes_left(siti.id), 10);
  EXPECT_FALSE(try_sign_in(form_of(siti, siti.recovery_codes[1])));
  EXPECT_TRUE(try_sign_in(form_of(siti, std::string(fresh[0].reveal()))));
  EXPECT_TRUE(try_sign_in(form_of(budi, budi.recovery_codes[1])));
}

TEST_F(FactorsTest, ANewPasswordEndsTheOtherSessions) {
  Person siti = enrol("support");
  const Person budi = enrol("support");
  const SignedIn mine = sign_in(siti);
  const auto done =
      change_password(siti, mine.session.id, siti.password, "lima kuda terbang").value();
  EXPECT_FALSE(done.has_value());
  EXPECT_EQ(last_act(), "staff:" + siti.id.str() + " staff.change_password " + siti.id.str() +
                            ": the other sessions ended");
  EXPECT_TRUE(is_signed_in(mine.token));
  EXPECT_FALSE(is_signed_in(siti.signed_in.token));
  EXPECT_TRUE(is_signed_in(budi.signed_in.token));
  EXPECT_FALSE(try_sign_in(form_of(siti, next_code(siti)))) << "the old one";
  siti.password = "lima kuda terbang";
  EXPECT_TRUE(try_sign_in(form_of(siti, code_of(siti))));
}

TEST_F(FactorsTest, AWrongOldPasswordChangesNothing) {
  const Person siti = enrol("support");
  const SignedIn mine = sign_in(siti);
  EXPECT_EQ(change_password(siti, mine.session.id, "enam kuda terbang", "lima kuda terbang")
                .error()
                .code(),
            ErrorCode::kUnauthenticated);
  EXPECT_TRUE(is_signed_in(siti.signed_in.token));
  EXPECT_TRUE(try_sign_in(form_of(siti, next_code(siti))));
}

TEST_F(FactorsTest, FiveWrongOldPasswordsAreTried) {
  const Person siti = enrol("support");
  const Person budi = enrol("support");
  for (std::int64_t i = 0; i < kStepUpTries; ++i) {
    EXPECT_EQ(change_password(siti, {}, "enam kuda terbang", "lima kuda terbang").error().code(),
              ErrorCode::kUnauthenticated);
    EXPECT_EQ(last_act(),
              "staff:" + siti.id.str() + " staff.change_password " + siti.id.str() + ", denied");
  }
  EXPECT_EQ(change_password(siti, {}, siti.password, "lima kuda terbang").error().code(),
            ErrorCode::kRateLimited);
  EXPECT_TRUE(change_password(budi, {}, budi.password, "lima kuda terbang"));
  clock_.advance(proofs::kTriesWindow);
  EXPECT_TRUE(change_password(siti, {}, siti.password, "lima kuda terbang"));
}

TEST_F(FactorsTest, ARefusedNewPasswordChangesNothing) {
  const Person siti = enrol("support");
  const SignedIn mine = sign_in(siti);
  const auto acts_before = acts().size();
  constexpr std::pair<std::string_view, std::string_view> kCases[] = {
      {"kuda", "password_too_short"},
      {"Siti Rahayu 1!", "password_is_about_you"},
      {"toko-senja-1", "password_is_about_you"},
      {"1234567890", "password_breached"},
  };
  for (const auto& [password, code] : kCases) {
    const auto refusal =
        change_password(siti, mine.session.id, siti.password, std::string(password)).value();
    EXPECT_EQ(refusal.value_or(passwords::Refusal()).code, code) << password;
  }
  EXPECT_EQ(acts().size(), acts_before);
  EXPECT_TRUE(is_signed_in(siti.signed_in.token));
  EXPECT_TRUE(try_sign_in(form_of(siti, next_code(siti))));
}

// Both had the right old one; the second would undo the first unseen.
TEST_F(FactorsTest, OfTwoChangesAtOnceOneWins) {
  Person siti = enrol("support");
  std::promise<void> go;
  hasher_.hash(vault::Password("holds the only thread"),
               [&go](const Result<std::string>&) { go.get_future().wait(); });
  Answer<std::optional<passwords::Refusal>> answers[2];
  const std::string passwords[] = {"lima kuda terbang", "enam kuda terbang"};
  for (const int i : {0, 1}) {
    identity_.factors.change_password({.staff = siti.id,
                                       .session = siti.signed_in.session.id,
                                       .old_password = vault::Password(siti.password),
                                       .new_password = vault::Password(passwords[i]),
                                       .actor = actor(siti)},
                                      answers[i].done());
  }
  go.set_value();
  EXPECT_TRUE(answers[0].wait().has_value());
  EXPECT_EQ(answers[1].wait().error().code(), ErrorCode::kVersionConflict);
  siti.password = passwords[0];
  EXPECT_TRUE(try_sign_in(form_of(siti, next_code(siti))));
}

}  // namespace
}  // namespace dermaga::identity

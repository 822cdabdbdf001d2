#include "identity/sign_in.h"

#include <thread>

#include "proofs/tries.h"
#include "test_identity.h"

namespace dermaga::identity {
namespace {

using std::chrono::milliseconds;

class SignInTest : public IdentityTest {
 protected:
  std::int64_t sessions() { return number("SELECT COUNT(*) FROM staff_sessions"); }
  std::string password_hash() {
    std::string hash;
    EXPECT_TRUE(connection_->query("SELECT password_hash FROM staff", {},
                                   [&hash](const store::Row& row) -> Status {
                                     hash = row.text(0);
                                     return {};
                                   }));
    return hash;
  }
  static std::string denied(const StaffId& staff) {
    return "nobody staff.sign_in " + staff.str() + ": password and code, denied";
  }
  // Uses up a budget by wrong passwords from one place.
  void use_up(const Person& person, const Visitor& visitor, std::int64_t tries) {
    for (std::int64_t i = 0; i < tries; ++i) {
      ASSERT_EQ(try_wrong_password(person, visitor), ErrorCode::kUnauthenticated) << i;
    }
    ASSERT_EQ(try_wrong_password(person, visitor), ErrorCode::kRateLimited);
  }
};

TEST_F(SignInTest, PasswordAndCodeSignIn) {
  const Person siti = enrol("support");
  const SignedIn in = sign_in(siti, stranger(1));
  EXPECT_EQ(last_act(),
            "staff:" + siti.id.str() + " staff.sign_in " + siti.id.str() + ": password and code");
  EXPECT_EQ(in.session.staff, siti.id);
  EXPECT_EQ(in.session.method, "password");
  EXPECT_EQ(in.session.visitor.source, stranger(1).source);
  EXPECT_EQ(in.session.visitor.user_agent, stranger(1).user_agent);
  EXPECT_EQ(in.session.created_at, clock_.now());
  EXPECT_EQ(in.session.expires_at, clock_.now() + kSessionLifetime);
  EXPECT_EQ(in.token.reveal().size(), 43u);
  EXPECT_FALSE(caller(in.token).is_fresh) << "sensitive acts want a second factor anew";
  EXPECT_TRUE(is_signed_in(siti.signed_in.token)) << "other sessions go on";
}

TEST_F(SignInTest, AnAddressIsReadWhateverItsCase) {
  const Person siti = enrol("support");
  auto form = form_of(siti, next_code(siti));
  form.email = vault::EmailAddress("  SITI.Rahayu.1@Example.com ");
  EXPECT_TRUE(try_sign_in(std::move(form)));
}

TEST_F(SignInTest, ARecoveryCodeStandsInForACodeOnce) {
  const Person siti = enrol("support");
  EXPECT_TRUE(try_sign_in(form_of(siti, siti.recovery_codes[0])));
  EXPECT_EQ(try_sign_in(form_of(siti, siti.recovery_codes[0])).error().code(),
            ErrorCode::kUnauthenticated);
  EXPECT_EQ(last_act(), denied(siti.id));
}

TEST_F(SignInTest, WhateverIsWrongIsToldTheSameWay) {
  const Person owner = enrol("owner");
  const Person siti = enrol("support");
  clock_.advance(kCodeStep);
  std::vector<SignIn::Form> forms;
  forms.push_back(form_of(siti, code_of(siti)));
  forms.back().password = vault::Password("empat kuda terbang");
  forms.push_back(form_of(siti, wrong_code(siti)));
  forms.push_back(form_of(siti, ""));
  forms.push_back(form_of(siti, owner.recovery_codes[0]));
  forms.push_back(form_of(siti, code_of(siti)));
  forms.back().email = vault::EmailAddress("nobody@example.com");
  forms.push_back(form_of(siti, code_of(siti)));
  forms.back().email = vault::EmailAddress("no address");
  const std::int64_t before = sessions();
  for (std::size_t i = 0; i < forms.size(); ++i) {
    const auto refused = try_sign_in(std::move(forms[i]));
    ASSERT_FALSE(refused.has_value()) << i;
    EXPECT_EQ(refused.error().code(), ErrorCode::kUnauthenticated) << i;
    EXPECT_EQ(refused.error().message(), "the e-mail address, password or code is wrong") << i;
    const bool is_known = i < 4;
    EXPECT_EQ(last_act(), denied(is_known ? siti.id : StaffId())) << i;
  }
  EXPECT_EQ(sessions(), before);
  EXPECT_TRUE(try_sign_in(form_of(siti, code_of(siti)))) << "the code was not used by others";
}

TEST_F(SignInTest, AUsedCodeIsRefused) {
  const Person siti = enrol("support");
  const std::string code = next_code(siti);
  EXPECT_TRUE(try_sign_in(form_of(siti, code)));
  EXPECT_EQ(try_sign_in(form_of(siti, code)).error().code(), ErrorCode::kUnauthenticated);
}

TEST_F(SignInTest, OnlyActiveAccountsSignIn) {
  const Person owner = enrol("owner");
  const Person siti = enrol("support");
  const auto version = identity_.accounts.find(siti.id)->version;
  ASSERT_TRUE(identity_.accounts.change(siti.id, version, {.role = {}, .disabled = true}, host()));
  EXPECT_EQ(try_sign_in(form_of(siti, next_code(siti))).error().code(),
            ErrorCode::kUnauthenticated);
  EXPECT_EQ(last_act(), denied(StaffId()));
  Person budi = somebody("support");
  invite(budi);
  budi.password = "";
  EXPECT_EQ(try_sign_in(form_of(budi, "")).error().code(), ErrorCode::kUnauthenticated);
}

TEST_F(SignInTest, AnAccountHasABudgetForStrangers) {
  const Person siti = enrol("support");
  const Person budi = enrol("support");
  for (int place = 1; place <= 10; ++place) {
    EXPECT_EQ(try_wrong_password(siti, stranger(place)), ErrorCode::kUnauthenticated);
  }
  const auto acts_before = acts().size();
  EXPECT_EQ(try_wrong_password(siti, stranger(11)), ErrorCode::kRateLimited);
  auto right = form_of(siti, next_code(siti), stranger(12));
  EXPECT_EQ(try_sign_in(std::move(right)).error().code(), ErrorCode::kRateLimited);
  EXPECT_EQ(acts().size(), acts_before) << "a flood writes nothing";
  EXPECT_TRUE(try_sign_in(form_of(budi, next_code(budi), stranger(1)))) << "another account";
  clock_.advance(proofs::kTriesWindow);
  EXPECT_TRUE(try_sign_in(form_of(siti, code_of(siti), stranger(1))));
}

// Or the budget would tell which addresses somebody has.
TEST_F(SignInTest, AnAddressThatNobodyHasRunsOutAsWell) {
  use_up(somebody("support"), stranger(1), kTriesOfAccount);
}

TEST_F(SignInTest, APersonsOwnPlaceHasABudgetApart) {
  const Person siti = enrol("support");
  use_up(siti, stranger(1), kTriesOfAccount);
  EXPECT_TRUE(try_sign_in(form_of(siti, next_code(siti), kHome)));
  use_up(siti, kHome, kTriesOfKnownSource);
  EXPECT_EQ(try_sign_in(form_of(siti, next_code(siti), kHome)).error().code(),
            ErrorCode::kRateLimited);
}

TEST_F(SignInTest, APlaceIsKnownForNinetyDays) {
  const Person siti = enrol("support");
  clock_.advance(std::chrono::hours(24 * 90));
  for (const auto after : {milliseconds(0), milliseconds(1)}) {
    clock_.advance(after);
    use_up(siti, stranger(1), kTriesOfAccount);
    const auto form_from_home = try_sign_in(form_of(siti, wrong_code(siti), kHome));
    EXPECT_EQ(form_from_home.error().code(),
              after == milliseconds(0) ? ErrorCode::kUnauthenticated : ErrorCode::kRateLimited);
    ASSERT_TRUE(connection_->execute("DELETE FROM tries").has_value());
  }
}

TEST_F(SignInTest, APlaceHasABudgetWhateverTheAccount) {
  const Person siti = enrol("support");
  for (std::int64_t i = 0; i < kTriesOfSource; ++i) {
    ASSERT_EQ(try_wrong_password(somebody("support"), stranger(1)), ErrorCode::kUnauthenticated);
  }
  EXPECT_EQ(try_sign_in(form_of(siti, next_code(siti), stranger(1))).error().code(),
            ErrorCode::kRateLimited);
  EXPECT_TRUE(try_sign_in(form_of(siti, code_of(siti), stranger(2))));
}

TEST_F(SignInTest, GoodTriesCostNothing) {
  const Person siti = enrol("support");
  ASSERT_TRUE(connection_->execute("DELETE FROM tries").has_value());
  for (std::int64_t i = 0; i < kTriesOfKnownSource + 2; ++i) {
    ASSERT_TRUE(try_sign_in(form_of(siti, next_code(siti), kHome)));
  }
  EXPECT_EQ(number("SELECT SUM(tries) FROM tries"), 0);
}

TEST_F(SignInTest, AChangedCostHashesAnewAtTheNextSignIn) {
  const Person siti = enrol("support");
  const std::string first = password_hash();
  EXPECT_TRUE(first.starts_with("$argon2id$v=19$m=64,t=1,p=1$")) << first;
  sign_in(siti);
  sign_in(siti);
  EXPECT_EQ(password_hash(), first) << "at the same cost it stays";
  {
    passwords::Hasher dearer({.cost = {.memory_bytes = std::size_t{128} * 1024, .passes = 2}});
    SignIn later(ports_with(dearer));
    Answer<SignedIn> wrong;
    later.with_password(form_of(siti, wrong_code(siti)), wrong.done());
    EXPECT_FALSE(wrong.wait().has_value());
    Answer<SignedIn> answer;
    later.with_password(form_of(siti, next_code(siti)), answer.done());
    ASSERT_TRUE(answer.wait().has_value());
    for (int i = 0; i < 500 && password_hash() == first; ++i) {
      std::this_thread::sleep_for(milliseconds(10));
    }
  }
  EXPECT_TRUE(password_hash().starts_with("$argon2id$v=19$m=128,t=2,p=1$")) << password_hash();
  EXPECT_TRUE(is_signed_in(sign_in(siti).token)) << "it is the same password";
}

TEST_F(SignInTest, AHasherThatIsBusySaysSo) {
  const Person siti = enrol("support");
  std::promise<void> go;
  std::promise<void> begun;
  passwords::Hasher busy({.cost = kTinyCost, .waiting_max = 1});
  busy.hash(vault::Password("holds the only thread"), [&](const Result<std::string>&) {
    begun.set_value();
    go.get_future().wait();
  });
  begun.get_future().wait();
  SignIn sign_in(ports_with(busy));
  clock_.advance(kCodeStep);
  Answer<SignedIn> waits;
  Answer<SignedIn> refused;
  sign_in.with_password(form_of(siti, code_of(siti)), waits.done());
  sign_in.with_password(form_of(siti, code_of(siti)), refused.done());
  EXPECT_EQ(refused.wait().error().code(), ErrorCode::kOverloaded);
  go.set_value();
  EXPECT_TRUE(waits.wait().has_value());
}

}  // namespace
}  // namespace dermaga::identity

#include "identity/enrolment.h"

#include <thread>

#include "identity/sign_in.h"
#include "test_identity.h"

namespace dermaga::identity {
namespace {

using std::chrono::milliseconds;

class EnrolmentTest : public IdentityTest {
 protected:
  ErrorCode open_fails(const InvitationToken& token) {
    return identity_.enrolment.open(token, kHome).error().code();
  }
  ErrorCode finish_fails(Enrolment::Form form) { return finish(std::move(form)).error().code(); }
  std::int64_t open_invitations() { return number("SELECT COUNT(*) FROM staff_invitations"); }
};

TEST_F(EnrolmentTest, TheInvitedBecomesActiveAndIsSignedInFresh) {
  Person siti = somebody("support");
  const Invitation invitation = invite(siti);
  const auto opened = identity_.enrolment.open(invitation.token, kHome).value();
  EXPECT_EQ(opened.email.reveal(), siti.email);
  EXPECT_EQ(opened.name.reveal(), siti.name);
  EXPECT_EQ(opened.role, "support");
  EXPECT_EQ(opened.totp_secret.reveal().size(), 32u);
  EXPECT_THAT(std::string(opened.totp_uri.reveal()),
              testing::AllOf(testing::StartsWith("otpauth://totp/Toko%20Senja:siti.rahayu.1%40"),
                             testing::HasSubstr(std::string(opened.totp_secret.reveal()))));
  open(siti, invitation.token);
  keep(siti, finish(form_of(siti, invitation.token)).value());
  EXPECT_EQ(last_act(),
            "staff:" + siti.id.str() + " staff.enrol " + siti.id.str() + ": role support");
  EXPECT_EQ(siti.id, invitation.staff);
  EXPECT_EQ(siti.recovery_codes.size(), 10u);
  EXPECT_EQ(siti.signed_in.session.method, "enrolment");
  EXPECT_EQ(siti.signed_in.session.visitor.source, kHome.source);
  EXPECT_EQ(identity_.accounts.find(siti.id)->status, StaffStatus::kActive);
  const Caller fresh = caller(siti);
  EXPECT_TRUE(fresh.is_fresh);
  EXPECT_EQ(fresh.permissions, roles::permissions_of("support"));
  clock_.advance(kStepUpLifetime);
  EXPECT_FALSE(caller(siti).is_fresh);
}

TEST_F(EnrolmentTest, TheCodeThatEnrolledSignsNobodyIn) {
  const Person siti = enrol("analyst");
  EXPECT_EQ(try_sign_in(form_of(siti, code_of(siti))).error().code(), ErrorCode::kUnauthenticated);
  EXPECT_TRUE(try_sign_in(form_of(siti, next_code(siti))));
}

TEST_F(EnrolmentTest, TheFirstOwnerBringsAddressAndName) {
  const Invitation invitation =
      identity_.accounts.invite_first_owner({.name = "host:root", .source = "cli"}).value();
  Person siti = somebody("owner");
  const auto opened = identity_.enrolment.open(invitation.token, kHome).value();
  EXPECT_TRUE(opened.email.empty() && opened.name.empty());
  open(siti, invitation.token);
  auto form = form_of(siti, invitation.token);
  form.email.reset();
  EXPECT_EQ(finish_fails(std::move(form)), ErrorCode::kInvalidArgument);
  form = form_of(siti, invitation.token);
  form.name.reset();
  EXPECT_EQ(finish_fails(std::move(form)), ErrorCode::kInvalidArgument);
  form = form_of(siti, invitation.token);
  form.email = vault::EmailAddress("siti");
  EXPECT_EQ(finish_fails(std::move(form)), ErrorCode::kInvalidArgument);
  form = form_of(siti, invitation.token);
  form.email = vault::EmailAddress(" Siti.Rahayu.1@EXAMPLE.com");
  ASSERT_TRUE(finish(std::move(form)));
  EXPECT_EQ(identity_.accounts.find(invitation.staff)->email.reveal(), siti.email);
  EXPECT_TRUE(try_sign_in(form_of(siti, next_code(siti))));
}

TEST_F(EnrolmentTest, TheInvitedDoNotChooseTheirAddress) {
  Person siti = somebody("analyst");
  const Invitation invitation = invite(siti);
  open(siti, invitation.token);
  auto form = form_of(siti, invitation.token);
  form.email = vault::EmailAddress("other@example.com");
  form.name = vault::PersonName("Somebody Else");
  ASSERT_TRUE(finish(std::move(form)));
  const Member member = identity_.accounts.find(siti.id).value();
  EXPECT_EQ(member.email.reveal(), siti.email);
  EXPECT_EQ(member.name.reveal(), siti.name);
}

TEST_F(EnrolmentTest, AnInvitationIsGoodOnce) {
  Person siti = somebody("analyst");
  const Invitation invitation = invite(siti);
  open(siti, invitation.token);
  ASSERT_TRUE(finish(form_of(siti, invitation.token)));
  clock_.advance(kCodeStep);
  EXPECT_EQ(open_fails(invitation.token), ErrorCode::kNotFound);
  EXPECT_EQ(finish_fails(form_of(siti, invitation.token)), ErrorCode::kNotFound);
  EXPECT_EQ(number("SELECT COUNT(*) FROM staff_sessions"), 1);
}

TEST_F(EnrolmentTest, AnInvitationLivesTwoDays) {
  Person siti = somebody("analyst");
  const Invitation invitation = invite(siti);
  open(siti, invitation.token);
  clock_.advance(kInvitationLifetime - milliseconds(1));
  EXPECT_TRUE(identity_.enrolment.open(invitation.token, kHome));
  clock_.advance(milliseconds(1));
  EXPECT_EQ(open_fails(invitation.token), ErrorCode::kNotFound);
  EXPECT_EQ(finish_fails(form_of(siti, invitation.token)), ErrorCode::kNotFound);
}

TEST_F(EnrolmentTest, TokensThatNobodyGaveOpenNothing) {
  Person siti = somebody("analyst");
  const Invitation invitation = invite(siti);
  std::mt19937 random(1);
  EXPECT_EQ(open_fails(InvitationToken("")), ErrorCode::kNotFound);
  for (int i = 0; i < mutations(); ++i) {
    const std::string token = mutated(invitation.token.reveal(), random);
    const auto opened = identity_.enrolment.open(InvitationToken(token), stranger(i));
    ASSERT_FALSE(opened.has_value()) << token;
    ASSERT_EQ(opened.error().code(), ErrorCode::kNotFound) << opened.error().message();
  }
  EXPECT_TRUE(identity_.enrolment.open(invitation.token, kHome));
}

TEST_F(EnrolmentTest, OnlyTheSecretThatWasShownLastCounts) {
  Person siti = somebody("analyst");
  const Invitation invitation = invite(siti);
  Person thief = somebody("analyst");
  open(thief, invitation.token);
  EXPECT_EQ(last_act(), "invited:" + siti.id.str() + " staff.open_invitation " + siti.id.str());
  open(siti, invitation.token);
  EXPECT_NE(siti.totp_secret, thief.totp_secret);
  EXPECT_EQ(finish_fails(form_of(thief, invitation.token)), ErrorCode::kInvalidArgument);
  EXPECT_TRUE(finish(form_of(siti, invitation.token)).has_value());
}

TEST_F(EnrolmentTest, OfOpeningsAtOnceOneSecretCounts) {
  Person siti = somebody("analyst");
  const Invitation invitation = invite(siti);
  std::string shown[4];
  std::vector<std::thread> threads;
  for (std::string& secret : shown) {
    threads.emplace_back([&] {
      const auto opened = identity_.enrolment.open(invitation.token, kHome).value();
      secret = raw_totp_secret(opened.totp_secret.reveal());
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  int good = 0;
  for (const std::string& secret : shown) {
    siti.totp_secret = secret;
    const auto done = finish(form_of(siti, invitation.token));
    good += done.has_value() && done->signed_in.has_value() ? 1 : 0;
  }
  EXPECT_EQ(good, 1);
}

TEST_F(EnrolmentTest, OpeningHasABudgetOfItsPlaceThatGoodOnesDoNotUse) {
  Person siti = somebody("analyst");
  const Invitation invitation = invite(siti);
  for (std::int64_t i = 0; i < kTriesOfSource; ++i) {
    ASSERT_EQ(identity_.enrolment.open(InvitationToken("unknown"), stranger(1)).error().code(),
              ErrorCode::kNotFound);
    ASSERT_TRUE(identity_.enrolment.open(invitation.token, kHome));
  }
  EXPECT_EQ(identity_.enrolment.open(invitation.token, stranger(1)).error().code(),
            ErrorCode::kRateLimited);
  EXPECT_TRUE(identity_.enrolment.open(invitation.token, kHome));
}

TEST_F(EnrolmentTest, ARefusedPasswordChangesNothing) {
  Person siti = somebody("analyst");
  const Invitation invitation = invite(siti);
  open(siti, invitation.token);
  const std::size_t acts_before = acts().size();
  constexpr std::pair<std::string_view, std::string_view> kCases[] = {
      {"kuda", "password_too_short"},
      {"siti.rahayu.1", "password_is_about_you"},
      {"Toko Senja 12", "password_is_about_you"},
      {"1234567890", "password_breached"},
  };
  for (const auto& [password, code] : kCases) {
    auto form = form_of(siti, invitation.token);
    form.password = vault::Password(std::string(password));
    const auto refused = finish(std::move(form)).value();
    EXPECT_EQ(refused.refusal.value_or(passwords::Refusal()).code, code) << password;
    EXPECT_FALSE(refused.signed_in.has_value());
    EXPECT_TRUE(refused.recovery_codes.empty());
  }
  EXPECT_EQ(acts().size(), acts_before);
  EXPECT_EQ(number("SELECT COUNT(*) FROM staff_sessions"), 0);
  EXPECT_EQ(identity_.accounts.find(siti.id)->status, StaffStatus::kInvited);
  EXPECT_TRUE(finish(form_of(siti, invitation.token))->signed_in.has_value());
}

TEST_F(EnrolmentTest, AWrongCodeChangesNothing) {
  Person siti = somebody("analyst");
  const Invitation invitation = invite(siti);
  auto unopened = form_of(siti, invitation.token);
  EXPECT_EQ(finish_fails(std::move(unopened)), ErrorCode::kInvalidArgument) << "it has no secret";
  open(siti, invitation.token);
  auto form = form_of(siti, invitation.token);
  form.code = wrong_code(siti);
  EXPECT_EQ(finish_fails(std::move(form)), ErrorCode::kInvalidArgument);
  form = form_of(siti, invitation.token);
  form.code = code_at(siti.totp_secret, clock_.now() - 2 * kCodeStep);
  EXPECT_EQ(finish_fails(std::move(form)), ErrorCode::kInvalidArgument);
  EXPECT_EQ(open_invitations(), 1);
  EXPECT_EQ(number("SELECT COUNT(*) FROM staff_sessions"), 0);
  EXPECT_TRUE(finish(form_of(siti, invitation.token)));
}

// Both were looked at before either was written.
TEST_F(EnrolmentTest, OfTwoWhoFinishAtOnceOneWins) {
  Person siti = somebody("analyst");
  const Invitation invitation = invite(siti);
  open(siti, invitation.token);
  std::vector<Answer<Enrolment::Enrolled>> answers(3);
  std::promise<void> go;
  hasher_.hash(vault::Password("holds the only thread"),
               [&go](const Result<std::string>&) { go.get_future().wait(); });
  for (auto& answer : answers) {
    identity_.enrolment.finish(form_of(siti, invitation.token), answer.done());
  }
  EXPECT_EQ(open_invitations(), 1);
  go.set_value();
  EXPECT_TRUE(answers[0].wait()->signed_in.has_value());
  EXPECT_EQ(answers[1].wait().error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(answers[2].wait().error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(number("SELECT COUNT(*) FROM staff_sessions"), 1);
  EXPECT_EQ(number("SELECT COUNT(*) FROM staff_recovery_codes"), 10);
}

TEST_F(EnrolmentTest, AnInvitationThatIsReplacedMeanwhileIsNotUsed) {
  Person siti = somebody("analyst");
  const Invitation invitation = invite(siti);
  open(siti, invitation.token);
  Answer<Enrolment::Enrolled> answer;
  std::promise<void> go;
  hasher_.hash(vault::Password("holds the only thread"),
               [&go](const Result<std::string>&) { go.get_future().wait(); });
  identity_.enrolment.finish(form_of(siti, invitation.token), answer.done());
  ASSERT_TRUE(identity_.accounts.invite_again(siti.id, host()));
  go.set_value();
  EXPECT_EQ(answer.wait().error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(identity_.accounts.find(siti.id)->status, StaffStatus::kInvited);
  EXPECT_EQ(open_invitations(), 1);
}

TEST_F(EnrolmentTest, AnAddressThatSomebodyHasLeavesTheInvitationOpen) {
  const Invitation invitation =
      identity_.accounts.invite_first_owner({.name = "host:root", .source = "cli"}).value();
  Person budi = somebody("analyst");
  invite(budi);
  Person siti = somebody("owner");
  open(siti, invitation.token);
  auto form = form_of(siti, invitation.token);
  form.email = vault::EmailAddress(budi.email);
  EXPECT_EQ(finish_fails(std::move(form)), ErrorCode::kAlreadyExists);
  EXPECT_TRUE(finish(form_of(siti, invitation.token))->signed_in.has_value());
}

TEST_F(EnrolmentTest, APlaceHasABudget) {
  Person siti = somebody("analyst");
  const Invitation invitation = invite(siti);
  open(siti, invitation.token);
  for (std::int64_t i = 0; i < kTriesOfSource; ++i) {
    auto form = form_of(siti, InvitationToken("unknown"));
    form.visitor = stranger(1);
    EXPECT_EQ(finish_fails(std::move(form)), ErrorCode::kNotFound);
  }
  auto form = form_of(siti, invitation.token);
  form.visitor = stranger(1);
  EXPECT_EQ(finish_fails(std::move(form)), ErrorCode::kRateLimited);
  EXPECT_TRUE(finish(form_of(siti, invitation.token))) << "from elsewhere";
}

}  // namespace
}  // namespace dermaga::identity

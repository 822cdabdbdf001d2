#include "identity/accounts.h"

#include <atomic>
#include <thread>

#include "test_identity.h"

namespace dermaga::identity {
namespace {

using test_authenticator::Authenticator;

class AccountsTest : public IdentityTest {
 protected:
  Result<Invitation> try_invite(std::string email, std::string name, const std::string& role,
                                const Principal& principal = host()) {
    secrets_.insert(secrets_.end(), {email, name});
    return identity_.accounts.invite({.email = vault::EmailAddress(std::move(email)),
                                      .name = vault::PersonName(std::move(name)),
                                      .role = role},
                                     principal);
  }
  Result<Member> change(const Person& person, const Accounts::Change& change,
                        const Principal& principal = host()) {
    const auto version = identity_.accounts.find(person.id).value().version;
    return identity_.accounts.change(person.id, version, change, principal);
  }
  Result<Member> set_role(const Person& person, const std::string& role,
                          const Principal& principal = host()) {
    return change(person, {.role = role, .disabled = std::nullopt}, principal);
  }
  Result<Member> set_disabled(const Person& person, bool disabled,
                              const Principal& principal = host()) {
    return change(person, {.role = std::nullopt, .disabled = disabled}, principal);
  }
  bool is_open(const InvitationToken& token) {
    return identity_.enrolment.open(token, kHome).has_value();
  }
};

TEST_F(AccountsTest, TheFirstOwnerHasALinkUntilSomebodyEnrolled) {
  const audit::Actor cli{.name = "host:root", .source = "cli"};
  const Invitation first = identity_.accounts.invite_first_owner(cli).value();
  EXPECT_EQ(last_act(), "host:root staff.invite " + first.staff.str() + ": first owner");
  EXPECT_EQ(first.expires_at, clock_.now() + kInvitationLifetime);
  const Invitation second = identity_.accounts.invite_first_owner(cli).value();
  EXPECT_EQ(second.staff, first.staff);
  EXPECT_FALSE(is_open(first.token));
  ASSERT_TRUE(is_open(second.token));

  const auto members = identity_.accounts.list().value();
  ASSERT_EQ(members.size(), 1u);
  EXPECT_EQ(members[0].role, "owner");
  EXPECT_EQ(members[0].status, StaffStatus::kInvited);
  EXPECT_TRUE(members[0].email.empty() && members[0].name.empty());

  Person siti = somebody("owner");
  open(siti, second.token);
  keep(siti, finish(form_of(siti, second.token)).value());
  const auto acts_before = acts().size();
  EXPECT_EQ(identity_.accounts.invite_first_owner(cli).error().code(), ErrorCode::kAlreadyExists);
  EXPECT_EQ(acts().size(), acts_before);
  const Member member = identity_.accounts.find(first.staff).value();
  EXPECT_EQ(member.status, StaffStatus::kActive);
  EXPECT_EQ(member.email.reveal(), siti.email);
  EXPECT_EQ(member.name.reveal(), siti.name);
}

TEST_F(AccountsTest, WhoeverIsInvitedIsKnownByAddressAndName) {
  const Invitation invitation =
      try_invite(" \tSiti.Rahayu@Example.COM ", "  Siti Rahayu ", "analyst").value();
  EXPECT_EQ(last_act(), "host:tester staff.invite " + invitation.staff.str() +
                            ": role analyst because new colleague");
  const Member member = identity_.accounts.find(invitation.staff).value();
  EXPECT_EQ(member.email.reveal(), "siti.rahayu@example.com");
  EXPECT_EQ(member.name.reveal(), "Siti Rahayu");
  EXPECT_EQ(member.role, "analyst");
  EXPECT_EQ(member.status, StaffStatus::kInvited);
  EXPECT_EQ(member.created_at, clock_.now());
  EXPECT_EQ(member.passkeys, 0);
  EXPECT_EQ(identity_.accounts.list()->size(), 1u);
  EXPECT_EQ(enrolment_link("https://admin.example.com", InvitationToken("abc")).reveal(),
            "https://admin.example.com/enrol#abc");
  secrets_.emplace_back("siti.rahayu@example.com");
  secrets_.emplace_back(invitation.token.reveal());
}

TEST_F(AccountsTest, NothingPersonalStandsInTheStoreAsItIs) {
  const Person siti = enrol("analyst");
  int rows = 0;
  ASSERT_TRUE(connection_->query(
      "SELECT email_index, email_sealed, name_sealed, totp_sealed FROM staff", {},
      [&](const store::Row& row) -> Status {
        ++rows;
        for (int column = 0; column < 4; ++column) {
          const std::string stored(row.blob(column));
          EXPECT_GE(stored.size(), 32u) << column;
          for (const std::string& secret : {siti.email, siti.name, siti.totp_secret}) {
            EXPECT_EQ(stored.find(secret), stored.npos) << column;
          }
        }
        return {};
      }));
  EXPECT_EQ(rows, 1);
}

TEST_F(AccountsTest, AnAddressIsThatOfOnePerson) {
  ASSERT_TRUE(try_invite("siti@example.com", "Siti", "analyst"));
  for (const auto* same : {"siti@example.com", "SITI@Example.Com", " siti@example.com\t"}) {
    const auto again = try_invite(same, "Other Siti", "support");
    ASSERT_FALSE(again.has_value()) << same;
    EXPECT_EQ(again.error().code(), ErrorCode::kAlreadyExists);
    EXPECT_EQ(again.error().message().find("siti"), std::string::npos);
  }
  EXPECT_EQ(identity_.accounts.list()->size(), 1u);
  EXPECT_EQ(acts().size(), 1u);
  EXPECT_TRUE(try_invite("siti@example.org", "Siti", "analyst"));
}

TEST_F(AccountsTest, WhatIsNoAddressOrNameIsRefusedUnrepeated) {
  const std::string long_address = std::string(250, 'a') + "@b.id";
  for (const std::string& wrong :
       {std::string("siti"), std::string("@example.com"), std::string("siti@"),
        std::string("si ti@example.com"), std::string("siti@a@b"), std::string("siti@\x01.com"),
        std::string("siti@\xff.com"), long_address}) {
    const auto refused = try_invite(wrong, "Siti", "analyst");
    ASSERT_FALSE(refused.has_value()) << wrong;
    EXPECT_EQ(refused.error().code(), ErrorCode::kInvalidArgument);
    EXPECT_EQ(refused.error().message().find(wrong), std::string::npos);
  }
  for (const std::string& wrong : {std::string("   "), std::string("Si\nti"), std::string(101, 'a'),
                                   std::string("\xff abc")}) {
    EXPECT_EQ(try_invite("siti@example.com", wrong, "analyst").error().code(),
              ErrorCode::kInvalidArgument);
  }
  EXPECT_TRUE(identity_.accounts.list()->empty());
  EXPECT_TRUE(acts().empty());
}

TEST_F(AccountsTest, RolesThatDoNotExistAreGivenToNobody) {
  const Person owner = enrol("owner");
  const auto acts_before = acts().size();
  for (const auto* role : {"", "root", "Owner", "packer"}) {
    EXPECT_EQ(try_invite("budi@example.com", "Budi Santoso", role).error().code(),
              ErrorCode::kNotFound);
    EXPECT_EQ(set_role(owner, role).error().code(), ErrorCode::kNotFound);
  }
  EXPECT_EQ(acts().size(), acts_before);
  EXPECT_EQ(identity_.accounts.list()->size(), 1u);
  ASSERT_TRUE(identity_.roles.make({.name = "packer", .permissions = {}}, host()));
  EXPECT_TRUE(try_invite("budi@example.com", "Budi Santoso", "packer"));
}

TEST_F(AccountsTest, EveryDecisionWantsAReason) {
  const Person owner = enrol("owner");
  const Person siti = enrol("analyst");
  for (const std::string& reason : {std::string(), std::string("  "), std::string(201, 'x'),
                                    std::string("line\nbreak"), std::string("\xff")}) {
    Principal principal = host();
    principal.reason = reason;
    EXPECT_EQ(try_invite("budi@example.com", "Budi Santoso", "analyst", principal).error().code(),
              ErrorCode::kInvalidArgument);
    EXPECT_EQ(identity_.accounts.invite_again(siti.id, principal).error().code(),
              ErrorCode::kInvalidArgument);
    EXPECT_EQ(set_disabled(siti, true, principal).error().code(), ErrorCode::kInvalidArgument);
  }
  EXPECT_TRUE(is_signed_in(siti.signed_in.token));
}

TEST_F(AccountsTest, NobodyGivesChangesOrTakesWhatTheyLack) {
  const Person owner = enrol("owner");
  const Person second = enrol("owner");
  const Person analyst = enrol("analyst");
  const Principal support = principal(enrol("support"));
  const auto acts_before = acts().size();
  for (const auto* role : {"owner", "operator", "catalog", "auditor"}) {
    EXPECT_EQ(try_invite("budi@example.com", "Budi Santoso", role, support).error().code(),
              ErrorCode::kForbidden);
    EXPECT_EQ(set_role(analyst, role, support).error().code(), ErrorCode::kForbidden);
  }
  EXPECT_EQ(set_role(second, "analyst", support).error().code(), ErrorCode::kForbidden);
  EXPECT_EQ(set_disabled(second, true, support).error().code(), ErrorCode::kForbidden);
  EXPECT_EQ(identity_.accounts.invite_again(second.id, support).error().code(),
            ErrorCode::kForbidden);
  EXPECT_EQ(acts().size(), acts_before);
  EXPECT_TRUE(is_signed_in(second.signed_in.token));
  EXPECT_TRUE(is_signed_in(analyst.signed_in.token));

  EXPECT_TRUE(try_invite("budi@example.com", "Budi Santoso", "analyst", support));
  EXPECT_TRUE(set_role(analyst, "support", support));
  EXPECT_TRUE(set_role(second, "analyst", principal(owner)));
}

TEST_F(AccountsTest, InvitingAgainEndsAllThatAPersonHad) {
  Person siti = enrol("analyst");
  const Person other = enrol("analyst");
  Authenticator key;
  add_passkey(siti, key);
  const Invitation invitation = identity_.accounts.invite_again(siti.id, host()).value();
  secrets_.emplace_back(invitation.token.reveal());
  EXPECT_EQ(last_act(), "host:tester staff.invite " + siti.id.str() +
                            ": again: the old credentials ended because new colleague");
  EXPECT_FALSE(is_signed_in(siti.signed_in.token));
  EXPECT_TRUE(identity_.factors.passkeys(siti.id)->empty());
  EXPECT_EQ(identity_.factors.recovery_codes_left(siti.id), 0);
  EXPECT_EQ(number("SELECT COUNT(*) FROM staff_known_sources"), 1) << "the other one's";
  EXPECT_EQ(number("SELECT COUNT(*) FROM staff WHERE password_hash = '' AND LENGTH(totp_sealed) = "
                   "0 AND status = 0"),
            1);
  EXPECT_EQ(try_sign_in(form_of(siti, next_code(siti))).error().code(),
            ErrorCode::kUnauthenticated);
  EXPECT_EQ(passkey_sign_in(key).error().code(), ErrorCode::kUnauthenticated);
  EXPECT_TRUE(is_signed_in(other.signed_in.token));

  const std::string old_secret = siti.totp_secret;
  siti.password = "lima kuda terbang";
  open(siti, invitation.token);
  EXPECT_NE(siti.totp_secret, old_secret);
  keep(siti, finish(form_of(siti, invitation.token)).value());
  EXPECT_TRUE(is_signed_in(sign_in(siti).token));
}

TEST_F(AccountsTest, InvitingAgainReplacesTheInvitation) {
  Person siti = somebody("analyst");
  const Invitation first = invite(siti);
  const Invitation second = identity_.accounts.invite_again(siti.id, host()).value();
  EXPECT_EQ(second.staff, siti.id);
  EXPECT_FALSE(is_open(first.token));
  EXPECT_TRUE(is_open(second.token));
  EXPECT_EQ(
      identity_.accounts.invite_again(StaffId::parse("stf_nobody").value(), host()).error().code(),
      ErrorCode::kNotFound);
}

TEST_F(AccountsTest, AnActiveOwnerAlwaysRemains) {
  const Person owner = enrol("owner");
  const Person analyst = enrol("analyst");
  Person invited = somebody("owner");
  const Invitation invitation = invite(invited);
  const auto acts_before = acts().size();
  EXPECT_EQ(set_role(owner, "analyst").error().code(), ErrorCode::kVersionConflict);
  EXPECT_EQ(set_disabled(owner, true).error().code(), ErrorCode::kVersionConflict);
  EXPECT_EQ(acts().size(), acts_before);
  EXPECT_TRUE(is_signed_in(owner.signed_in.token));
  EXPECT_EQ(identity_.accounts.find(owner.id)->role, "owner");

  open(invited, invitation.token);
  keep(invited, finish(form_of(invited, invitation.token)).value());
  EXPECT_TRUE(set_role(owner, "analyst", principal(owner)));
  EXPECT_EQ(set_disabled(invited, true).error().code(), ErrorCode::kVersionConflict);
  EXPECT_TRUE(set_role(analyst, "owner"));
  EXPECT_TRUE(set_disabled(invited, true));
}

// The host's user may: there is no other way back for an only owner who lost everything.
TEST_F(AccountsTest, OnlyTheHostInvitesTheLastOwnerAgain) {
  const Person owner = enrol("owner");
  EXPECT_EQ(identity_.accounts.invite_again(owner.id, principal(owner)).error().code(),
            ErrorCode::kVersionConflict);
  EXPECT_TRUE(is_signed_in(owner.signed_in.token));
  EXPECT_EQ(identity_.factors.recovery_codes_left(owner.id), 10);
  EXPECT_TRUE(identity_.accounts.invite_again(owner.id, host()));
  EXPECT_FALSE(is_signed_in(owner.signed_in.token));
}

TEST_F(AccountsTest, SomebodyIsSignedOutEverywhere) {
  const Person owner = enrol("owner");
  const Person siti = enrol("support");
  const SignedIn second = sign_in(siti);
  Principal silent = host();
  silent.reason = "";
  EXPECT_EQ(identity_.accounts.sign_out(siti.id, silent).error().code(),
            ErrorCode::kInvalidArgument);
  EXPECT_EQ(identity_.accounts.sign_out(owner.id, principal(siti)).error().code(),
            ErrorCode::kForbidden);
  EXPECT_TRUE(is_signed_in(owner.signed_in.token));
  ASSERT_TRUE(identity_.accounts.sign_out(siti.id, host()));
  EXPECT_EQ(last_act(),
            "host:tester staff.sign_out " + siti.id.str() + ": 2 sessions because new colleague");
  EXPECT_FALSE(is_signed_in(siti.signed_in.token));
  EXPECT_FALSE(is_signed_in(second.token));
  EXPECT_TRUE(is_signed_in(owner.signed_in.token));
}

TEST_F(AccountsTest, TwoOwnersCannotDisableEachOtherAtOnce) {
  for (int round = 0; round < 5; ++round) {
    SetUp();
    const Person owners[] = {enrol("owner"), enrol("owner")};
    const std::int64_t versions[] = {identity_.accounts.find(owners[0].id)->version,
                                     identity_.accounts.find(owners[1].id)->version};
    std::atomic<int> changed = 0;
    std::vector<std::thread> threads;
    for (const int mine : {0, 1}) {
      threads.emplace_back([&, other = 1 - mine, who = principal(owners[mine])] {
        const auto done = identity_.accounts.change(owners[other].id, versions[other],
                                                    {.role = std::nullopt, .disabled = true}, who);
        changed += done.has_value() ? 1 : 0;
      });
    }
    for (std::thread& thread : threads) {
      thread.join();
    }
    EXPECT_EQ(changed, 1);
    EXPECT_EQ(number("SELECT COUNT(*) FROM staff WHERE status = 1"), 1);
  }
}

TEST_F(AccountsTest, AChangeNamesTheVersionThatItSaw) {
  const Person owner = enrol("owner");
  const Person siti = enrol("analyst");
  const auto version = identity_.accounts.find(siti.id)->version;
  const Accounts::Change to_support{.role = "support", .disabled = std::nullopt};
  EXPECT_EQ(identity_.accounts.change(siti.id, version - 1, to_support, host()).error().code(),
            ErrorCode::kVersionConflict);
  EXPECT_TRUE(is_signed_in(siti.signed_in.token));
  const Member changed = identity_.accounts.change(siti.id, version, to_support, host()).value();
  EXPECT_EQ(changed.version, version + 1);
  EXPECT_EQ(changed.role, "support");
  EXPECT_EQ(last_act(), "host:tester staff.change " + siti.id.str() +
                            ": role support, active because new colleague");
  EXPECT_FALSE(is_signed_in(siti.signed_in.token));
  EXPECT_TRUE(is_signed_in(owner.signed_in.token));
  EXPECT_EQ(identity_.accounts.change(siti.id, version, to_support, host()).error().code(),
            ErrorCode::kVersionConflict);
  EXPECT_EQ(identity_.accounts.find(siti.id)->version, version + 1);
  EXPECT_EQ(identity_.accounts.change(StaffId::parse("stf_nobody").value(), 1, to_support, host())
                .error()
                .code(),
            ErrorCode::kNotFound);
}

TEST_F(AccountsTest, WhoeverIsDisabledIsOutUntilEnabled) {
  const Person owner = enrol("owner");
  const Person siti = enrol("analyst");
  EXPECT_EQ(set_disabled(siti, true, principal(owner))->status, StaffStatus::kDisabled);
  EXPECT_EQ(last_act(), "staff:" + owner.id.str() + " staff.change " + siti.id.str() +
                            ": role analyst, disabled because it is time");
  EXPECT_FALSE(is_signed_in(siti.signed_in.token));
  EXPECT_EQ(try_sign_in(form_of(siti, next_code(siti))).error().code(),
            ErrorCode::kUnauthenticated);
  EXPECT_EQ(identity_.accounts.invite_again(siti.id, host()).error().code(),
            ErrorCode::kVersionConflict);

  EXPECT_EQ(set_disabled(siti, false)->status, StaffStatus::kActive);
  EXPECT_FALSE(is_signed_in(siti.signed_in.token)) << "an old session";
  EXPECT_TRUE(is_signed_in(sign_in(siti).token));
}

TEST_F(AccountsTest, DisablingTheInvitedEndsTheInvitation) {
  const Person owner = enrol("owner");
  Person siti = somebody("analyst");
  const Invitation invitation = invite(siti);
  ASSERT_TRUE(set_disabled(siti, true));
  EXPECT_FALSE(is_open(invitation.token));
  EXPECT_EQ(set_disabled(siti, false)->status, StaffStatus::kInvited);
  EXPECT_FALSE(is_open(invitation.token)) << "an old invitation";
  const auto again = identity_.accounts.invite_again(siti.id, host()).value();
  EXPECT_TRUE(is_open(again.token));
}

TEST_F(AccountsTest, NobodyIsFoundByAnIdThatNobodyHas) {
  EXPECT_EQ(identity_.accounts.find(StaffId::parse("stf_nobody").value()).error().code(),
            ErrorCode::kNotFound);
  EXPECT_EQ(name(StaffStatus::kInvited), "invited");
  EXPECT_EQ(name(StaffStatus::kActive), "active");
  EXPECT_EQ(name(StaffStatus::kDisabled), "disabled");
}

}  // namespace
}  // namespace dermaga::identity

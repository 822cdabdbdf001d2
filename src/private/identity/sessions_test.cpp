#include "identity/sessions.h"

#include "identity/sign_in.h"
#include "session_rows.h"
#include "test_identity.h"

namespace dermaga::identity {
namespace {

using std::chrono::milliseconds;

class SessionsTest : public IdentityTest {
 protected:
  // Signed in without the proofs, which tests of other files check.
  SignedIn put(const Person& person, const Visitor& visitor = kHome) {
    auto transaction = store::Transaction::begin(*connection_).value();
    auto in = put_session(*connection_, ports_, person.id, "password", visitor, false).value();
    EXPECT_TRUE(transaction.commit());
    secrets_.emplace_back(in.token.reveal());
    return in;
  }
  UtcTime last_seen(const Person& person) {
    return identity_.sessions.list(person.id)->at(0).last_seen_at;
  }
  static std::string act(const Person& person, const std::string& words) {
    return "staff:" + person.id.str() + " " + words;
  }
};

TEST_F(SessionsTest, ATokenFindsWhoeverIsSignedIn) {
  const Person siti = enrol("support");
  const Caller found = identity_.sessions.find(siti.signed_in.token, "192.0.2.1").value();
  EXPECT_EQ(found.staff, siti.id);
  EXPECT_EQ(found.role, "support");
  EXPECT_EQ(found.permissions, roles::permissions_of("support"));
  EXPECT_EQ(found.session, siti.signed_in.session.id);
  EXPECT_TRUE(found.token.empty());
  EXPECT_EQ(found.source, "192.0.2.1");
  EXPECT_EQ(actor_of(found).name, "staff:" + siti.id.str());
  EXPECT_EQ(actor_of(found).source, "192.0.2.1");
}

TEST_F(SessionsTest, TokensThatNobodyGaveFindNobody) {
  const Person siti = enrol("support");
  std::mt19937 random(1);
  EXPECT_FALSE(is_signed_in(SessionToken("")));
  for (int i = 0; i < mutations(); ++i) {
    const std::string token = mutated(siti.signed_in.token.reveal(), random);
    ASSERT_FALSE(is_signed_in(SessionToken(token))) << token;
  }
  EXPECT_TRUE(is_signed_in(siti.signed_in.token));
}

TEST_F(SessionsTest, TheStoreHoldsNoToken) {
  const Person siti = enrol("support");
  ASSERT_TRUE(connection_->query("SELECT token_hash FROM staff_sessions", {},
                                 [&](const store::Row& row) -> Status {
                                   EXPECT_EQ(row.blob(0).size(), 32u);
                                   EXPECT_NE(row.blob(0), siti.signed_in.token.reveal());
                                   return {};
                                 }));
}

TEST_F(SessionsTest, AnIdleSessionIsOver) {
  const Person siti = enrol("support");
  clock_.advance(kSessionIdle - milliseconds(1));
  EXPECT_TRUE(is_signed_in(siti.signed_in.token));
  clock_.advance(kSessionIdle - milliseconds(1));
  EXPECT_TRUE(is_signed_in(siti.signed_in.token)) << "it was used meanwhile";
  clock_.advance(kSessionIdle);
  EXPECT_FALSE(is_signed_in(siti.signed_in.token));
  EXPECT_TRUE(identity_.sessions.list(siti.id)->empty());
}

TEST_F(SessionsTest, EverySessionIsOverAfterTwelveHours) {
  const Person siti = enrol("support");
  const UtcTime end = clock_.now() + kSessionLifetime;
  while (clock_.now() + kSessionIdle / 2 < end) {
    clock_.advance(kSessionIdle / 2);
    ASSERT_TRUE(is_signed_in(siti.signed_in.token));
  }
  clock_.set_wall(end - milliseconds(1));
  EXPECT_TRUE(is_signed_in(siti.signed_in.token));
  clock_.advance(milliseconds(1));
  EXPECT_FALSE(is_signed_in(siti.signed_in.token));
}

TEST_F(SessionsTest, WhatIsOverLeavesTheStoreWithTheNextSignIn) {
  const Person siti = enrol("support");
  const Person budi = enrol("support");
  clock_.advance(kSessionIdle);
  put(budi);
  EXPECT_EQ(number("SELECT COUNT(*) FROM staff_sessions"), 1);
}

TEST_F(SessionsTest, WhenItWasLastSeenIsWrittenOnceAMinute) {
  const Person siti = enrol("support");
  const UtcTime start = clock_.now();
  clock_.advance(std::chrono::minutes(1) - milliseconds(1));
  ASSERT_TRUE(is_signed_in(siti.signed_in.token));
  EXPECT_EQ(last_seen(siti), start);
  clock_.advance(milliseconds(1));
  ASSERT_TRUE(is_signed_in(siti.signed_in.token));
  EXPECT_EQ(last_seen(siti), start + std::chrono::minutes(1));
}

TEST_F(SessionsTest, APersonHasAtMostTwentyAndTheOldestEnds) {
  const Person siti = enrol("support");
  const Person budi = enrol("support");
  std::vector<SignedIn> all;
  for (std::size_t i = 0; i < kSessionsMax + 2; ++i) {
    clock_.advance(milliseconds(1000));
    all.push_back(put(siti));
  }
  EXPECT_FALSE(is_signed_in(siti.signed_in.token));
  EXPECT_FALSE(is_signed_in(all[0].token));
  EXPECT_FALSE(is_signed_in(all[1].token));
  EXPECT_TRUE(is_signed_in(all[2].token));
  EXPECT_TRUE(is_signed_in(all.back().token));
  EXPECT_TRUE(is_signed_in(budi.signed_in.token));
  const auto listed = identity_.sessions.list(siti.id).value();
  ASSERT_EQ(listed.size(), kSessionsMax);
  EXPECT_EQ(listed.front().id, all.back().session.id) << "the newest first";
}

TEST_F(SessionsTest, SessionsAreListedAsTheyWereMade) {
  const Person siti = enrol("support");
  const Person budi = enrol("support");
  const auto listed = identity_.sessions.list(siti.id).value();
  ASSERT_EQ(listed.size(), 1u);
  EXPECT_EQ(listed[0].id, siti.signed_in.session.id);
  EXPECT_EQ(listed[0].staff, siti.id);
  EXPECT_EQ(listed[0].method, "enrolment");
  EXPECT_EQ(listed[0].visitor.source, kHome.source);
  EXPECT_EQ(listed[0].visitor.user_agent, kHome.user_agent);
  EXPECT_EQ(listed[0].created_at, clock_.now());
  EXPECT_EQ(listed[0].expires_at, clock_.now() + kSessionLifetime);
}

TEST_F(SessionsTest, APersonEndsTheirOwnSessionsOnly) {
  const Person siti = enrol("support");
  const Person budi = enrol("support");
  const SessionId& of_budi = budi.signed_in.session.id;
  const auto acts_before = acts().size();
  EXPECT_EQ(identity_.sessions.end(siti.id, of_budi, actor(siti)).error().code(),
            ErrorCode::kNotFound);
  EXPECT_TRUE(is_signed_in(budi.signed_in.token));
  EXPECT_EQ(acts().size(), acts_before);
  ASSERT_TRUE(identity_.sessions.end(budi.id, of_budi, actor(budi)));
  EXPECT_EQ(last_act(), act(budi, "staff.sign_out " + budi.id.str() + ": " + of_budi.str()));
  EXPECT_FALSE(is_signed_in(budi.signed_in.token));
  EXPECT_EQ(identity_.sessions.end(budi.id, of_budi, actor(budi)).error().code(),
            ErrorCode::kNotFound);
}

TEST_F(SessionsTest, AllEndBesideOne) {
  const Person siti = enrol("support");
  const Person budi = enrol("support");
  const SignedIn second = put(siti);
  const SignedIn third = put(siti);
  ASSERT_TRUE(identity_.sessions.end_all(siti.id, second.session.id, actor(siti)));
  EXPECT_EQ(last_act(), act(siti, "staff.sign_out " + siti.id.str() + ": 2 sessions"));
  EXPECT_FALSE(is_signed_in(siti.signed_in.token));
  EXPECT_TRUE(is_signed_in(second.token));
  EXPECT_FALSE(is_signed_in(third.token));
  EXPECT_TRUE(is_signed_in(budi.signed_in.token));
  Principal lost = host();
  lost.reason = "a lost laptop";
  ASSERT_TRUE(identity_.accounts.sign_out(siti.id, lost));
  EXPECT_EQ(last_act(),
            "host:tester staff.sign_out " + siti.id.str() + ": 1 sessions because a lost laptop");
  EXPECT_FALSE(is_signed_in(second.token));
}

TEST_F(SessionsTest, ANewRoleEndsSessionsAndCountsAtTheNext) {
  const Person owner = enrol("owner");
  const Person siti = enrol("support");
  const auto version = identity_.accounts.find(siti.id)->version;
  ASSERT_TRUE(identity_.accounts.change(siti.id, version,
                                        {.role = "analyst", .disabled = std::nullopt}, host()));
  EXPECT_FALSE(is_signed_in(siti.signed_in.token));
  EXPECT_EQ(caller(put(siti).token).permissions, roles::permissions_of("analyst"));
}

TEST_F(SessionsTest, ACustomRoleIsWhatTheShopMadeIt) {
  using enum roles::Permission;
  ASSERT_TRUE(identity_.roles.make({.name = "packer", .permissions = {kOrdersRead}}, host()));
  const Person siti = enrol("packer");
  EXPECT_EQ(caller(siti).role, "packer");
  EXPECT_EQ(caller(siti).permissions, roles::PermissionSet{kOrdersRead});
  ASSERT_TRUE(identity_.roles.change(
      {.name = "packer", .permissions = {kOrdersRead, kOrdersFulfil}, .version = 1}, host()));
  EXPECT_FALSE(is_signed_in(siti.signed_in.token));
  EXPECT_EQ(caller(put(siti).token).permissions,
            (roles::PermissionSet{kOrdersRead, kOrdersFulfil}));
}

}  // namespace
}  // namespace dermaga::identity

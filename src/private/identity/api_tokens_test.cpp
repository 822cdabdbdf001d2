#include "identity/api_tokens.h"

#include "test_identity.h"

namespace dermaga::identity {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using enum roles::Permission;

class ApiTokensTest : public IdentityTest {
 protected:
  Result<ApiTokens::Made> try_make(const Person& maker, const roles::PermissionSet& permissions,
                                   hours lifetime = hours(24), const std::string& label = "kasir",
                                   const std::string& reason = "a new till") {
    auto made = identity_.tokens.make(caller(maker), label, permissions, lifetime, reason);
    if (made.has_value()) {
      secrets_.emplace_back(made->secret.reveal());
    }
    return made;
  }
  ApiTokens::Made make(const Person& maker, const roles::PermissionSet& permissions) {
    return try_make(maker, permissions).value();
  }
  bool is_good(const ApiTokenSecret& secret) {
    const auto found = identity_.tokens.find(secret, kHome.source);
    EXPECT_TRUE(found.has_value() || found.error().code() == ErrorCode::kUnauthenticated);
    return found.has_value();
  }
  void change(const Person& person, const Accounts::Change& change) {
    const auto version = identity_.accounts.find(person.id)->version;
    ASSERT_TRUE(identity_.accounts.change(person.id, version, change, host()));
  }
};

TEST_F(ApiTokensTest, ATokenIsMadeAndFound) {
  const Person owner = enrol("owner");
  const ApiTokens::Made made = make(owner, {kStockRead, kOrdersRead});
  const std::string id = made.token.id.str();
  EXPECT_EQ(last_act(), "staff:" + owner.id.str() + " token.make " + id +
                            ": stock.read orders.read because a new till");
  EXPECT_THAT(std::string(made.secret.reveal()), testing::MatchesRegex("dmg_[A-Za-z0-9_-]{43}"));
  EXPECT_EQ(made.token.expires_at, clock_.now() + hours(24));
  const Caller found = identity_.tokens.find(made.secret, "192.0.2.1").value();
  EXPECT_EQ(found.staff, owner.id);
  EXPECT_EQ(found.token, made.token.id);
  EXPECT_TRUE(found.session.empty());
  EXPECT_FALSE(found.is_fresh);
  EXPECT_EQ(found.source, "192.0.2.1");
  EXPECT_EQ(found.permissions, (roles::PermissionSet{kStockRead, kOrdersRead}));
  EXPECT_EQ(actor_of(found).name, "token:" + id);
}

TEST_F(ApiTokensTest, TokensThatNobodyGaveAreRefused) {
  const Person owner = enrol("owner");
  const ApiTokens::Made made = make(owner, {kStockRead});
  std::mt19937 random(1);
  EXPECT_FALSE(is_good(ApiTokenSecret("")));
  EXPECT_FALSE(is_good(ApiTokenSecret("dmg_")));
  EXPECT_FALSE(is_good(ApiTokenSecret(std::string(made.secret.reveal().substr(4)))));
  for (int i = 0; i < mutations(); ++i) {
    const std::string secret = mutated(made.secret.reveal(), random);
    ASSERT_FALSE(is_good(ApiTokenSecret(secret))) << secret;
  }
  EXPECT_TRUE(is_good(made.secret));
  EXPECT_FALSE(is_signed_in(SessionToken(std::string(made.secret.reveal()))));
  EXPECT_FALSE(is_good(ApiTokenSecret(std::string(owner.signed_in.token.reveal()))));
}

TEST_F(ApiTokensTest, ATokenEndsWithItsTime) {
  const Person owner = enrol("owner");
  const ApiTokens::Made made = make(owner, {kStockRead});
  clock_.advance(hours(24) - milliseconds(1));
  EXPECT_TRUE(is_good(made.secret));
  EXPECT_EQ(identity_.tokens.list()->size(), 1u);
  clock_.advance(milliseconds(1));
  EXPECT_FALSE(is_good(made.secret));
  EXPECT_TRUE(identity_.tokens.list()->empty());
}

TEST_F(ApiTokensTest, ATokenIsEnded) {
  const Person owner = enrol("owner");
  const ApiTokens::Made made = make(owner, {kStockRead});
  const ApiTokens::Made other = make(owner, {kStockRead});
  const auto by = [&](std::string reason) {
    return Principal{.actor = actor(owner),
                     .permissions = *roles::permissions_of(roles::kOwner),
                     .reason = std::move(reason)};
  };
  EXPECT_EQ(identity_.tokens.end(made.token.id, by("")).error().code(),
            ErrorCode::kInvalidArgument);
  Principal lesser = by("upwards");
  lesser.permissions = {kOrdersRead};
  EXPECT_EQ(identity_.tokens.end(made.token.id, lesser).error().code(), ErrorCode::kForbidden);
  EXPECT_TRUE(is_good(made.secret));
  ASSERT_TRUE(identity_.tokens.end(made.token.id, by("the till is gone")));
  EXPECT_EQ(last_act(), "staff:" + owner.id.str() + " token.end " + made.token.id.str() +
                            " because the till is gone");
  EXPECT_FALSE(is_good(made.secret));
  EXPECT_TRUE(is_good(other.secret));
  EXPECT_EQ(identity_.tokens.end(made.token.id, by("again")).error().code(), ErrorCode::kNotFound);
}

TEST_F(ApiTokensTest, TokensAreListedWithoutSecrets) {
  const Person owner = enrol("owner");
  const ApiTokens::Made first = make(owner, {kStockRead});
  clock_.advance(milliseconds(1000));
  const ApiTokens::Made second = make(owner, {kOrdersRead});
  const auto listed = identity_.tokens.list().value();
  ASSERT_EQ(listed.size(), 2u);
  EXPECT_EQ(listed[0].id, first.token.id);
  EXPECT_EQ(listed[1].label, "kasir");
  EXPECT_EQ(listed[1].permissions, roles::PermissionSet{kOrdersRead});
  EXPECT_EQ(listed[1].created_by, owner.id);
  EXPECT_EQ(listed[1].created_at, clock_.now());
  EXPECT_EQ(listed[1].last_used_at, UtcTime());
}

TEST_F(ApiTokensTest, WhenItWasLastUsedIsWrittenOnceAMinute) {
  const Person owner = enrol("owner");
  const ApiTokens::Made made = make(owner, {kStockRead});
  const auto last_used = [&] { return identity_.tokens.list()->at(0).last_used_at; };
  const UtcTime start = clock_.now();
  ASSERT_TRUE(is_good(made.secret));
  EXPECT_EQ(last_used(), start);
  clock_.advance(std::chrono::minutes(1) - milliseconds(1));
  ASSERT_TRUE(is_good(made.secret));
  EXPECT_EQ(last_used(), start);
  clock_.advance(milliseconds(1));
  ASSERT_TRUE(is_good(made.secret));
  EXPECT_EQ(last_used(), clock_.now());
}

TEST_F(ApiTokensTest, NoTokenHasAPermissionThatAsksAgain) {
  const Person owner = enrol("owner");
  const auto acts_before = acts().size();
  int asking = 0;
  for (const roles::Permission permission : roles::all_permissions()) {
    const bool asks = roles::asks_again(permission);
    asking += asks ? 1 : 0;
    const auto made = try_make(owner, {kShopRead, permission});
    ASSERT_EQ(made.has_value(), !asks) << roles::name(permission);
    if (asks) {
      EXPECT_EQ(made.error().code(), ErrorCode::kInvalidArgument);
    }
  }
  EXPECT_EQ(acts().size() - acts_before, roles::kPermissions - static_cast<std::size_t>(asking));
}

TEST_F(ApiTokensTest, ATokenNeverHasMoreThanItsMaker) {
  const Person owner = enrol("owner");
  const Person analyst = enrol("analyst");
  EXPECT_EQ(try_make(analyst, {kShopRead, kStockAdjust}).error().code(), ErrorCode::kForbidden);
  EXPECT_TRUE(try_make(analyst, {kShopRead}));

  const Person second = enrol("owner");
  const ApiTokens::Made made = make(second, {kStockAdjust, kOrdersRead});
  const auto now = [&] { return identity_.tokens.find(made.secret, "x")->permissions; };
  change(second, {.role = "support", .disabled = std::nullopt});
  EXPECT_EQ(now(), roles::PermissionSet{kOrdersRead});
  change(second, {.role = "catalog", .disabled = std::nullopt});
  EXPECT_EQ(now(), roles::PermissionSet{kStockAdjust});
  ASSERT_TRUE(identity_.roles.make({.name = "nothing", .permissions = {}}, host()));
  change(second, {.role = "nothing", .disabled = std::nullopt});
  EXPECT_TRUE(now().empty());
}

TEST_F(ApiTokensTest, EndsWithItsMakersAccountAndCredentials) {
  const Person owner = enrol("owner");
  Person second = enrol("owner");
  const ApiTokens::Made made = make(second, {kStockRead});
  const ApiTokens::Made others = make(owner, {kStockRead});
  change(second, {.role = std::nullopt, .disabled = true});
  EXPECT_FALSE(is_good(made.secret));
  change(second, {.role = std::nullopt, .disabled = false});
  EXPECT_FALSE(is_good(made.secret));
  clock_.advance(kCodeStep);
  second.signed_in = sign_in(second);
  const ApiTokens::Made anew = make(second, {kStockRead});
  EXPECT_TRUE(is_good(anew.secret));
  ASSERT_TRUE(identity_.accounts.invite_again(second.id, host()));
  EXPECT_FALSE(is_good(anew.secret));
  EXPECT_TRUE(is_good(others.secret));
}

TEST_F(ApiTokensTest, WhatMakesNoTokenIsRefused) {
  const Person owner = enrol("owner");
  const auto acts_before = acts().size();
  const roles::PermissionSet some{kStockRead};
  const auto refused = [](const Result<ApiTokens::Made>& made) {
    return !made.has_value() && made.error().code() == ErrorCode::kInvalidArgument;
  };
  EXPECT_TRUE(refused(try_make(owner, {})));
  for (const hours lifetime : {hours(-1), hours(0), kApiTokenLifetimeMax + hours(1)}) {
    EXPECT_TRUE(refused(try_make(owner, some, lifetime))) << lifetime.count();
  }
  for (const std::string& label : {std::string(), std::string(101, 'x'), std::string("\xff")}) {
    EXPECT_TRUE(refused(try_make(owner, some, hours(1), label))) << label;
  }
  for (const std::string& reason : {std::string(" "), std::string(201, 'x')}) {
    EXPECT_TRUE(refused(try_make(owner, some, hours(1), "kasir", reason))) << reason;
  }
  EXPECT_EQ(acts().size(), acts_before);
  EXPECT_TRUE(try_make(owner, some, hours(1)));
  EXPECT_TRUE(try_make(owner, some, kApiTokenLifetimeMax));
}

TEST_F(ApiTokensTest, AShopHasAtMostTwoHundred) {
  const Person owner = enrol("owner");
  ASSERT_TRUE(try_make(owner, {kStockRead}, hours(1)));
  const ApiTokens::Made last = make(owner, {kStockRead});
  for (std::size_t i = 2; i < kApiTokensMax; ++i) {
    const std::string id = "tok_" + std::to_string(i);
    const store::Parameter keys[] = {std::string_view(id), store::Blob{id},
                                     std::string_view(last.token.id.str())};
    ASSERT_TRUE(connection_
                    ->execute("INSERT INTO api_tokens SELECT $1, $2, label, permissions, "
                              "created_by, created_at, expires_at, last_used_at FROM api_tokens "
                              "WHERE token_id = $3",
                              keys)
                    .has_value());
  }
  EXPECT_EQ(try_make(owner, {kStockRead}).error().code(), ErrorCode::kInvalidArgument);
  clock_.advance(hours(1));
  EXPECT_TRUE(identity_.tokens.make({.staff = owner.id,
                                     .role = "owner",
                                     .permissions = {kStockRead},
                                     .session = {},
                                     .token = {},
                                     .source = "x"},
                                    "kasir", {kStockRead}, hours(1), "one is too old"));
}

}  // namespace
}  // namespace dermaga::identity

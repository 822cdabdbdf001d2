#include "identity/custom_roles.h"

#include "test_identity.h"

namespace dermaga::identity {
namespace {

using enum roles::Permission;

class CustomRolesTest : public IdentityTest {
 protected:
  Result<CustomRole> try_make(const std::string& name, const roles::PermissionSet& permissions,
                              const Principal& principal = host()) {
    return identity_.roles.make({.name = name, .permissions = permissions}, principal);
  }
  Result<CustomRole> try_change(const std::string& name, const roles::PermissionSet& permissions,
                                std::int64_t version, const Principal& principal = host()) {
    return identity_.roles.change({.name = name, .permissions = permissions, .version = version},
                                  principal);
  }
};

TEST_F(CustomRolesTest, ARoleIsMadeChangedAndRemoved) {
  const CustomRole made = try_make("packer", {kOrdersRead, kStockRead}).value();
  EXPECT_EQ(last_act(),
            "host:tester role.make packer: stock.read orders.read because new colleague");
  EXPECT_EQ(made.version, 1);
  ASSERT_TRUE(try_make("another-1", {}));
  const auto listed = identity_.roles.list().value();
  ASSERT_EQ(listed.size(), 2u);
  EXPECT_EQ(listed[0].name, "another-1");
  EXPECT_EQ(listed[1].name, "packer");
  EXPECT_EQ(listed[1].permissions, (roles::PermissionSet{kOrdersRead, kStockRead}));

  const CustomRole changed = try_change("packer", {kOrdersFulfil}, 1).value();
  EXPECT_EQ(last_act(), "host:tester role.change packer: orders.fulfil because new colleague");
  EXPECT_EQ(changed.version, 2);
  EXPECT_EQ(identity_.roles.list()->at(1).permissions, roles::PermissionSet{kOrdersFulfil});

  ASSERT_TRUE(identity_.roles.remove("packer", host()));
  EXPECT_EQ(last_act(), "host:tester role.remove packer because new colleague");
  EXPECT_EQ(identity_.roles.list()->size(), 1u);
  EXPECT_EQ(identity_.roles.remove("packer", host()).error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(try_change("packer", {}, 2).error().code(), ErrorCode::kNotFound);
}

TEST_F(CustomRolesTest, NamesAreShortWords) {
  for (const std::string& wrong :
       {std::string(), std::string("a"), std::string(33, 'a'), std::string("Packer"),
        std::string("1packer"), std::string("-packer"), std::string("pack er"),
        std::string("pack_er"), std::string("päcker"), std::string("packer\n")}) {
    EXPECT_EQ(try_make(wrong, {}).error().code(), ErrorCode::kInvalidArgument) << wrong;
  }
  EXPECT_TRUE(identity_.roles.list()->empty());
  EXPECT_TRUE(try_make(std::string(32, 'a'), {}));
  EXPECT_TRUE(try_make("a1", {}));
}

TEST_F(CustomRolesTest, ANameIsThatOfOneRole) {
  for (const roles::Role& role : roles::built_in()) {
    const std::string name(role.name);
    EXPECT_EQ(try_make(name, {}).error().code(), ErrorCode::kAlreadyExists) << name;
    EXPECT_FALSE(try_change(name, {}, 1)) << name;
    EXPECT_EQ(identity_.roles.remove(name, host()).error().code(), ErrorCode::kNotFound) << name;
  }
  ASSERT_TRUE(try_make("packer", {kOrdersRead}));
  EXPECT_EQ(try_make("packer", {kStockRead}).error().code(), ErrorCode::kAlreadyExists);
  EXPECT_EQ(identity_.roles.list()->at(0).permissions, roles::PermissionSet{kOrdersRead});
  EXPECT_EQ(acts().size(), 1u);
}

TEST_F(CustomRolesTest, AChangeNamesTheVersionThatItSaw) {
  ASSERT_TRUE(try_make("packer", {kOrdersRead}));
  ASSERT_TRUE(try_change("packer", {kStockRead}, 1));
  for (const std::int64_t version : {0, 1, 3}) {
    EXPECT_EQ(try_change("packer", {}, version).error().code(), ErrorCode::kVersionConflict);
  }
  EXPECT_EQ(identity_.roles.list()->at(0).permissions, roles::PermissionSet{kStockRead});
  EXPECT_EQ(acts().size(), 2u);
}

TEST_F(CustomRolesTest, AChangeEndsTheSessionsOfThoseWhoHaveIt) {
  ASSERT_TRUE(try_make("packer", {kOrdersRead}));
  const Person packer = enrol("packer");
  const Person analyst = enrol("analyst");
  EXPECT_FALSE(try_change("packer", {kStockRead}, 7));
  EXPECT_TRUE(is_signed_in(packer.signed_in.token));
  ASSERT_TRUE(try_change("packer", {kStockRead}, 1));
  EXPECT_FALSE(is_signed_in(packer.signed_in.token));
  EXPECT_TRUE(is_signed_in(analyst.signed_in.token));
  EXPECT_EQ(caller(sign_in(packer).token).permissions, roles::PermissionSet{kStockRead});
}

TEST_F(CustomRolesTest, ARoleThatSomebodyHasStays) {
  const Person owner = enrol("owner");
  ASSERT_TRUE(try_make("packer", {kOrdersRead}));
  Person invited = somebody("packer");
  invite(invited);
  EXPECT_EQ(identity_.roles.remove("packer", host()).error().code(), ErrorCode::kVersionConflict);
  const auto version = identity_.accounts.find(invited.id)->version;
  ASSERT_TRUE(identity_.accounts.change(invited.id, version, {.role = "analyst", .disabled = true},
                                        host()));
  EXPECT_TRUE(identity_.roles.remove("packer", host()));
}

TEST_F(CustomRolesTest, NobodyGivesOrTakesWhatTheyLack) {
  const Principal support{
      .actor = host().actor,
      .permissions = roles::permissions_of("support").value_or(roles::PermissionSet()),
      .reason = "more for everybody",
  };
  ASSERT_TRUE(try_make("strong", {kOrdersRead, kKeysDestroy}));
  ASSERT_TRUE(try_make("weak", {kOrdersRead}));
  EXPECT_EQ(try_make("mine", {kKeysDestroy}, support).error().code(), ErrorCode::kForbidden);
  EXPECT_EQ(try_change("weak", {kOrdersRead, kKeysRead}, 1, support).error().code(),
            ErrorCode::kForbidden);
  EXPECT_EQ(try_change("strong", {kOrdersRead}, 1, support).error().code(), ErrorCode::kForbidden);
  EXPECT_EQ(identity_.roles.remove("strong", support).error().code(), ErrorCode::kForbidden);
  EXPECT_EQ(acts().size(), 2u);
  EXPECT_TRUE(try_make("mine", {kOrdersRefund}, support));
  EXPECT_TRUE(try_change("weak", {kOrdersRead, kOrdersRefund}, 1, support));
  EXPECT_TRUE(identity_.roles.remove("weak", support));
}

TEST_F(CustomRolesTest, EveryDecisionWantsAReason) {
  ASSERT_TRUE(try_make("packer", {}));
  Principal silent = host();
  silent.reason = " ";
  EXPECT_EQ(try_make("other", {}, silent).error().code(), ErrorCode::kInvalidArgument);
  EXPECT_EQ(try_change("packer", {kStockRead}, 1, silent).error().code(),
            ErrorCode::kInvalidArgument);
  EXPECT_EQ(identity_.roles.remove("packer", silent).error().code(), ErrorCode::kInvalidArgument);
  EXPECT_EQ(acts().size(), 1u);
}

TEST_F(CustomRolesTest, AShopHasAtMostFifty) {
  for (std::size_t i = 0; i < kCustomRolesMax; ++i) {
    ASSERT_TRUE(try_make("role-" + std::to_string(i), {}));
  }
  EXPECT_EQ(try_make("one-more", {}).error().code(), ErrorCode::kInvalidArgument);
  ASSERT_TRUE(identity_.roles.remove("role-7", host()));
  EXPECT_TRUE(try_make("one-more", {}));
}

}  // namespace
}  // namespace dermaga::identity

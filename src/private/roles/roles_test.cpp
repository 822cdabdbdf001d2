#include "roles/roles.h"

#include <gtest/gtest.h>

#include <set>

namespace dermaga::roles {
namespace {

PermissionSet of(std::string_view role) {
  return permissions_of(role).value_or(PermissionSet());
}

TEST(Permissions, HaveNamesOfTheirOwn) {
  std::set<std::string_view> names;
  for (const Permission permission : all_permissions()) {
    names.insert(name(permission));
    EXPECT_EQ(permission_from(name(permission)), permission);
  }
  EXPECT_EQ(names.size(), kPermissions);
  EXPECT_EQ(permission_from("orders"), std::nullopt);
  EXPECT_EQ(permission_from(""), std::nullopt);
}

// What DESIGN says asks again: reveal, refund, export, restore, roles, keys.
TEST(Permissions, SensitiveOnesAskAgain) {
  for (const auto* sensitive :
       {"customers.reveal", "customers.export", "customers.erase", "orders.refund", "audit.export",
        "keys.rotate", "keys.destroy", "staff.manage", "roles.manage", "tokens.manage",
        "leases.abandon"}) {
    EXPECT_TRUE(asks_again(permission_from(sensitive).value_or(Permission::kShopRead)))
        << sensitive;
  }
  EXPECT_FALSE(asks_again(Permission::kOrdersRead));
}

TEST(Permissions, SetsAreWrittenAndReadBack) {
  const PermissionSet set{Permission::kOrdersRead, Permission::kStockRead};
  EXPECT_EQ(set.str(), "stock.read orders.read");
  EXPECT_EQ(PermissionSet::parse(set.str()).value(), set);
  EXPECT_TRUE(PermissionSet::parse("").value().empty());
  for (const auto* wrong : {"orders.read  stock.read", " orders.read", "orders.write", "*"}) {
    EXPECT_FALSE(PermissionSet::parse(wrong).has_value()) << wrong;
  }
}

TEST(Roles, AreThoseOfTheDesign) {
  std::set<std::string_view> names;
  for (const Role& role : built_in()) {
    names.insert(role.name);
    EXPECT_TRUE(role.permissions.has(Permission::kShopRead)) << role.name;
  }
  EXPECT_EQ(names, (std::set<std::string_view>{"owner", "operator", "catalog", "fulfilment",
                                               "support", "analyst", "auditor"}));
  EXPECT_EQ(permissions_of("root"), std::nullopt);
}

TEST(Roles, OnlyTheOwnerMayMakeStaff) {
  for (const Role& role : built_in()) {
    const bool is_owner = role.name == kOwner;
    EXPECT_EQ(role.permissions.has(Permission::kStaffManage), is_owner) << role.name;
    EXPECT_EQ(role.permissions.has(Permission::kRolesManage), is_owner) << role.name;
    EXPECT_EQ(role.permissions.has(Permission::kKeysDestroy), is_owner) << role.name;
    EXPECT_TRUE(of(kOwner).contains(role.permissions)) << role.name;
  }
}

// Whoever can be a second person sees what waits for one.
TEST(Roles, WhoMayDoWhatWaitsSeesIt) {
  for (const Role& role : built_in()) {
    if (role.permissions.has(Permission::kOrdersRefund) ||
        role.permissions.has(Permission::kKeysDestroy)) {
      EXPECT_TRUE(role.permissions.has(Permission::kApprovalsRead)) << role.name;
    }
  }
  EXPECT_FALSE(asks_again(Permission::kApprovalsRead));
  EXPECT_FALSE(of("fulfilment").has(Permission::kApprovalsRead));
}

TEST(Roles, WhoOnlyLooksRevealsNobody) {
  for (const auto* role : {"analyst", "auditor", "catalog", "operator", "fulfilment"}) {
    EXPECT_FALSE(of(role).has(Permission::kCustomersReveal)) << role;
  }
}

}  // namespace
}  // namespace dermaga::roles

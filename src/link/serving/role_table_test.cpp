#include "role_table.h"

#include <gtest/gtest.h>

#include "wire/messages.h"

namespace dermaga::serving {
namespace {

TEST(RoleTable, TheRoleIsTheOneUriOfThisShop) {
  const Role role = role_of({"dermaga://shop/public/edge"}, "shop").value_or(Role{});
  EXPECT_EQ(role.path, "public/edge");
  EXPECT_EQ(role.uri, "dermaga://shop/public/edge");
  EXPECT_TRUE(role_of({"https://example.com", "dermaga://shop/public/edge"}, "shop").has_value());
}

TEST(RoleTable, AnythingElseIsNoRole) {
  const std::vector<std::vector<std::string>> cases = {
      {},
      {"https://shop/public/edge"},
      {"dermaga://other/public/edge"},
      {"dermaga://shop/"},
      {"dermaga://shopper/public/edge"},
      {"dermaga://shop/public/edge", "dermaga://shop/public/probe"},
      {"dermaga://shop/public/edge", "dermaga://other/public/edge"},
  };
  for (const auto& uris : cases) {
    EXPECT_FALSE(role_of(uris, "shop").has_value()) << (uris.empty() ? "none" : uris.back());
  }
}

TEST(RoleTable, EveryMethodIsForTheEdgeOrForTheSpool) {
  for (const std::string& method : wire::method_names()) {
    const bool for_spools = method.ends_with("/Deliver") || method.ends_with("/Exchange");
    EXPECT_EQ(is_allowed("public/edge", method), !for_spools) << method;
    EXPECT_TRUE(!for_spools || is_allowed("public/spool", method)) << method;
  }
}

TEST(RoleTable, DeniesByDefault) {
  for (const std::string& method : wire::method_names()) {
    for (const char* role : {"", "public", "public/", "public/edge/", "private/core",
                             "operator/owner", "public/recommender"}) {
      EXPECT_FALSE(is_allowed(role, method)) << role << " " << method;
    }
  }
  EXPECT_FALSE(is_allowed("public/edge", "/dermaga.link.v1.Orders/Delete"));
  EXPECT_FALSE(is_allowed("public/probe", "/dermaga.link.v1.Keys/Get"));
  EXPECT_FALSE(is_allowed("public/spool", "/dermaga.link.v1.Sealed/Call"));
  EXPECT_FALSE(is_allowed("public/spool", "/dermaga.link.v1.Orders/Place"));
  EXPECT_FALSE(is_allowed("public/spool", "/dermaga.link.v1.Keys/Get"));
  EXPECT_FALSE(is_allowed("public/spool", "/dermaga.link.v1.Audit/Witness"));
  EXPECT_FALSE(is_allowed("public/probe", "/dermaga.link.v1.Audit/Witness"));
}

}  // namespace
}  // namespace dermaga::serving

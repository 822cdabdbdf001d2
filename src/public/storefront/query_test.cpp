#include "query.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dermaga::storefront {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(PageQuery, DecodesParameters) {
  const PageQuery query = PageQuery::parse("q=kopi+gayo&vendor=A%26B&vendor=C&sort=price");
  EXPECT_EQ(query.first("q"), "kopi gayo");
  EXPECT_THAT(query.all("vendor"), ElementsAre("A&B", "C"));
  EXPECT_TRUE(query.has("vendor", "C"));
  EXPECT_FALSE(query.has("vendor", "D"));
  EXPECT_EQ(query.first("missing"), "");
}

TEST(PageQuery, LeavesOutWhatIsOdd) {
  for (const std::string& odd :
       {std::string("a=%zz"), std::string("a=%00"), std::string("=x"), std::string("a="),
        std::string("a"), std::string("&&&"), "a=" + std::string(201, 'x'), std::string("a=%ff")}) {
    EXPECT_THAT(PageQuery::parse(odd).all("a"), IsEmpty()) << odd;
  }
  std::string many;
  for (int i = 0; i < 100; ++i) many += "a=1&";
  EXPECT_EQ(PageQuery::parse(many).all("a").size(), PageQuery::kParametersMax);
}

TEST(PageQuery, ReadsIntegersWithinBounds) {
  const PageQuery query = PageQuery::parse("a=5&b=-1&c=5x&d=99999999999999999999");
  EXPECT_EQ(query.integer("a", 1, 10), 5);
  EXPECT_EQ(query.integer("a", 6, 10), std::nullopt);
  EXPECT_EQ(query.integer("b", 0, 10), std::nullopt);
  EXPECT_EQ(query.integer("c", 0, 10), std::nullopt);
  EXPECT_EQ(query.integer("d", 0, 10), std::nullopt);
  EXPECT_EQ(query.integer("missing", 0, 10), std::nullopt);
}

TEST(PageQuery, ReplacesOneParameter) {
  const PageQuery query = PageQuery::parse("q=a%20b&page=3&vendor=x%26y");
  EXPECT_EQ(query.with("page", "4"), "?q=a%20b&vendor=x%26y&page=4");
  EXPECT_EQ(query.with("page", ""), "?q=a%20b&vendor=x%26y");
  EXPECT_EQ(PageQuery().with("q", ""), "");
}

}  // namespace
}  // namespace dermaga::storefront

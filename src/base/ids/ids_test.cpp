#include "ids/ids.h"

#include <gtest/gtest.h>

namespace dermaga {
namespace {

TEST(Ids, DerivedIdsParseBack) {
  const auto id = OrderId::from_bytes(std::string(32, '\x5a'));
  EXPECT_TRUE(id.str().starts_with("ord_"));
  EXPECT_EQ(id.str().size(), 4u + 24u);
  EXPECT_EQ(OrderId::parse(id.str()).value(), id);
}

TEST(Ids, ForeignPrefixesAndAlphabetsAreRefused) {
  for (const char* text : {"", "ord", "ord_", "var_abc", "ord_ABC", "ord_a b", "ord_\xc3\xa9",
                           "ord_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}) {
    EXPECT_FALSE(OrderId::parse(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace dermaga

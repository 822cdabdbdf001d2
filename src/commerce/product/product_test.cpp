#include "product/product.h"

#include <gtest/gtest.h>

namespace dermaga::product {
namespace {

TEST(TextIn, PrefersTheLocaleThenTheFallbackThenAnything) {
  const LocalizedText both = {{"en", "Shirt"}, {"id", "Kemeja"}};
  EXPECT_EQ(text_in(both, "en", "id"), "Shirt");
  EXPECT_EQ(text_in(both, "id", "id"), "Kemeja");
  EXPECT_EQ(text_in(both, "fr", "id"), "Kemeja");
  EXPECT_EQ(text_in(both, "fr", "de"), "Shirt");
}

TEST(TextIn, TreatsAnEmptyTextAsMissing) {
  const LocalizedText half = {{"en", ""}, {"id", "Kemeja"}};
  EXPECT_EQ(text_in(half, "en", "en"), "Kemeja");
  EXPECT_EQ(text_in(LocalizedText{}, "en", "id"), "");
}

}  // namespace
}  // namespace dermaga::product

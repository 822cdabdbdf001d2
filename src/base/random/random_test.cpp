#include "random/random.h"

#include <gtest/gtest.h>

namespace dermaga {
namespace {

TEST(Random, FillsEverySizeAndDiffers) {
  EXPECT_EQ(system_random().bytes(0), "");
  EXPECT_NE(system_random().bytes(32), system_random().bytes(32));
  EXPECT_EQ(system_random().bytes(1000).size(), 1000u);
}

}  // namespace
}  // namespace dermaga

#include "contract/retry_after.h"

#include <gtest/gtest.h>

#include <limits>

namespace dermaga::contract {
namespace {

TEST(RetryAfter, IsTheTimeThatTheQueueTakes) {
  EXPECT_EQ(retry_after_s(20'000, 5'000), 4);
  EXPECT_EQ(retry_after_s(20'001, 5'000), 5) << "not a moment before there is room";
  EXPECT_EQ(retry_after_s(200, 100), 2);
}

TEST(RetryAfter, IsBounded) {
  EXPECT_EQ(retry_after_s(0, 5'000), 1);
  EXPECT_EQ(retry_after_s(4, 5'000), 1);
  EXPECT_EQ(retry_after_s(20'000, 10), 30);
  EXPECT_EQ(retry_after_s(std::numeric_limits<std::size_t>::max(), 1e-300), 30);
}

TEST(RetryAfter, WithoutAMeasurementIsNoTimeAtAll) {
  EXPECT_EQ(retry_after_s(20'000, 0), kRetryAfterUnknown_s);
  EXPECT_EQ(retry_after_s(20'000, -1), kRetryAfterUnknown_s);
  EXPECT_EQ(retry_after_s(20'000, std::numeric_limits<double>::quiet_NaN()), kRetryAfterUnknown_s);
}

}  // namespace
}  // namespace dermaga::contract

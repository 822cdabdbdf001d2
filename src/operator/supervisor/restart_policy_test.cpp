#include "restart_policy.h"

#include <gtest/gtest.h>

namespace dermaga::supervisor {
namespace {

using namespace std::chrono_literals;

TEST(RestartPolicy, WaitsLongerForWhatKeepsDyingAndForgetsAfterAMinute) {
  RestartPolicy policy;
  for (const auto expected :
       {200ms, 400ms, 800ms, 1600ms, 3200ms, 6400ms, 12800ms, 15000ms, 15000ms}) {
    EXPECT_EQ(policy.delay_after(59s), expected);
  }
  EXPECT_EQ(policy.delay_after(60s), 200ms);
  EXPECT_EQ(policy.delay_after(1s), 400ms);
}

}  // namespace
}  // namespace dermaga::supervisor

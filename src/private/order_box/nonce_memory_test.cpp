#include "order_box/nonce_memory.h"

#include <gtest/gtest.h>

namespace dermaga::order_box {
namespace {

using Answer = NonceMemory::Answer;

TEST(NonceMemory, RemembersUntilExpiry) {
  NonceMemory memory;
  const UtcTime start = from_unix_ms(1'795'000'000'000);
  const UtcTime expiry = start + std::chrono::minutes(5);
  EXPECT_EQ(memory.remember("a", expiry, start), Answer::kFirstUse);
  EXPECT_EQ(memory.remember("a", expiry, start), Answer::kUsedBefore);
  EXPECT_EQ(memory.remember("b", expiry, start), Answer::kFirstUse);
  EXPECT_EQ(memory.remember("a", expiry, expiry), Answer::kUsedBefore);
  // Expired boxes are refused before they come here, so the nonce may be forgotten.
  EXPECT_EQ(memory.remember("a", expiry, expiry + std::chrono::seconds(1)), Answer::kFirstUse);
}

TEST(NonceMemory, IsBounded) {
  NonceMemory memory(100);
  const UtcTime start = from_unix_ms(0);
  for (int i = 0; i < 100; ++i) {
    ASSERT_EQ(memory.remember(std::to_string(i), start + std::chrono::seconds(1), start),
              Answer::kFirstUse);
  }
  EXPECT_EQ(memory.remember("one more", start, start), Answer::kFull);
  EXPECT_EQ(memory.remember("one more", start, start + std::chrono::seconds(2)), Answer::kFirstUse);
}

}  // namespace
}  // namespace dermaga::order_box

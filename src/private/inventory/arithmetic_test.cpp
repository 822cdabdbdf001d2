#include "inventory/arithmetic.h"

#include <gtest/gtest.h>

#include <limits>

namespace dermaga::inventory {
namespace {

constexpr Levels kStart{.on_hand = 10, .available = 6, .held = 3, .leased = 1};
constexpr std::int64_t kHuge = std::numeric_limits<std::int64_t>::max();

using Operation = Status (*)(Levels&, std::int64_t);
struct Case {
  const char* name;
  Operation operation;
  std::int64_t argument;
  bool allowed;
  Levels after;
};

TEST(Arithmetic, EveryOperationKeepsTheSumOrRefuses) {
  const Case cases[] = {
      {"hold one", hold, 1, true, {10, 5, 4, 1}},
      {"hold all", hold, 6, true, {10, 0, 9, 1}},
      {"hold too many", hold, 7, false, kStart},
      {"hold none", hold, 0, false, kStart},
      {"hold less than none", hold, -1, false, kStart},
      {"hold a huge number", hold, kHuge, false, kStart},
      {"release one", release, 1, true, {10, 7, 2, 1}},
      {"release all", release, 3, true, {10, 9, 0, 1}},
      {"release too many", release, 4, false, kStart},
      {"release none", release, 0, false, kStart},
      {"lease some", lease, 2, true, {10, 4, 3, 3}},
      {"lease all", lease, 6, true, {10, 0, 3, 7}},
      {"lease too many", lease, 7, false, kStart},
      {"lease none", lease, 0, false, kStart},
      {"hold a leased one", hold_leased, 1, true, {10, 6, 4, 0}},
      {"hold too many leased", hold_leased, 2, false, kStart},
      {"hold no leased", hold_leased, 0, false, kStart},
      {"return a leased one", return_leased, 1, true, {10, 7, 3, 0}},
      {"return too many leased", return_leased, 2, false, kStart},
      {"return less than none", return_leased, -1, false, kStart},
      {"ship all", ship, 3, true, {7, 6, 0, 1}},
      {"ship too many", ship, 4, false, kStart},
      {"ship less than none", ship, -3, false, kStart},
      {"count up", set_on_hand, 20, true, {20, 16, 3, 1}},
      {"count down to the promised", set_on_hand, 4, true, {4, 0, 3, 1}},
      {"count below the promised", set_on_hand, 3, false, kStart},
      {"count too many", set_on_hand, kOnHandMax + 1, false, kStart},
      {"import none", set_available, 0, true, {4, 0, 3, 1}},
      {"import some", set_available, 8, true, {12, 8, 3, 1}},
      {"import less than none", set_available, -1, false, kStart},
      {"import too many", set_available, kHuge, false, kStart},
  };
  for (const Case& one : cases) {
    Levels levels = kStart;
    const Status status = one.operation(levels, one.argument);
    EXPECT_EQ(status.has_value(), one.allowed) << one.name;
    EXPECT_EQ(levels, one.after) << one.name;
    EXPECT_TRUE(is_sound(levels)) << one.name;
    if (!status) {
      EXPECT_EQ(status.error().code(), ErrorCode::kInvalidArgument) << one.name;
    }
  }
}

TEST(Arithmetic, UnsoundLevelsAreSeen) {
  EXPECT_FALSE(is_sound({.on_hand = 1}));
  EXPECT_FALSE(is_sound({.on_hand = 0, .available = -1, .held = 1}));
}

TEST(Arithmetic, AvailabilityForShoppers) {
  EXPECT_EQ(availability_of(0), contract::Availability::kSoldOut);
  EXPECT_EQ(availability_of(1), contract::Availability::kLow);
  EXPECT_EQ(availability_of(5), contract::Availability::kLow);
  EXPECT_EQ(availability_of(6), contract::Availability::kInStock);
}

}  // namespace
}  // namespace dermaga::inventory

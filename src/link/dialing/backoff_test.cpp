#include "dialing/backoff.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace dermaga::dialing {
namespace {

using std::chrono::milliseconds;

class FixedRandom final : public Random {
 public:
  explicit FixedRandom(unsigned char byte) : byte_(byte) {}
  void fill(void* bytes, std::size_t size) override {
    std::fill_n(static_cast<unsigned char*>(bytes), size, byte_);
  }

 private:
  const unsigned char byte_;
};

TEST(Backoff, DoublesToTwoSecondsWithJitter) {
  FixedRandom random(0);
  Backoff backoff(random);
  std::vector<std::int64_t> waits;
  for (int i = 0; i < 8; ++i) {
    waits.push_back(backoff.next().count());
  }
  EXPECT_EQ(waits, (std::vector<std::int64_t>{25, 50, 100, 200, 400, 800, 1'000, 1'000}));
  backoff.reset();
  EXPECT_EQ(backoff.next().count(), 25);
  Backoff real(system_random());
  for (int i = 0; i < 100; ++i) {
    const auto wait = real.next();
    EXPECT_GE(wait, milliseconds(25));
    EXPECT_LE(wait, milliseconds(2'000));
  }
}

}  // namespace
}  // namespace dermaga::dialing

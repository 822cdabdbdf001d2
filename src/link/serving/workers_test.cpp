#include "workers.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>

namespace dermaga::serving {
namespace {

TEST(Workers, RunEverythingAccepted) {
  std::atomic<int> ran = 0;
  {
    Workers workers(2, 100);
    for (int i = 0; i < 100; ++i) {
      EXPECT_TRUE(workers.submit([&ran] { ++ran; }));
    }
  }
  EXPECT_EQ(ran, 100);
}

TEST(Workers, RefuseBeyondTheBound) {
  std::latch started(1);
  std::latch release(1);
  Workers workers(1, 2);
  ASSERT_TRUE(workers.submit([&] {
    started.count_down();
    release.wait();
  }));
  started.wait();
  EXPECT_TRUE(workers.submit([] {}));
  EXPECT_TRUE(workers.submit([] {}));
  EXPECT_FALSE(workers.submit([] {}));
  release.count_down();
}

}  // namespace
}  // namespace dermaga::serving

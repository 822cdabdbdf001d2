#include "capacity.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <random>
#include <vector>

namespace dermaga::orders {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

constexpr double kFast = 1e9;  // preparation that limits nothing

// A core in figures: batches one after the other, each as large and as slow as told.
class Figures {
 public:
  Capacity capacity{2};
  std::vector<double> told;
  double prepared_per_s = kFast;

  void batch(std::size_t orders, nanoseconds took, std::size_t waiting_after = 0,
             std::optional<std::size_t> written = {}, bool failed = false) {
    now_ += took;
    prepared_ += orders;
    preparing_ +=
        nanoseconds(static_cast<std::int64_t>(2e9 * static_cast<double>(orders) / prepared_per_s));
    const auto changed = capacity.committed({.orders = orders,
                                             .written = written.value_or(orders),
                                             .took = took,
                                             .waiting_after = waiting_after,
                                             .failed = failed,
                                             .prepared_total = prepared_,
                                             .preparing_total = preparing_},
                                            now_);
    if (changed.has_value()) {
      told.push_back(*changed);
    }
  }
  void idle(nanoseconds time) { now_ += time; }
  // For so long: a batch, then a pause.
  void run(milliseconds time, std::size_t orders, nanoseconds took, nanoseconds pause = {},
           std::size_t waiting_after = 0) {
    for (const SteadyTime end = now_ + time; now_ < end;) {
      batch(orders, took, waiting_after);
      idle(pause);
    }
  }
  double rate() const { return capacity.orders_per_second(); }

 private:
  SteadyTime now_{std::chrono::hours(1)};
  std::uint64_t prepared_ = 0;
  nanoseconds preparing_{};
};

TEST(Capacity, IsUnknownUntilBatchesTell) {
  Figures core;
  EXPECT_EQ(core.rate(), 0);
  core.run(milliseconds(20), 10, milliseconds(10));
  EXPECT_EQ(core.rate(), 0);
  core.run(milliseconds(1'000), 10, milliseconds(10));
  EXPECT_GE(core.rate(), 900);
  ASSERT_FALSE(core.told.empty());
  EXPECT_DOUBLE_EQ(core.told.front(), 1'000);
}

TEST(Capacity, IsWhatIsJudgedWhileOrdersStand) {
  Figures core;
  core.run(milliseconds(20'000), 1'000, milliseconds(200), {}, 15'000);
  EXPECT_NEAR(core.rate(), 5'000, 50);
  // The same queue, a core half as fast: down, without a first guess that the disk is to blame.
  core.run(milliseconds(20'000), 1'000, milliseconds(400), {}, 15'000);
  EXPECT_NEAR(core.rate(), 2'500, 50);
  core.run(milliseconds(20'000), 1'000, milliseconds(100), {}, 15'000);
  EXPECT_NEAR(core.rate(), 10'000, 100);
}

TEST(Capacity, RisesWithDemandWhileBatchesTakeWhatTheyUsuallyTake) {
  Figures core;
  core.run(milliseconds(2'000), 10, milliseconds(10));
  const double before = core.rate();
  core.run(milliseconds(10'000), 10, milliseconds(10));
  EXPECT_GT(core.rate(), before + 200);
  // At twice what anybody asked for it has no reason to believe in more.
  core.run(milliseconds(200'000), 10, milliseconds(10));
  EXPECT_LE(core.rate(), 2'100);
}

TEST(Capacity, DoesNotRiseWithoutDemand) {
  Figures core;
  core.run(milliseconds(2'000), 10, milliseconds(10));
  const double before = core.rate();
  core.run(milliseconds(60'000), 10, milliseconds(10), milliseconds(90));
  EXPECT_EQ(core.rate(), before);
}

TEST(Capacity, LargeBatchesShowWhatSmallOnesHide) {
  Figures core;
  core.run(milliseconds(5'000), 1, milliseconds(2), milliseconds(50));  // mostly fsync
  EXPECT_NEAR(core.rate(), 500, 60);
  core.run(milliseconds(3'000), 200, milliseconds(20), milliseconds(80));
  EXPECT_GT(core.rate(), 8'000);
  // Small ones again: still the same core.
  const double before = core.rate();
  core.run(milliseconds(20'000), 1, milliseconds(2), milliseconds(50));
  EXPECT_EQ(core.rate(), before);
}

TEST(Capacity, FallsByHalvesWhileCommitsTakeFarLonger) {
  Figures core;
  core.run(milliseconds(5'000), 200, milliseconds(20), milliseconds(80));
  core.run(milliseconds(60'000), 10, milliseconds(5), milliseconds(45));
  const double before = core.rate();
  const std::size_t told = core.told.size();
  core.run(milliseconds(700), 10, milliseconds(50), milliseconds(50));
  EXPECT_NEAR(core.rate(), before / 2, before * 0.05);
  core.run(milliseconds(3'000), 10, milliseconds(50), milliseconds(50));
  EXPECT_LT(core.rate(), before * 0.2);
  EXPECT_GT(core.rate(), before * 0.05) << "a tenth of the pace is no reason for less than that";
  EXPECT_GT(core.told.size(), told + 1);
}

TEST(Capacity, ComesBackWhenCommitsAreFastAgain) {
  Figures core;
  core.run(milliseconds(60'000), 100, milliseconds(10), milliseconds(10));
  const double before = core.rate();
  core.run(milliseconds(10'000), 100, milliseconds(100), milliseconds(10));
  ASSERT_LT(core.rate(), before * 0.3);
  core.run(milliseconds(5'000), 100, milliseconds(10), milliseconds(10));
  EXPECT_GT(core.rate(), before * 0.8);
}

TEST(Capacity, IdleTimeChangesNothing) {
  Figures core;
  core.run(milliseconds(5'000), 100, milliseconds(10));
  const double before = core.rate();
  const std::size_t told = core.told.size();
  core.idle(std::chrono::hours(8));
  core.batch(1, milliseconds(2));
  core.idle(std::chrono::hours(8));
  EXPECT_EQ(core.rate(), before);
  // A rush out of the blue: the hours before it do not count as slowness.
  core.run(milliseconds(1'000), 1'000, milliseconds(100), {}, 5'000);
  EXPECT_GE(core.rate(), before * 0.9);
  EXPECT_LE(core.told.size(), told + 2);
}

TEST(Capacity, NoiseIsNotTold) {
  Figures core;
  std::mt19937 random(7);
  std::lognormal_distribution<double> noise(0, 0.3);
  const auto noisy = [&](int batches) {
    for (int i = 0; i < batches; ++i) {
      core.batch(100, nanoseconds(static_cast<std::int64_t>(10e6 * noise(random))), 20'000);
    }
  };
  noisy(2'000);
  const double before = core.rate();
  const std::size_t told = core.told.size();
  noisy(5'000);
  EXPECT_NEAR(core.rate(), before, before * 0.15);
  EXPECT_LE(core.told.size(), told + 2);
}

TEST(Capacity, OneSlowBatchAmongFewSaysNothing) {
  Figures core;
  core.run(milliseconds(5'000), 100, milliseconds(10), milliseconds(10));
  const double before = core.rate();
  core.idle(milliseconds(2'000));
  core.batch(1, milliseconds(3));
  core.idle(milliseconds(600));
  core.batch(1, milliseconds(300));
  EXPECT_EQ(core.rate(), before);
}

TEST(Capacity, RefusalsAreNotTakenForFastCommits) {
  Figures core;
  core.run(milliseconds(5'000), 100, milliseconds(10), milliseconds(40));
  const double before = core.rate();
  for (int i = 0; i < 1'000; ++i) {
    core.batch(100, milliseconds(1), 0, 3);  // sold out
    core.idle(milliseconds(9));
  }
  EXPECT_EQ(core.rate(), before);
  // And the orders after them are as fast as ever, not slow.
  core.run(milliseconds(5'000), 100, milliseconds(10), milliseconds(40));
  EXPECT_NEAR(core.rate(), before, before * 0.1);
}

TEST(Capacity, IsNeverMoreThanPreparationCanDo) {
  Figures core;
  core.prepared_per_s = 4'000;
  core.run(milliseconds(5'000), 100, milliseconds(10), milliseconds(40));
  EXPECT_NEAR(core.rate(), 4'000, 1);
}

TEST(Capacity, AFailingDatabaseHalvesItButNeverToNothing) {
  Figures core;
  core.run(milliseconds(5'000), 100, milliseconds(10), milliseconds(40));
  const double before = core.rate();
  core.batch(100, milliseconds(600), 0, 0, true);
  EXPECT_EQ(core.rate(), before / 2);
  for (int i = 0; i < 100; ++i) {
    core.batch(100, milliseconds(600), 0, 0, true);
  }
  EXPECT_EQ(core.rate(), Capacity::kOrdersPerSecondMin);
  EXPECT_EQ(core.told.back(), Capacity::kOrdersPerSecondMin);
}

TEST(Capacity, TellsOnlyChangesOfATenth) {
  Figures core;
  core.run(milliseconds(60'000), 10, milliseconds(10));
  ASSERT_GT(core.told.size(), 2u);
  for (std::size_t i = 1; i < core.told.size(); ++i) {
    EXPECT_GE(std::abs(core.told[i] - core.told[i - 1]), core.told[i - 1] * 0.1);
  }
}

}  // namespace
}  // namespace dermaga::orders

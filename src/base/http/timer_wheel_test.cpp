#include "timer_wheel.h"

#include <gtest/gtest.h>

#include <functional>
#include <memory>

namespace dermaga::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

struct Recorder final : TimerWheel::Timer {
  void on_deadline() override {
    ++fired;
    if (then) {
      then();
    }
  }
  int fired = 0;
  std::function<void()> then;
};

struct TimerWheelTest : testing::Test {
  void advance_to(milliseconds time) { wheel.advance(start + time); }
  std::chrono::steady_clock::time_point start{};
  TimerWheel wheel{start};
};

TEST_F(TimerWheelTest, FiresOnceNeverEarlyAndAtMostTwoTicksLate) {
  Recorder timer;
  wheel.arm(timer, milliseconds(1000));
  advance_to(milliseconds(1000));
  EXPECT_EQ(timer.fired, 0);
  advance_to(milliseconds(1200));
  EXPECT_EQ(timer.fired, 1);
  advance_to(milliseconds(9000));
  EXPECT_EQ(timer.fired, 1);
  EXPECT_FALSE(timer.armed());
}

TEST_F(TimerWheelTest, DisarmedMovedAndDestroyedTimersDoNotFire) {
  Recorder disarmed;
  Recorder moved;
  wheel.arm(disarmed, seconds(1));
  wheel.arm(moved, seconds(1));
  {
    Recorder destroyed;
    wheel.arm(destroyed, seconds(1));
  }
  disarmed.disarm();
  wheel.arm(moved, seconds(5));
  advance_to(seconds(3));
  EXPECT_EQ(disarmed.fired + moved.fired, 0);
  advance_to(seconds(6));
  EXPECT_EQ(moved.fired, 1);
}

TEST_F(TimerWheelTest, DeadlinesBeyondOneTurnWaitForTheirTurn) {
  Recorder far;
  wheel.arm(far, seconds(300));
  advance_to(seconds(299));
  EXPECT_EQ(far.fired, 0);
  advance_to(seconds(301));
  EXPECT_EQ(far.fired, 1);
}

TEST_F(TimerWheelTest, CallbacksMayArmAgainAndDestroyOthers) {
  Recorder again;
  auto victim = std::make_unique<Recorder>();
  again.then = [&] {
    victim.reset();
    if (again.fired == 1) {
      wheel.arm(again, seconds(1));
    }
  };
  wheel.arm(again, seconds(1));
  wheel.arm(*victim, seconds(1));
  advance_to(seconds(3));
  EXPECT_EQ(again.fired, 2);
}

TEST(TimerWheel, TimersMayOutliveTheWheel) {
  Recorder timer;
  {
    TimerWheel wheel{{}};
    wheel.arm(timer, seconds(1));
  }
  EXPECT_FALSE(timer.armed());
}

}  // namespace
}  // namespace dermaga::http

#include "clock/clock.h"

#include <gtest/gtest.h>

namespace dermaga {
namespace {

TEST(Clock, Rfc3339RoundTrip) {
  const UtcTime time = from_unix_ms(1795336200000);
  EXPECT_EQ(format_rfc3339(time), "2026-11-22T08:30:00Z");
  EXPECT_EQ(parse_rfc3339("2026-11-22T08:30:00Z").value(), time);
  EXPECT_EQ(parse_rfc3339("2026-11-22T08:30:00.25Z").value(),
            time + std::chrono::milliseconds(250));
}

TEST(Clock, RefusesBrokenTimes) {
  for (const char* text :
       {"", "2026-11-22", "2026-13-22T08:30:00Z", "2026-02-30T08:30:00Z", "2026-11-22T24:30:00Z",
        "2026-11-22T08:30:00+07:00", "2026-11-22T08:30:00.Z", "2026-11-22t08:30:00Z"}) {
    EXPECT_FALSE(parse_rfc3339(text).has_value()) << text;
  }
}

TEST(Clock, HttpDate) {
  EXPECT_EQ(format_http_date(from_unix_ms(784111777000)), "Sun, 06 Nov 1994 08:49:37 GMT");
}

TEST(Clock, ManualClockMovesOnlyWhenTold) {
  ManualClock clock(from_unix_ms(1000));
  const auto steady = clock.steady_now();
  clock.set_wall(from_unix_ms(50));
  EXPECT_EQ(clock.steady_now(), steady);
  clock.advance(std::chrono::milliseconds(10));
  EXPECT_EQ(to_unix_ms(clock.now()), 60);
  EXPECT_EQ(clock.steady_now() - steady, std::chrono::milliseconds(10));
}

}  // namespace
}  // namespace dermaga

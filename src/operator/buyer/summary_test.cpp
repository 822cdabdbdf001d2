#include "summary.h"

#include <gtest/gtest.h>

namespace dermaga::buyer {
namespace {

Outcome outcome(int status, std::string code, int latency_ms) {
  Outcome made;
  made.status = status;
  made.code = std::move(code);
  made.latency = std::chrono::milliseconds(latency_ms);
  return made;
}

TEST(Summary, OfNothing) {
  const Summary summary = summarize({});
  EXPECT_EQ(summary.sent, 0u);
  EXPECT_EQ(summary.p99_ms, 0);
}

TEST(Summary, PercentilesAreNearestRank) {
  LoadResult result;
  for (int i = 100; i >= 1; --i) {
    result.outcomes.push_back(outcome(201, "", i));
  }
  const Summary summary = summarize(result);
  EXPECT_EQ(summary.p50_ms, 50);
  EXPECT_EQ(summary.p99_ms, 99);
}

TEST(Summary, UnansweredOrdersHaveNoLatency) {
  LoadResult result;
  result.outcomes = {outcome(0, "timeout", 30'000), outcome(201, "", 5)};
  const Summary summary = summarize(result);
  EXPECT_EQ(summary.unknown, 1u);
  EXPECT_EQ(summary.p99_ms, 5);
  EXPECT_FALSE(is_clean(summary));
  EXPECT_NE(to_words(summary).find("1 without an answer"), std::string::npos);
}

TEST(Outcome, DefiniteAnswers) {
  for (const int status : {201, 202, 400, 403, 409, 422}) {
    EXPECT_TRUE(is_definite(outcome(status, "x", 1))) << status;
  }
  for (const int status : {0, 429, 500, 503, 504}) {
    EXPECT_FALSE(is_definite(outcome(status, "x", 1))) << status;
  }
  EXPECT_FALSE(is_definite(outcome(409, "idempotency_key_in_flight", 1)));
}

}  // namespace
}  // namespace dermaga::buyer

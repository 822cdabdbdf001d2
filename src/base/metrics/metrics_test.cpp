#include "metrics/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

namespace dermaga::metrics {
namespace {

using ::testing::HasSubstr;

TEST(Metrics, ExpositionShowsEveryKind) {
  Registry registry;
  registry.counter("dermaga_orders_total", "Orders taken.", {{"status", "open"}}).increment(3);
  registry.gauge("dermaga_queue_length", "Waiting.").set(5);
  registry.gauge("dermaga_queue_length", "Waiting.").add(-2);
  registry.histogram("dermaga_request_seconds", "Latency.", {0.1, 1}).observe(0.5);
  const std::string text = registry.exposition();
  EXPECT_THAT(text, HasSubstr("# HELP dermaga_orders_total Orders taken.\n"));
  EXPECT_THAT(text, HasSubstr("# TYPE dermaga_orders_total counter\n"));
  EXPECT_THAT(text, HasSubstr("dermaga_orders_total{status=\"open\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("dermaga_queue_length 3\n"));
  EXPECT_THAT(text, HasSubstr("dermaga_request_seconds_bucket{le=\"0.1\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("dermaga_request_seconds_bucket{le=\"1\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("dermaga_request_seconds_sum 0.5\n"));
}

TEST(Metrics, TheSameNameAndLabelsAreOneHandle) {
  Registry registry;
  Counter& first = registry.counter("dermaga_a_total", "A.", {{"x", "1"}});
  EXPECT_EQ(&first, &registry.counter("dermaga_a_total", "A.", {{"x", "1"}}));
  EXPECT_NE(&first, &registry.counter("dermaga_a_total", "A.", {{"x", "2"}}));
}

TEST(Metrics, CountsFromManyThreads) {
  Registry registry;
  {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 4; ++thread) {
      threads.emplace_back([&registry] {
        for (int i = 0; i < 1000; ++i) {
          registry.counter("dermaga_hits_total", "Hits.").increment();
        }
      });
    }
  }
  EXPECT_THAT(registry.exposition(), HasSubstr("dermaga_hits_total 4000\n"));
}

TEST(Metrics, LatencyBucketsAreSorted) {
  EXPECT_TRUE(std::ranges::is_sorted(latency_buckets()));
}

TEST(MetricsDeathTest, OneNameForTwoKindsIsAMistake) {
  Registry registry;
  registry.counter("dermaga_x_total", "X.");
  EXPECT_DEATH(registry.gauge("dermaga_x_total", "X."), "CHECK failed");
  EXPECT_DEATH(registry.counter("not a name", "X."), "CHECK failed");
}

}  // namespace
}  // namespace dermaga::metrics

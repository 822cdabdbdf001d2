#include "passwords/hasher.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <future>
#include <thread>
#include <vector>

#include "argon2.h"
#include "metrics/metrics.h"

namespace dermaga::passwords {
namespace {

using vault::Password;
using Verdict = Hasher::Verdict;

constexpr Cost kSmall{.memory_bytes = kMemoryBytesMin, .passes = 1};

std::string hash_now(Hasher& hasher, std::string_view password) {
  std::promise<Result<std::string>> answer;
  hasher.hash(Password(std::string(password)),
              [&](Result<std::string> phc) { answer.set_value(std::move(phc)); });
  return answer.get_future().get().value();
}

Result<Verdict> verify_now(Hasher& hasher, std::string_view password, const std::string& phc) {
  std::promise<Result<Verdict>> answer;
  hasher.verify(Password(std::string(password)), phc,
                [&](Result<Verdict> verdict) { answer.set_value(std::move(verdict)); });
  return answer.get_future().get();
}

Result<Verdict> verify_nobody_now(Hasher& hasher, std::string_view password) {
  std::promise<Result<Verdict>> answer;
  hasher.verify_nobody(Password(std::string(password)),
                       [&](Result<Verdict> verdict) { answer.set_value(std::move(verdict)); });
  return answer.get_future().get();
}

TEST(Hasher, TellsTheRightPasswordFromAWrongOne) {
  Hasher hasher({.cost = kSmall});
  const std::string phc = hash_now(hasher, "garuda di atas awan");
  const auto right = verify_now(hasher, "garuda di atas awan", phc);
  ASSERT_TRUE(right.has_value());
  EXPECT_TRUE(right->matches);
  EXPECT_FALSE(right->needs_rehash);
  const auto wrong = verify_now(hasher, "Garuda di atas awan", phc);
  ASSERT_TRUE(wrong.has_value());
  EXPECT_FALSE(wrong->matches);
}

TEST(Hasher, AsksForANewHashWhereTheCostIsAnother) {
  Hasher old({.cost = kSmall});
  const std::string phc = hash_now(old, "garuda di atas awan");
  for (const Cost& cost : {Cost{.memory_bytes = 16 * 1024, .passes = 1},
                           Cost{.memory_bytes = kMemoryBytesMin, .passes = 2}}) {
    Hasher hasher({.cost = cost});
    const auto right = verify_now(hasher, "garuda di atas awan", phc);
    ASSERT_TRUE(right.has_value());
    EXPECT_TRUE(right->matches && right->needs_rehash);
    const auto wrong = verify_now(hasher, "another", phc);
    ASSERT_TRUE(wrong.has_value());
    EXPECT_FALSE(wrong->matches || wrong->needs_rehash);
  }
}

TEST(Hasher, MemoryThatIsNoWholeKibIsNoOtherCost) {
  Hasher hasher({.cost = {.memory_bytes = kMemoryBytesMin + 100, .passes = 1}});
  const auto verdict = verify_now(hasher, "garuda", hash_now(hasher, "garuda"));
  ASSERT_TRUE(verdict.has_value());
  EXPECT_TRUE(verdict->matches);
  EXPECT_FALSE(verdict->needs_rehash);
}

TEST(Hasher, SaysSoWhereTheStoredHashIsNone) {
  Hasher hasher({.cost = kSmall});
  const auto verdict = verify_now(hasher, "garuda di atas awan", "$argon2id$v=19$m=1");
  ASSERT_FALSE(verdict.has_value());
  EXPECT_EQ(verdict.error().code(), ErrorCode::kCorrupt);
  EXPECT_EQ(verdict.error().message().find("garuda"), std::string::npos);
}

TEST(Hasher, RefusesTooManyBytesAtOnce) {
  Hasher hasher({.cost = kSmall});
  std::vector<Error> errors;  // no lock: it is filled before hash() returns
  hasher.hash(Password(std::string(kPasswordBytesMax + 1, 'x')),
              [&](const Result<std::string>& phc) { errors.push_back(phc.error()); });
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_EQ(errors[0].code(), ErrorCode::kInvalidArgument);
  EXPECT_EQ(errors[0].message().find("xx"), std::string::npos);
}

TEST(Hasher, NobodyIsCheckedLikeAnybodyAndNeverMatches) {
  metrics::Registry registry;
  Hasher hasher({.cost = kSmall, .registry = &registry});
  for (const char* password : {"garuda di atas awan", "", "x"}) {
    const auto verdict = verify_nobody_now(hasher, password);
    ASSERT_TRUE(verdict.has_value());
    EXPECT_FALSE(verdict->matches || verdict->needs_rehash);
  }
  EXPECT_NE(
      registry.exposition().find("dermaga_core_password_checks_total{outcome=\"no_account\"} 3"),
      std::string::npos);
}

// Holds the pool's one thread inside `done` until it is let go.
class Held {
 public:
  explicit Held(Hasher& hasher) {
    hasher.verify_nobody(Password("held"), [this](const Result<Verdict>&) {
      reached_.set_value();
      go_.get_future().wait();
    });
    reached_.get_future().wait();
  }
  void let_go() { go_.set_value(); }

 private:
  std::promise<void> reached_;
  std::promise<void> go_;
};

TEST(Hasher, RefusesWhatWaitsBeyondItsBound) {
  metrics::Registry registry;
  Hasher hasher({.cost = kSmall, .waiting_max = 2, .registry = &registry});
  Held held(hasher);
  std::promise<void> both;
  std::atomic<int> answered = 0;
  for (int i = 0; i < 2; ++i) {
    hasher.verify_nobody(Password("waits"), [&](const Result<Verdict>& verdict) {
      EXPECT_TRUE(verdict.has_value());
      if (++answered == 2) {
        both.set_value();
      }
    });
  }
  EXPECT_NE(registry.exposition().find("dermaga_core_password_checks_waiting 2"),
            std::string::npos);
  std::vector<ErrorCode> refused;
  const auto keep = [&](const auto& result) { refused.push_back(result.error().code()); };
  hasher.hash(Password("one too many"), keep);
  hasher.verify(Password("one too many"), nobodys_phc(kSmall), keep);
  hasher.verify_nobody(Password("one too many"), keep);
  EXPECT_EQ(refused, std::vector(3, ErrorCode::kOverloaded));
  EXPECT_EQ(answered, 0);
  held.let_go();
  both.get_future().wait();
  EXPECT_NE(registry.exposition().find("dermaga_core_password_checks_waiting 0"),
            std::string::npos);
  EXPECT_NE(
      registry.exposition().find("dermaga_core_password_checks_total{outcome=\"overloaded\"} 3"),
      std::string::npos);
}

TEST(Hasher, AnswersEverybodyBeforeItEnds) {
  std::vector<ErrorCode> codes;
  bool running_ended = false;
  {
    std::promise<void> reached;
    std::promise<void> last_refused;
    Hasher hasher({.cost = kSmall});
    hasher.verify_nobody(Password("runs"), [&](const Result<Verdict>& verdict) {
      reached.set_value();
      last_refused.get_future().wait();  // by the destructor, which then waits for this
      running_ended = verdict.has_value();
    });
    reached.get_future().wait();
    hasher.hash(Password("waits"),
                [&](const Result<std::string>& phc) { codes.push_back(phc.error().code()); });
    hasher.verify_nobody(Password("waits"), [&](const Result<Verdict>& verdict) {
      codes.push_back(verdict.error().code());
      hasher.hash(Password("comes too late"),
                  [&](const Result<std::string>& phc) { codes.push_back(phc.error().code()); });
      last_refused.set_value();
    });
  }
  EXPECT_TRUE(running_ended);
  EXPECT_EQ(codes, std::vector(3, ErrorCode::kUnavailable));
}

TEST(Hasher, WorksAfterEverybodyElse) {
  Hasher hasher({.cost = kSmall});
  std::promise<std::pair<int, int>> told;
  hasher.verify_nobody(Password("x"), [&](const Result<Verdict>&) {
    told.set_value(
        {::getpriority(PRIO_PROCESS, static_cast<id_t>(::gettid())), ::sched_getscheduler(0)});
  });
  const auto [nice, policy] = told.get_future().get();
  const int own = ::getpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()));
  EXPECT_EQ(nice, std::min(own + 10, 19));
  EXPECT_EQ(policy, SCHED_BATCH);
}

TEST(Hasher, ServesManyThreadsAtOnce) {
  constexpr int kThreads = 8;
  constexpr int kEach = 25;
  metrics::Registry registry;
  std::atomic<int> right = 0;
  std::atomic<int> wrong = 0;
  {
    Hasher hasher({.cost = kSmall, .threads = 3, .waiting_max = kThreads, .registry = &registry});
    const std::string phc = hash_now(hasher, "garuda di atas awan");
    std::vector<std::thread> callers;
    for (int thread = 0; thread < kThreads; ++thread) {
      callers.emplace_back([&, thread] {
        for (int i = 0; i < kEach; ++i) {
          const bool knows = (thread + i) % 2 == 0;
          const auto verdict = verify_now(hasher, knows ? "garuda di atas awan" : "not it", phc);
          ASSERT_TRUE(verdict.has_value());
          EXPECT_EQ(verdict->matches, knows);
          ++(verdict->matches ? right : wrong);
        }
      });
    }
    for (std::thread& caller : callers) {
      caller.join();
    }
  }
  EXPECT_EQ(right, kThreads * kEach / 2);
  EXPECT_EQ(wrong, kThreads * kEach / 2);
  EXPECT_NE(registry.exposition().find("outcome=\"match\"} 100"), std::string::npos);
}

TEST(Hasher, EndsWhileOthersStillAsk) {
  std::atomic<int> answered = 0;
  {
    Hasher hasher({.cost = kSmall, .threads = 2, .waiting_max = 1000});
    for (int i = 0; i < 300; ++i) {
      hasher.verify_nobody(Password("x"), [&](const Result<Verdict>&) { ++answered; });
    }
  }
  EXPECT_EQ(answered, 300);
}

}  // namespace
}  // namespace dermaga::passwords

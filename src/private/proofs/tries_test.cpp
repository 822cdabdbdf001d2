#include "proofs/tries.h"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <thread>
#include <vector>

#include "test_store/test_store.h"

namespace dermaga::proofs {
namespace {

using std::chrono::milliseconds;

class TriesTest : public testing::Test {
 protected:
  TriesTest() {
    CHECK(::mkdtemp(folder_.data()) != nullptr);
    database_ = test_store::open(folder_);
    connection_ = database_->connect().value();
  }
  ~TriesTest() override {
    connection_.reset();
    database_.reset();
    std::filesystem::remove_all(folder_);
  }

  bool take(const std::vector<Budget>& budgets) { return take(*connection_, budgets); }
  bool take(store::Connection& connection, const std::vector<Budget>& budgets) {
    const Status taken = take_try(connection, budgets, clock_.now());
    EXPECT_TRUE(taken.has_value() || taken.error().code() == ErrorCode::kRateLimited);
    return taken.has_value();
  }
  std::int64_t all_tries() {
    return test_store::number(*connection_, "SELECT COALESCE(SUM(tries), 0) FROM tries");
  }

  std::string folder_ = "/tmp/dermaga-proofs-XXXXXX";
  std::unique_ptr<store::Database> database_;
  std::unique_ptr<store::Connection> connection_;
  ManualClock clock_{from_unix_ms(1'700'000'000'000)};
  const Budget three_{.key = "three", .tries_max = 3};
  const Budget five_{.key = "five", .tries_max = 5};
};

TEST_F(TriesTest, ABudgetIsUsedUpAndThenNothingIsWritten) {
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(take({three_}));
  }
  EXPECT_EQ(all_tries(), 3);
  for (int i = 0; i < 5; ++i) {
    EXPECT_FALSE(take({three_}));
  }
  EXPECT_EQ(all_tries(), 3);
  EXPECT_TRUE(take({five_})) << "another budget";
}

// Also where the other one stands first: it is not used up by tries that are refused.
TEST_F(TriesTest, OfSeveralBudgetsNoneIsCountedWhereOneIsUsedUp) {
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(take({three_}));
  }
  EXPECT_FALSE(take({three_, five_}));
  EXPECT_FALSE(take({five_, three_}));
  EXPECT_EQ(test_store::number(*connection_, "SELECT COUNT(*) FROM tries"), 1);
  EXPECT_EQ(all_tries(), 3);
}

TEST_F(TriesTest, AWindowBeginsWithItsFirstTryAndEndsAltogether) {
  EXPECT_TRUE(take({three_}));
  clock_.advance(std::chrono::minutes(10));
  EXPECT_TRUE(take({three_}));
  EXPECT_TRUE(take({three_}));
  EXPECT_FALSE(take({three_}));
  clock_.advance(std::chrono::minutes(5) - milliseconds(1));
  EXPECT_FALSE(take({three_}));
  clock_.advance(milliseconds(1));
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(take({three_}));
  }
  EXPECT_FALSE(take({three_}));
}

TEST_F(TriesTest, OldWindowsAreForgotten) {
  EXPECT_TRUE(take({three_}));
  clock_.advance(kTriesWindow);
  EXPECT_TRUE(take({five_}));
  EXPECT_EQ(test_store::number(*connection_, "SELECT COUNT(*) FROM tries"), 1);
}

TEST_F(TriesTest, WhatIsGivenBackDidNotCount) {
  const Budget both[] = {three_, five_};
  for (int i = 0; i < 10; ++i) {
    EXPECT_TRUE(take({three_, five_}));
    ASSERT_TRUE(give_back_try(*connection_, both));
  }
  EXPECT_EQ(all_tries(), 0);
  ASSERT_TRUE(give_back_try(*connection_, both));
  EXPECT_EQ(test_store::number(*connection_, "SELECT MIN(tries) FROM tries"), 0);
}

TEST_F(TriesTest, WhatIsGivenBackInATransactionThatFailsCounts) {
  EXPECT_TRUE(take({three_}));
  {
    const auto transaction = store::Transaction::begin(*connection_).value();
    ASSERT_TRUE(give_back_try(*connection_, std::span(&three_, 1)));
  }
  EXPECT_EQ(all_tries(), 1);
}

// Refused by reading alone: a flood must not wait for those who write, nor they for it.
TEST_F(TriesTest, WhatIsUsedUpIsRefusedWithoutWriting) {
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(take({three_}));
  }
  const auto reading = database_->connect_read_only().value();
  EXPECT_FALSE(take(*reading, {five_, three_}));
}

TEST_F(TriesTest, TriesMadeAtOnceAllCount) {
  std::atomic<int> taken = 0;
  std::vector<std::thread> threads;
  {
    // All of them look before the first may write, where a store has one writer.
    const auto transaction = store::Transaction::begin(*connection_).value();
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&] {
        const auto connection = database_->connect().value();
        taken += take(*connection, {three_, five_}) ? 1 : 0;
      });
    }
    std::this_thread::sleep_for(milliseconds(50));
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(taken, 3);
  EXPECT_EQ(test_store::number(*connection_, "SELECT MIN(tries) FROM tries"), 3);
}

}  // namespace
}  // namespace dermaga::proofs

// A connection that is lost while it commits: what became of the batch is found out, never guessed.
#include <chrono>

#include "fixture_test.h"

namespace dermaga::orders {
namespace {

using local_postgres::Relay;
using namespace std::chrono_literals;

// Replaces the shop's orders by ones that work through a relay.
class LostCommit : public testing::Test {
 protected:
  void SetUp() override {
    if (!test_store::on_postgres()) {
      GTEST_SKIP() << "an embedded engine has no connection to lose";
    }
    shop_ = std::make_unique<TestShop>();
    shop_->stock(kShirt, 100);
    shop_->stock(kMug, 1);
    relayed_ = test_store::open_relayed(shop_->folder);
    shop_->service.reset();
    shop_->options.on_fatal = [this](std::string_view) { fatal_ = true; };
    shop_->provider = payments::make_sandbox({.webhook_delay = 20ms});
    start_core();
    ASSERT_NE(placed(shop_->place(shop_->order("first", {{kShirt, 1}}))), nullptr);
  }
  void TearDown() override {
    if (shop_ != nullptr) {
      EXPECT_FALSE(fatal_);
      EXPECT_EQ(relayed_.relay->cuts(), cuts_expected_);
      EXPECT_EQ(shop_->breaches(), "");
      shop_->service.reset();
    }
  }

  void start_core() {
    const Ports own = shop_->ports();
    shop_->service = OrderService::start({.database = *relayed_.database,
                                          .derivation = own.derivation,
                                          .vault = own.vault,
                                          .prices = own.prices,
                                          .boxes = own.boxes,
                                          .payments = own.payments,
                                          .availability = own.availability,
                                          .clock = own.clock,
                                          .random = own.random},
                                         shop_->options)
                         .value();
  }
  std::vector<contract::PlaceOrder> batch(const std::string& name) const {
    std::vector<contract::PlaceOrder> orders;
    for (int i = 0; i < 3; ++i) {
      orders.push_back(shop_->order(name + std::to_string(i), {{kShirt, 2}}));
    }
    orders.push_back(orders.front());  // the same key again, in one batch
    orders.push_back(shop_->order("first", {{kShirt, 1}}));
    orders.push_back(shop_->order(name + "-many", {{kShirt, 1}, {kMug, 2}}));
    return orders;
  }
  void cut(Relay::Cut how) {
    relayed_.relay->cut_at_commit(how, "INSERT INTO orders");
    ++cuts_expected_;
  }
  // Each is answered as if nothing had happened.
  static void expect_answers(const std::vector<contract::PlaceOutcome>& outcomes) {
    ASSERT_EQ(outcomes.size(), 6u);
    for (std::size_t i = 0; i < 5; ++i) {
      ASSERT_NE(placed(outcomes[i]), nullptr) << i << ": " << refusal(outcomes[i]);
      EXPECT_EQ(placed(outcomes[i])->replayed, i >= 3) << i;
    }
    EXPECT_EQ(placed(outcomes[3])->order.id, placed(outcomes[0])->order.id);
    EXPECT_TRUE(std::holds_alternative<contract::OutOfStock>(outcomes[5]));
  }
  void expect_paid(const std::vector<contract::PlaceOutcome>& outcomes) const {
    for (std::size_t i = 0; i < 3; ++i) {
      EXPECT_TRUE(
          shop_->wait_for_payment(placed(outcomes[i])->order.id, order_state::PaymentStatus::kPaid))
          << i;
    }
  }
  std::int64_t orders_stored() const { return shop_->number("SELECT count(*) FROM orders"); }

  std::unique_ptr<TestShop> shop_;
  test_store::Relayed relayed_;
  std::atomic<bool> fatal_ = false;
  int cuts_expected_ = 0;
};

TEST_F(LostCommit, OneThatReachedTheServerIsFoundThere) {
  cut(Relay::Cut::kAfterServer);
  const auto outcomes = shop_->place(batch("a"));
  expect_answers(outcomes);
  EXPECT_EQ(orders_stored(), 4);
  EXPECT_EQ(shop_->levels(kShirt).available, 93);
  expect_paid(outcomes);
  EXPECT_EQ(shop_->service->stats().placed, 4u);
}

TEST_F(LostCommit, OneThatDidNotIsDoneAgain) {
  cut(Relay::Cut::kBeforeServer);
  const auto outcomes = shop_->place(batch("b"));
  expect_answers(outcomes);
  EXPECT_EQ(orders_stored(), 4);
  EXPECT_EQ(shop_->levels(kShirt).available, 93);
  expect_paid(outcomes);
  EXPECT_EQ(shop_->service->stats().placed, 4u);
}

TEST_F(LostCommit, OneThatIsStillUnderWayIsWaitedFor) {
  // Commits wait for a standby that is not there: the lost one is still at it when the core has
  // connected anew.
  const auto wait_for_standby = [this](const std::string& names) {
    shop_->change("ALTER SYSTEM SET synchronous_standby_names = '" + names + "'");
    shop_->change("SELECT pg_reload_conf()");
  };
  wait_for_standby("nobody");
  cut(Relay::Cut::kUnderWay);
  auto answered = std::async(std::launch::async, [&] { return shop_->place(batch("c")); });
  EXPECT_EQ(answered.wait_for(1500ms), std::future_status::timeout);
  wait_for_standby("");
  const auto outcomes = answered.get();
  expect_answers(outcomes);
  EXPECT_EQ(orders_stored(), 4);
  expect_paid(outcomes);
}

TEST_F(LostCommit, WhatIsNotFoundOutIsSaidToBeUnknownUntilItIs) {
  shop_->service.reset();
  shop_->options.commit_patience = 300ms;
  start_core();
  ASSERT_NE(placed(shop_->place(shop_->order("second", {{kMug, 1}}))), nullptr);
  cut(Relay::Cut::kAfterServer);
  relayed_.relay->refuse(true);
  const auto order = shop_->order("third", {{kShirt, 1}});
  EXPECT_EQ(refusal(shop_->place(order)), "503 outcome_unknown");
  EXPECT_EQ(refusal(shop_->place(order)), "503 unavailable");
  relayed_.relay->refuse(false);
  const auto again = shop_->place(order);
  ASSERT_NE(placed(again), nullptr) << refusal(again);
  EXPECT_TRUE(placed(again)->replayed);
  EXPECT_EQ(orders_stored(), 3);
}

TEST_F(LostCommit, EveryBatchOfManyIsAnsweredTruthfully) {
  const Relay::Cut kinds[] = {Relay::Cut::kBeforeServer, Relay::Cut::kAfterServer,
                              Relay::Cut::kUnderWay};
  std::int64_t told = 1;
  constexpr int kRounds = 10;
  for (int round = 0; round < kRounds; ++round) {
    cut(kinds[round % 3]);
    std::vector<contract::PlaceOrder> orders;
    for (int i = 0; i < 10; ++i) {
      orders.push_back(
          shop_->order(std::to_string(round) + "." + std::to_string(i), {{kShirt, 1}}));
    }
    for (const auto& outcome : shop_->place(std::move(orders))) {
      EXPECT_TRUE(placed(outcome) != nullptr ||
                  std::holds_alternative<contract::OutOfStock>(outcome))
          << refusal(outcome);
      told += placed(outcome) == nullptr ? 0 : 1;
    }
  }
  EXPECT_EQ(orders_stored(), told);
  EXPECT_EQ(told, 100);  // every shirt
}

}  // namespace
}  // namespace dermaga::orders

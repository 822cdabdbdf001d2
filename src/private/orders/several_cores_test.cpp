// Several cores on one database.
#include <iostream>
#include <map>
#include <set>
#include <thread>

#include "fixture_test.h"

namespace dermaga::orders {
namespace {

using contract::PlaceOutcome;
using namespace std::chrono_literals;

// What a second core has of its own.
struct OtherCore {
  OtherCore(TestShop& shop, const Options& options)
      : availability(inventory::AvailabilityFeed::start(*shop.database).value()) {
    const Ports first = shop.ports();
    service = OrderService::start({.database = first.database,
                                   .derivation = first.derivation,
                                   .vault = first.vault,
                                   .prices = prices,
                                   .boxes = first.boxes,
                                   .payments = *provider,
                                   .availability = *availability,
                                   .clock = first.clock,
                                   .random = first.random},
                                  options)
                  .value();
  }

  TestPrices prices;
  std::unique_ptr<inventory::AvailabilityFeed> availability;
  std::unique_ptr<payments::PaymentProvider> provider = payments::make_sandbox({});
  std::unique_ptr<OrderService> service;
};

class SeveralCores : public testing::Test {
 protected:
  void SetUp() override {
    if (!test_store::on_postgres()) {
      GTEST_SKIP() << "an embedded engine belongs to one core";
    }
    shop_ = std::make_unique<TestShop>();
  }
  void TearDown() override {
    other_.reset();
    if (shop_ != nullptr) {
      EXPECT_EQ(shop_->breaches(), "");
    }
  }
  OrderService& first() { return *shop_->service; }
  OrderService& second() { return *other_->service; }

  std::unique_ptr<TestShop> shop_;
  std::unique_ptr<OtherCore> other_;
};

std::string summary(const PlaceOutcome& outcome) {
  const auto* const done = placed(outcome);
  return done != nullptr ? done->order.id.str() + " " + done->order.cancel_reason
                         : (refusal(outcome).empty() ? "no" : refusal(outcome));
}

// Every buyer asks both cores at the same time, under one key.
TEST_F(SeveralCores, BuyersOfTheLastUnitsGetOneAnswerFromBoth) {
  constexpr int kBuyers = 240;
  constexpr int kUnits = 30;
  constexpr int kAtOnce = 12;
  shop_->stock(kShirt, kUnits);
  shop_->stock(kMug, 1'000);
  other_ = std::make_unique<OtherCore>(*shop_, shop_->options);
  std::mutex mutex;
  std::map<std::string, std::vector<std::string>> answers;
  std::vector<std::thread> crowd;
  for (OrderService* const core : {&first(), &second()}) {
    for (int thread = 0; thread < 2; ++thread) {
      crowd.emplace_back([&, core, thread] {
        for (int i = thread * kAtOnce; i < kBuyers; i += 2 * kAtOnce) {
          std::vector<contract::PlaceOrder> batch;
          for (int buyer = i; buyer < i + kAtOnce; ++buyer) {
            batch.push_back(
                shop_->order("buyer-" + std::to_string(buyer), {{kMug, 1}, {kShirt, 1}}));
          }
          const auto keys = batch;
          const auto outcomes = TestShop::place_with(*core, std::move(batch));
          const std::lock_guard lock(mutex);
          for (std::size_t j = 0; j < outcomes.size(); ++j) {
            answers[keys[j].idempotency_key].push_back(summary(outcomes[j]));
          }
        }
      });
    }
  }
  for (std::thread& one : crowd) {
    one.join();
  }
  int sold = 0;
  for (const auto& [key, both] : answers) {
    ASSERT_EQ(both.size(), 2u);
    EXPECT_EQ(both[0], both[1]) << key;
    sold += both[0].starts_with("ord_") ? 1 : 0;
  }
  EXPECT_EQ(sold, kUnits);
  EXPECT_EQ(shop_->number("SELECT count(*) FROM orders"), kUnits);
  EXPECT_EQ(shop_->levels(kShirt), (inventory::Levels{kUnits, 0, kUnits, 0}));
  EXPECT_EQ(first().stats().placed + second().stats().placed, static_cast<unsigned>(kUnits));
}

// A spool delivers to a core that has heard of a new price already what the shopper sends again to
// one that has not.
TEST_F(SeveralCores, AnOrderIsPlacedOrDeclinedNeverBoth) {
  constexpr int kOrders = 60;
  shop_->stock(kShirt, 1'000);
  other_ = std::make_unique<OtherCore>(*shop_, shop_->options);
  other_->prices.publish(2, kShirtPrice + 1);
  std::set<std::string> seen;
  for (int i = 0; i < kOrders; ++i) {
    const auto order = shop_->order("key-" + std::to_string(i), {{kShirt, 1}});
    auto direct =
        std::async(std::launch::async, [&] { return TestShop::place_with(first(), {order}); });
    std::promise<std::vector<PlaceOutcome>> promise;
    second().deliver({.spool_id = "spool-1", .orders = {{.order = order}}},
                     [&](auto outcomes) { promise.set_value(std::move(outcomes)); });
    const std::string delivered = summary(promise.get_future().get().front());
    EXPECT_EQ(summary(direct.get().front()), delivered);
    EXPECT_EQ(summary(shop_->place(order)), delivered);
    seen.insert(delivered.substr(delivered.find(' ')));
  }
  EXPECT_LE(seen.size(), 2u);
}

TEST_F(SeveralCores, HoldsExpireOnce) {
  constexpr int kOrders = 120;
  Options options;
  options.charge = false;
  options.sweep_every = 1h;
  shop_->options = options;
  shop_->start();
  shop_->stock(kShirt, kOrders);
  other_ = std::make_unique<OtherCore>(*shop_, options);
  std::vector<contract::PlaceOrder> batch;
  for (int i = 0; i < kOrders; ++i) {
    batch.push_back(shop_->order("key-" + std::to_string(i), {{kShirt, 1}}));
  }
  shop_->place(std::move(batch));
  EXPECT_EQ(shop_->levels(kShirt).available, 0);
  shop_->clock.advance(16min);
  auto others = std::async(std::launch::async, [&] { return second().sweep().value(); });
  const std::int64_t own = first().sweep().value();
  EXPECT_EQ(own + others.get(), kOrders);
  EXPECT_EQ(shop_->levels(kShirt).available, kOrders);
}

TEST_F(SeveralCores, PaymentsOfACoreThatEndedAreTakenUpByAnother) {
  Options options;
  options.charge = false;  // it ends before it charges
  shop_->options = options;
  shop_->start();
  shop_->stock(kShirt, 10);
  const auto outcome = shop_->place(shop_->order("left", {{kShirt, 1}}));
  ASSERT_NE(placed(outcome), nullptr);
  Options charging;
  charging.take_up_every = 100ms;
  other_ = std::make_unique<OtherCore>(*shop_, charging);
  EXPECT_TRUE(
      shop_->wait_for_payment(placed(outcome)->order.id, order_state::PaymentStatus::kPaid));
  // One placed after that core has started.
  const auto later = shop_->place(shop_->order("later", {{kShirt, 1}}));
  std::this_thread::sleep_for(500ms);
  EXPECT_EQ(shop_->view(placed(later)->order.id).payment_status,
            order_state::PaymentStatus::kPending);  // who took it may be at it still
  shop_->clock.advance(2min);
  EXPECT_TRUE(shop_->wait_for_payment(placed(later)->order.id, order_state::PaymentStatus::kPaid));
}

TEST_F(SeveralCores, WhatOneSellsOutTheOthersEdgesHear) {
  shop_->stock(kShirt, 1);
  other_ = std::make_unique<OtherCore>(*shop_, shop_->options);
  std::promise<std::chrono::steady_clock::time_point> heard;
  const auto ear = other_->availability->subscribe([&](const contract::CapacityUpdate& update) {
    for (const auto& change : update.changes) {
      if (!update.complete && change.availability == contract::Availability::kSoldOut) {
        heard.set_value(std::chrono::steady_clock::now());
      }
    }
  });
  ASSERT_NE(placed(shop_->place(shop_->order("last", {{kShirt, 1}}))), nullptr);
  const auto told = std::chrono::steady_clock::now();
  auto future = heard.get_future();
  ASSERT_EQ(future.wait_for(5s), std::future_status::ready);
  const std::chrono::duration<double, std::milli> took = future.get() - told;
  RecordProperty("sold_out_heard_after_ms", std::to_string(took.count()));
  std::cout << "heard after " << took.count() << " ms\n";
}

}  // namespace
}  // namespace dermaga::orders

// Orders that a spool took while core was away.
#include "fixture_test.h"

namespace dermaga::orders {
namespace {

using contract::DeliveredOrder;
using contract::PlaceOutcome;
using order_state::OrderStatus;
using namespace std::chrono_literals;

std::vector<PlaceOutcome> deliver(const TestShop& shop, std::vector<DeliveredOrder> orders) {
  std::promise<std::vector<PlaceOutcome>> promise;
  shop.service->deliver({.spool_id = "spool-1", .orders = std::move(orders)},
                        [&](auto outcomes) { promise.set_value(std::move(outcomes)); });
  return promise.get_future().get();
}

PlaceOutcome deliver(const TestShop& shop, const contract::PlaceOrder& order,
                     std::uint64_t lease_epoch = 0) {
  return deliver(shop, std::vector{DeliveredOrder{.order = order, .lease_epoch = lease_epoch}})
      .front();
}

// Placed, for the first time, as a spool promised it.
void expect_declined(const PlaceOutcome& outcome, const std::string& reason) {
  ASSERT_NE(placed(outcome), nullptr) << refusal(outcome);
  EXPECT_EQ(placed(outcome)->order.status, OrderStatus::kCancelled);
  EXPECT_EQ(placed(outcome)->order.cancel_reason, reason);
  EXPECT_TRUE(placed(outcome)->deferred);
}

TEST(Deliver, AnOrderOfAnOutageIsHeldAndPaidFromNowOn) {
  TestShop shop;
  shop.stock(kShirt, 10);
  const auto order = shop.order("away", {{kShirt, 2}});
  shop.clock.advance(1h);
  const auto outcome = deliver(shop, order);
  ASSERT_NE(placed(outcome), nullptr) << refusal(outcome);
  EXPECT_TRUE(placed(outcome)->deferred);
  EXPECT_FALSE(placed(outcome)->replayed);
  EXPECT_EQ(placed(outcome)->order.status, OrderStatus::kOpen);
  EXPECT_EQ(placed(outcome)->order.reserved_until, shop.clock.now() + shop.options.hold);
  EXPECT_TRUE(shop.wait_for_status(order.id, OrderStatus::kConfirmed));
  EXPECT_EQ(shop.levels(kShirt), (inventory::Levels{10, 8, 2, 0}));
  EXPECT_EQ(shop.service->stats().delivered_accepted, 1u);
  EXPECT_EQ(shop.breaches(), "");
}

TEST(Deliver, ItIsOneOrderThroughHoweverManySpoolsAndRetries) {
  TestShop shop;
  shop.stock(kShirt, 10);
  const auto order = shop.order("twice", {{kShirt, 1}});
  ASSERT_NE(placed(deliver(shop, order)), nullptr);
  const auto again = deliver(shop, std::vector(2, DeliveredOrder{.order = order}));
  for (const auto& outcome : again) {
    ASSERT_NE(placed(outcome), nullptr);
    EXPECT_TRUE(placed(outcome)->replayed);
    EXPECT_TRUE(placed(outcome)->deferred);
  }
  // The shopper was told 202: a retry that reaches core says so again.
  const auto retried = shop.place(order);
  ASSERT_NE(placed(retried), nullptr);
  EXPECT_TRUE(placed(retried)->replayed);
  EXPECT_TRUE(placed(retried)->deferred);
  // Other bytes under the same key are another request.
  auto other = order;
  other.body_sha256 = digest::sha256("other");
  shop.sign(other);
  EXPECT_EQ(refusal(shop.place(other)), "422 idempotency_key_reused");
  EXPECT_EQ(refusal(deliver(shop, other)), "422 idempotency_key_reused");
  EXPECT_EQ(shop.number("SELECT count(*) FROM orders"), 1);
  EXPECT_EQ(shop.number("SELECT count(*) FROM declined_orders"), 0);
  EXPECT_EQ(shop.breaches(), "");
}

TEST(Deliver, ARetryThatReachedCoreFirstMakesTheDeliveryAReplay) {
  TestShop shop;
  shop.stock(kShirt, 1);
  const auto order = shop.order("direct", {{kShirt, 1}});
  const auto direct = shop.place(order);
  ASSERT_NE(placed(direct), nullptr);
  EXPECT_FALSE(placed(direct)->deferred);
  const auto delivered = deliver(shop, order);
  ASSERT_NE(placed(delivered), nullptr);
  EXPECT_TRUE(placed(delivered)->replayed);
  EXPECT_FALSE(placed(delivered)->deferred);
  EXPECT_EQ(shop.breaches(), "");
}

TEST(Deliver, AnOrderIsPlacedWhenItsSpoolReceivedIt) {
  TestShop shop;
  shop.stock(kShirt, 5);
  const auto order = shop.order("earlier", {{kShirt, 1}});
  shop.clock.advance(std::chrono::minutes(3));
  const auto delivered = deliver(shop, order);
  ASSERT_NE(placed(delivered), nullptr);
  EXPECT_EQ(placed(delivered)->order.placed_at, order.received_at);
  // Held and paid for from now on, not from then.
  EXPECT_EQ(placed(delivered)->order.reserved_until, shop.clock.now() + std::chrono::minutes(15));
  EXPECT_EQ(shop.view(order.id).placed_at, order.received_at);
  const auto details = shop.service->show(order.id).value();
  EXPECT_EQ(details.accepted_at, shop.clock.now());
  EXPECT_EQ(details.first_answer, FirstAnswer::kDeferred);
  EXPECT_EQ(shop.breaches(), "");
}

TEST(Deliver, WhatCannotBeServedIsRememberedWithItsReason) {
  TestShop shop;
  shop.stock(kShirt, 1);
  auto dear = shop.order("dear", {{kShirt, 1}});
  dear.total = Money(1, kRupiah);
  shop.sign(dear);
  const auto many = shop.order("many", {{kShirt, 2}});
  const auto garbage = shop.order("garbage", {{kShirt, 1}}, "garbage");
  const auto good = shop.order("good", {{kShirt, 1}});
  const auto outcomes = deliver(
      shop,
      {{.order = dear}, {.order = many}, {.order = garbage}, {.order = good}, {.order = many}});
  expect_declined(outcomes[0], "price_changed");
  expect_declined(outcomes[1], "out_of_stock");
  expect_declined(outcomes[2], "box_unreadable");
  ASSERT_NE(placed(outcomes[3]), nullptr);
  EXPECT_EQ(placed(outcomes[3])->order.status, OrderStatus::kOpen);
  expect_declined(outcomes[4], "out_of_stock");
  EXPECT_TRUE(placed(outcomes[4])->replayed);

  // Forever: also when stock is back, and for the shopper's own retry.
  shop.stock(kShirt, 10);
  expect_declined(deliver(shop, many), "out_of_stock");
  expect_declined(shop.place(many), "out_of_stock");
  EXPECT_EQ(shop.view(many.id).status, OrderStatus::kCancelled);
  EXPECT_EQ(shop.view(many.id).cancel_reason, "out_of_stock");
  EXPECT_EQ(shop.number("SELECT count(*) FROM orders"), 1);
  EXPECT_EQ(shop.number("SELECT count(*) FROM declined_orders"), 3);
  EXPECT_EQ(shop.number("SELECT count(*) FROM outbox WHERE topic = 'order.declined'"), 3);
  // Who ordered is kept where the box opened, so that staff can write to them.
  EXPECT_EQ(shop.number("SELECT count(*) FROM declined_orders WHERE email_sealed IS NOT NULL"), 2);
  EXPECT_EQ(shop.service->stats().delivered_declined, 3u);
  const auto first = shop.service->declined({}, 2).value();
  ASSERT_EQ(first.items.size(), 2u);
  const auto rest = shop.service->declined(first.next_after, 2).value();
  ASSERT_EQ(rest.items.size(), 1u);
  EXPECT_FALSE(rest.next_after.has_value());
  EXPECT_NE(rest.items[0].view.id, first.items[0].view.id);
  const auto declined = shop.service->show_declined(many.id).value();
  EXPECT_EQ(declined.view.placed_at, many.received_at);
  EXPECT_EQ(declined.first_answer, FirstAnswer::kDeferred);
  EXPECT_FALSE(declined.promise_broken);
  EXPECT_EQ(shop.service->show_declined(good.id).error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(shop.service->declined(shop.derivation.order_id("nobody"), 2).error().code(),
            ErrorCode::kNotFound);
  EXPECT_EQ(shop.breaches(), "");
}

TEST(Deliver, AReceiptIsJudgedByItsOwnTime) {
  TestShop shop;
  shop.stock(kShirt, 10);
  const auto old = shop.order("old", {{kShirt, 1}});
  shop.clock.advance(71h);
  const auto fresh = deliver(shop, old);
  ASSERT_NE(placed(fresh), nullptr);
  EXPECT_EQ(placed(fresh)->order.status, OrderStatus::kOpen);
  const auto older = shop.order("older", {{kShirt, 1}});
  shop.clock.advance(73h);
  expect_declined(deliver(shop, older), "order_expired");
  EXPECT_EQ(shop.breaches(), "");
}

TEST(Deliver, WithCoresClockBehindItIsToBeDeliveredAgain) {
  TestShop shop;
  shop.stock(kShirt, 10);
  auto ahead = shop.order("ahead", {{kShirt, 1}});
  ahead.received_at += 1h;
  shop.sign(ahead);
  EXPECT_EQ(refusal(deliver(shop, ahead)), "503 unavailable");
  shop.clock.advance(2h);
  ASSERT_NE(placed(deliver(shop, ahead)), nullptr);
  EXPECT_EQ(shop.breaches(), "");
}

TEST(Deliver, WhatNoEdgeSignedIsRefusedAndNotRemembered) {
  TestShop shop;
  shop.stock(kShirt, 10);
  auto forged = shop.order("forged", {{kShirt, 1}});
  forged.receipt = "forged";
  EXPECT_EQ(refusal(deliver(shop, forged)), "400 receipt_invalid");
  auto renamed = shop.order("renamed", {{kShirt, 1}});
  renamed.id = shop.derivation.order_id("another");
  EXPECT_EQ(refusal(deliver(shop, renamed)), "400 order_id_mismatch");
  EXPECT_EQ(shop.number("SELECT count(*) FROM declined_orders"), 0);
}

TEST(Deliver, WithoutPricesItIsToBeDeliveredAgain) {
  TestShop shop;
  shop.stock(kShirt, 10);
  const auto order = shop.order("early", {{kShirt, 1}});
  shop.prices.close();
  EXPECT_EQ(refusal(deliver(shop, order)), "503 unavailable");
  EXPECT_EQ(shop.number("SELECT count(*) FROM declined_orders"), 0);
}

TEST(Deliver, ItsOwnQueueIsBoundedAndLeavesRoomForOthers) {
  Options options;
  options.deliveries_max = 3;
  TestShop shop(options);
  shop.stock(kShirt, 100);
  std::vector<DeliveredOrder> orders;
  for (int i = 0; i < 5; ++i) {
    orders.push_back({.order = shop.order("queued-" + std::to_string(i), {{kShirt, 1}})});
  }
  const auto outcomes = deliver(shop, orders);
  for (int i = 0; i < 3; ++i) {
    EXPECT_NE(placed(outcomes[static_cast<std::size_t>(i)]), nullptr);
  }
  EXPECT_EQ(refusal(outcomes[3]), "503 overloaded");
  EXPECT_EQ(refusal(outcomes[4]), "503 overloaded");
  EXPECT_EQ(shop.breaches(), "");
}

// First come, first served in the order of the log, however many threads prepare.
TEST(Deliver, TheLogsOrderIsKept) {
  Options options;
  options.prepare_threads = 4;
  TestShop shop(options);
  shop.stock(kShirt, 100);
  std::vector<DeliveredOrder> orders;
  for (int i = 0; i < 300; ++i) {
    orders.push_back({.order = shop.order("log-" + std::to_string(i), {{kShirt, 1}})});
  }
  const auto outcomes = deliver(shop, orders);
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    ASSERT_NE(placed(outcomes[i]), nullptr);
    EXPECT_EQ(placed(outcomes[i])->order.cancel_reason, i < 100 ? "" : "out_of_stock") << i;
  }
  EXPECT_EQ(shop.breaches(), "");
}

}  // namespace
}  // namespace dermaga::orders

// Orders that a spool sold from a stock lease while core was away.
#include "fixture_test.h"
#include "leases/lessor.h"

namespace dermaga::orders {
namespace {

using contract::DeliveredOrder;
using contract::PlaceOutcome;
using order_state::OrderStatus;
using namespace std::chrono_literals;

struct LeasingShop : TestShop {
  LeasingShop() {
    stock(kShirt, 10);
    epoch = lease("spool-1", 0);
  }
  // Half of the shirts are leased.
  std::uint64_t lease(const std::string& spool, std::uint64_t newest) {
    return lessor
        .exchange({.spool_id = spool,
                   .log_id = std::string(32, 'a'),
                   .newest_epoch = newest,
                   .delivered = true},
                  {.catalog_version = 1, .sells = [](const VariantId&) { return true; }})
        .value()
        .epoch;
  }
  PlaceOutcome deliver(const contract::PlaceOrder& order, std::uint64_t from,
                       const std::string& spool = "spool-1") const {
    std::promise<std::vector<PlaceOutcome>> promise;
    service->deliver({.spool_id = spool, .orders = {{.order = order, .lease_epoch = from}}},
                     [&](auto outcomes) { promise.set_value(std::move(outcomes)); });
    return promise.get_future().get().front();
  }
  void sell_out() { ASSERT_NE(placed(place(order("others", {{kShirt, 5}}))), nullptr); }
  std::int64_t broken() const {
    return number("SELECT count(*) FROM outbox WHERE topic = 'promise.broken'");
  }

  leases::Lessor lessor{
      *database, clock, {.share_percent = 50, .keep_units = 0}, [](const auto&) {}};
  std::uint64_t epoch = 0;
};

void expect_accepted(const PlaceOutcome& outcome) {
  ASSERT_NE(placed(outcome), nullptr) << refusal(outcome);
  // Its payment may have come by the time of a replay.
  EXPECT_TRUE(placed(outcome)->order.status == OrderStatus::kOpen ||
              placed(outcome)->order.status == OrderStatus::kConfirmed);
  EXPECT_FALSE(placed(outcome)->deferred);  // it was 201
}
void expect_declined(const PlaceOutcome& outcome, const std::string& reason) {
  ASSERT_NE(placed(outcome), nullptr) << refusal(outcome);
  EXPECT_EQ(placed(outcome)->order.status, OrderStatus::kCancelled);
  EXPECT_EQ(placed(outcome)->order.cancel_reason, reason);
  EXPECT_TRUE(placed(outcome)->deferred);  // though the spool said 201: it is not placed
}

TEST(Lease, WhatASpoolSoldIsThereThoughTheShopIsSoldOut) {
  LeasingShop shop;
  const auto sold = shop.order("sold", {{kShirt, 2}});
  shop.sell_out();
  ASSERT_TRUE(
      std::holds_alternative<contract::OutOfStock>(shop.place(shop.order("short", {{kShirt, 1}}))));
  shop.clock.advance(1h);
  const auto outcome = shop.deliver(sold, shop.epoch);
  expect_accepted(outcome);
  EXPECT_EQ(placed(outcome)->order.reserved_until, shop.clock.now() + shop.options.hold);
  EXPECT_EQ(shop.levels(kShirt).leased, 3);
  EXPECT_EQ(shop.breaches(), "");
  // The rest goes back when the epoch is delivered.
  EXPECT_NE(shop.lease("spool-1", shop.epoch), 0u);
  EXPECT_EQ(shop.levels(kShirt), (inventory::Levels{10, 2, 7, 1}));
  EXPECT_EQ(shop.broken(), 0);
  EXPECT_EQ(shop.breaches(), "");
}

TEST(Lease, AReplayTakesNothingMoreThroughEitherSpool) {
  LeasingShop shop;
  const auto sold = shop.order("sold", {{kShirt, 2}});
  expect_accepted(shop.deliver(sold, shop.epoch, "spool-2"));
  const auto again = shop.deliver(sold, shop.epoch);
  expect_accepted(again);
  EXPECT_TRUE(placed(again)->replayed);
  expect_accepted(shop.place(sold));
  EXPECT_EQ(shop.levels(kShirt).leased, 3);
  EXPECT_EQ(shop.breaches(), "");
}

TEST(Lease, AnOrderThatReachedCoreItselfLeavesItsUnitsToTheEnd) {
  LeasingShop shop;
  const auto sold = shop.order("sold", {{kShirt, 2}});
  expect_accepted(shop.place(sold));
  expect_accepted(shop.deliver(sold, shop.epoch));
  EXPECT_EQ(shop.levels(kShirt).leased, 5);
  EXPECT_NE(shop.lease("spool-1", shop.epoch), 0u);
  EXPECT_EQ(shop.breaches(), "");
}

TEST(Lease, MoreThanTheLeaseHasIsTakenFromWhatIsAvailable) {
  LeasingShop shop;
  expect_accepted(shop.deliver(shop.order("many", {{kShirt, 4}}), shop.epoch));
  EXPECT_EQ(shop.levels(kShirt).leased, 1);
  expect_accepted(shop.deliver(shop.order("more", {{kShirt, 2}}), shop.epoch));
  EXPECT_EQ(shop.levels(kShirt).leased, 1);
  EXPECT_EQ(shop.broken(), 0);
  EXPECT_EQ(shop.breaches(), "");
}

TEST(Lease, OfAnUnreadableBoxTheUnitIsReturned) {
  LeasingShop shop;
  const auto sold = shop.order("sold", {{kShirt, 2}}, "garbage");
  expect_declined(shop.deliver(sold, shop.epoch), "box_unreadable");
  EXPECT_EQ(shop.levels(kShirt), (inventory::Levels{10, 7, 0, 3}));
  expect_declined(shop.deliver(sold, shop.epoch), "box_unreadable");
  EXPECT_EQ(shop.levels(kShirt), (inventory::Levels{10, 7, 0, 3}));
  EXPECT_EQ(shop.broken(), 0);
  EXPECT_EQ(shop.service->stats().delivered_declined, 1u);
  EXPECT_EQ(shop.service->stats().promises_broken, 0u);
  EXPECT_EQ(shop.breaches(), "");
  EXPECT_NE(shop.lease("spool-1", shop.epoch), 0u);
  EXPECT_EQ(shop.breaches(), "");
}

TEST(Lease, AfterAbandonmentItIsJudgedAnew) {
  LeasingShop shop;
  const auto early = shop.order("early", {{kShirt, 1}});
  const auto late = shop.order("late", {{kShirt, 6}});
  shop.sell_out();
  ASSERT_TRUE(shop.lessor.abandon("spool-1", shop.epoch, kStaff, "gone").has_value());
  EXPECT_EQ(shop.levels(kShirt).available, 5);
  expect_accepted(shop.deliver(early, shop.epoch));
  expect_declined(shop.deliver(late, shop.epoch), "out_of_stock");
  expect_declined(shop.deliver(late, shop.epoch), "out_of_stock");
  expect_declined(shop.place(late), "out_of_stock");
  EXPECT_EQ(shop.levels(kShirt).leased, 0);
  EXPECT_EQ(shop.broken(), 1);
  EXPECT_EQ(shop.service->stats().promises_broken, 1u);
  EXPECT_EQ(shop.number("SELECT count(*) FROM declined_orders WHERE first_answer = 2"), 1);
  EXPECT_TRUE(shop.service->show_declined(late.id).value().promise_broken);
  EXPECT_EQ(shop.breaches(), "");
}

TEST(Lease, TheQuoteOfItsVersionIsHonoured) {
  LeasingShop shop;
  auto sold = shop.order("sold", {{kShirt, 1}});
  derivation::Derivation::QuoteClaims claims;
  claims.catalog_version = 1;
  claims.expires_at = shop.clock.now() + 15min;
  claims.destination = sold.destination;
  claims.shipping_method = sold.shipping_method;
  claims.quote.lines.push_back({.variant_id = kShirt, .quantity = 1});
  claims.quote.total = sold.total;
  sold.quote = shop.derivation.quote_token(claims);
  shop.sign(sold);
  shop.prices.publish(2, kShirtPrice * 2);
  shop.clock.advance(5h);
  expect_accepted(shop.deliver(sold, shop.epoch));
  EXPECT_EQ(shop.breaches(), "");
}

TEST(Lease, AnUnknownEpochIsAnOrderWithoutLease) {
  LeasingShop shop;
  expect_accepted(shop.deliver(shop.order("odd", {{kShirt, 1}}), shop.epoch + 9));
  EXPECT_EQ(shop.levels(kShirt).leased, 5);
  EXPECT_EQ(shop.breaches(), "");
}

}  // namespace
}  // namespace dermaga::orders

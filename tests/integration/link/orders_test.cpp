#include "fixture.h"

namespace dermaga::link_test {
namespace {

class Orders : public LinkTest {
 protected:
  void SetUp() override {
    start_server();
    start_link();
    ASSERT_TRUE(recorder->wait_connected(true));
  }
};

TEST_F(Orders, TenThousandComeBackEachWithItsOwnOutcome) {
  constexpr int kOrders = 10'000;
  const char* const kCoupons[] = {"", "short", "dearer", "refused"};
  std::vector<std::future<Result<contract::PlaceOutcome>>> futures;
  futures.reserve(kOrders);
  for (int i = 0; i < kOrders; ++i) {
    futures.push_back(place(make_order(i, kCoupons[i % 4])));
  }
  for (int i = 0; i < kOrders; ++i) {
    const auto outcome = futures[static_cast<std::size_t>(i)].get();
    ASSERT_TRUE(outcome.has_value()) << outcome.error().message();
    ASSERT_EQ(outcome->index(), static_cast<std::size_t>(i % 4));
    if (const auto* placed = std::get_if<contract::Placed>(&*outcome)) {
      ASSERT_EQ(placed->order.id.str(), "ord_" + std::to_string(i));
      ASSERT_EQ(placed->order.total.amount(), i);
    } else if (const auto* changed = std::get_if<contract::PriceChanged>(&*outcome)) {
      ASSERT_EQ(changed->quote.total.amount(), i + 1);
    }
  }
  const auto sizes = core->batch_sizes();
  EXPECT_LT(sizes.size(), kOrders / 10u) << "orders were not coalesced";
  for (const std::size_t size : sizes) {
    EXPECT_LE(size, 1'000u);
  }
}

TEST_F(Orders, ABadOrderFailsAlone) {
  auto bad = make_order(1);
  bad.lines.clear();
  auto bad_future = place(std::move(bad));
  auto good_future = place(make_order(2));
  EXPECT_EQ(bad_future.get().error().code(), ErrorCode::kInvalidArgument);
  EXPECT_TRUE(good_future.get().has_value());
}

TEST_F(Orders, ViewsSealedCallsAndAssets) {
  const auto view = [&](const char* id, const char* token) {
    std::promise<Result<contract::OrderView>> promise;
    link->order_view(*OrderId::parse(id), token, [&](auto result) { promise.set_value(result); });
    return promise.get_future().get();
  };
  EXPECT_EQ(view("ord_known", "token")->status, order_state::OrderStatus::kConfirmed);
  EXPECT_EQ(view("ord_known", "other").error().code(), ErrorCode::kForbidden);
  EXPECT_EQ(view("ord_unknown", "token").error().code(), ErrorCode::kNotFound);

  const auto sealed = [&](const char* box) {
    std::promise<Result<contract::SealedAnswer>> promise;
    link->sealed_call(box, from_unix_ms(1), [&](auto result) { promise.set_value(result); });
    return promise.get_future().get();
  };
  EXPECT_EQ(sealed("box")->sealed, "re:box");
  EXPECT_EQ(sealed("bad")->problem.code, "sealed_invalid");
  EXPECT_EQ(sealed("").error().code(), ErrorCode::kInvalidArgument);

  const auto asset = [&](const std::string& hash) {
    std::promise<Result<contract::Asset>> promise;
    link->fetch_asset(hash, [&](auto result) { promise.set_value(std::move(result)); });
    return promise.get_future().get();
  };
  EXPECT_EQ(asset(std::string(64, 'a'))->bytes.size(), 1'000'000u);
  EXPECT_EQ(asset(std::string(64, 'b')).error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(asset("../secret").error().code(), ErrorCode::kInvalidArgument);
}

class SlowCore : public LinkTest {};

TEST_F(SlowCore, OrdersTimeOutAndTheLinkGoesOn) {
  options.call_timeout = milliseconds(200);
  start_server();
  start_link();
  ASSERT_TRUE(recorder->wait_connected(true));
  core->hold_batches(true);
  auto future = place(make_order(1));
  EXPECT_EQ(future.get().error().code(), ErrorCode::kTimeout);
  core->hold_batches(false);  // the late answer goes nowhere
  EXPECT_TRUE(place(make_order(2)).get().has_value());
}

TEST_F(SlowCore, TooManyInFlightAreRefusedAtOnce) {
  options.orders_in_flight_max = 10;
  start_server();
  start_link();
  ASSERT_TRUE(recorder->wait_connected(true));
  core->hold_batches(true);
  std::vector<std::future<Result<contract::PlaceOutcome>>> futures;
  for (int i = 0; i < 10; ++i) {
    futures.push_back(place(make_order(i)));
  }
  EXPECT_EQ(place(make_order(99)).get().error().code(), ErrorCode::kOverloaded);
  core->hold_batches(false);
  for (auto& future : futures) {
    EXPECT_TRUE(future.get().has_value());
  }
  EXPECT_TRUE(place(make_order(100)).get().has_value());
}

TEST_F(SlowCore, DestroyingTheLinkEndsEveryOrder) {
  start_server();
  start_link();
  ASSERT_TRUE(recorder->wait_connected(true));
  core->hold_batches(true);
  auto future = place(make_order(1));
  link.reset();
  EXPECT_EQ(future.get().error().code(), ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace dermaga::link_test

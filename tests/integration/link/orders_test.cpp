#include <sys/resource.h>

#include <iostream>

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
    return answer_of<contract::OrderView>(
        [&](auto done) { link->order_view(*OrderId::parse(id), token, done); });
  };
  EXPECT_EQ(view("ord_known", "token")->status, order_state::OrderStatus::kConfirmed);
  EXPECT_EQ(view("ord_known", "other").error().code(), ErrorCode::kForbidden);
  EXPECT_EQ(view("ord_unknown", "token").error().code(), ErrorCode::kNotFound);

  const auto sealed = [&](const char* box) {
    return answer_of<contract::SealedAnswer>(
        [&](auto done) { link->sealed_call(box, from_unix_ms(1), done); });
  };
  EXPECT_EQ(sealed("box")->sealed, "re:box");
  EXPECT_EQ(sealed("bad")->problem.code, "sealed_invalid");
  EXPECT_EQ(sealed("").error().code(), ErrorCode::kInvalidArgument);

  const auto asset = [&](const std::string& hash) {
    return answer_of<contract::Asset>([&](auto done) { link->fetch_asset(hash, done); });
  };
  EXPECT_EQ(asset(std::string(64, 'a'))->bytes.size(), 1'000'000u);
  EXPECT_EQ(asset(std::string(64, 'b')).error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(asset("../secret").error().code(), ErrorCode::kInvalidArgument);

  const contract::WitnessRequest request{.size = 7,
                                         .cosignature = "line",
                                         .witness_name = "edge-1",
                                         .public_key = std::string(32, 'k')};
  const auto witnessed =
      answer_of<contract::WitnessAnswer>([&](auto done) { link->witness(request, done); });
  EXPECT_EQ(witnessed->note, "edge-1 7");
  EXPECT_EQ(witnessed->proof, std::vector<std::string>{request.public_key});
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
  core->hold_batches(false);  // a batch in hand keeps its call alive, and the call its core
}

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds_of = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
}

// Says what an order costs through both ends; asserts no time.
class Cost : public LinkTest, public testing::WithParamInterface<std::size_t> {};

TEST_P(Cost, PerOrder) {
  constexpr int kOrders = 20'000;
  options.batch_orders_max = GetParam();
  start_server();
  start_link();
  ASSERT_TRUE(recorder->wait_connected(true));
  std::vector<contract::PlaceOrder> orders;
  for (int i = 0; i < kOrders; ++i) {
    orders.push_back(make_order(i));
  }
  std::atomic<int> answered = 0;
  const double before = cpu_seconds();
  for (auto& order : orders) {
    link->place(std::move(order), [&](auto outcome) { answered += outcome.has_value() ? 1 : 0; });
  }
  for (int i = 0; i < 1'000 && answered < kOrders; ++i) {
    std::this_thread::sleep_for(milliseconds(10));
  }
  const double us = (cpu_seconds() - before) * 1e6 / kOrders;
  EXPECT_EQ(answered, kOrders);
  std::cout << "batches of at most " << GetParam() << ": " << us << " us of CPU per order, "
            << kOrders / core->batch_sizes().size() << " orders per batch\n";
  RecordProperty("cpu_us_per_order", std::to_string(us));
}

INSTANTIATE_TEST_SUITE_P(BatchSizes, Cost, testing::Values(100u, 1'000u));

}  // namespace
}  // namespace dermaga::link_test

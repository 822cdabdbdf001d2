// Issue 3: the wall clock is set hours back and forth, as an administrator or a bad NTP server
// would.
#include <array>
#include <map>
#include <random>
#include <set>
#include <thread>

#include "fixture_test.h"

namespace dermaga::orders {
namespace {

using namespace std::chrono_literals;
using order_state::OrderStatus;

Options without_payment() {
  Options options;
  options.charge = false;
  options.sweep_every = 1h;  // the tests say when
  return options;
}

// What the rows of one variant must say, kept beside the service in the simplest way.
class Expected {
 public:
  explicit Expected(std::int64_t units) : units_(units) {}
  void hold(const OrderId& id, std::int64_t units, UtcTime until) {
    open_.emplace(id.str(), Hold{.units = units, .until = until});
  }
  void cancel(const OrderId& id) { open_.erase(id.str()); }
  // The holds that end by now.
  std::int64_t sweep(UtcTime now) {
    return static_cast<std::int64_t>(
        std::erase_if(open_, [now](const auto& hold) { return hold.second.until <= now; }));
  }
  inventory::Levels levels() const {
    std::int64_t held = 0;
    for (const auto& [id, hold] : open_) {
      held += hold.units;
    }
    return {units_, units_ - held, held, 0};
  }
  bool is_open(const OrderId& id) const { return open_.contains(id.str()); }
  std::int64_t available() const { return levels().available; }

 private:
  struct Hold {
    std::int64_t units;
    UtcTime until;
  };
  std::int64_t units_;
  std::map<std::string, Hold> open_;
};

TEST(ClockJumps, Issue3NoHoldIsLostOrReleasedTwice) {
  constexpr std::int64_t kUnits = 40;
  constexpr std::array<std::chrono::minutes, 8> kJumps = {1min,    14min,  16min,   -10min,
                                                          -120min, 180min, -600min, 720min};
  TestShop shop(without_payment());
  shop.stock(kShirt, kUnits);
  Expected expected(kUnits);
  std::vector<contract::PlaceOrder> sent;
  std::vector<bool> acknowledged;
  std::mt19937 choose(20261125);  // NOLINT(cert-msc32-c,cert-msc51-cpp): the same every time
  for (int step = 0; step < 300; ++step) {
    shop.clock.set_wall(shop.clock.now() + kJumps.at(choose() % kJumps.size()));
    const auto units = static_cast<std::int64_t>(choose() % 4 + 1);
    sent.push_back(shop.order("key-" + std::to_string(step), {{kShirt, units}}));
    const auto outcome = shop.place(sent.back());
    const auto* done = placed(outcome);
    acknowledged.push_back(done != nullptr);
    EXPECT_EQ(done != nullptr, units <= expected.available()) << step;
    if (done != nullptr) {
      expected.hold(done->order.id, units, done->order.reserved_until);
    }
    const std::size_t other = choose() % sent.size();
    const OrderId& id = sent[other].id;
    if (choose() % 4 == 0 && expected.is_open(id)) {
      EXPECT_TRUE(shop.service->cancel(id, "staff_request", kStaff).has_value()) << step;
      expected.cancel(id);
    } else if (acknowledged[other]) {
      // The answer of then stays true, whatever the clock says now.
      const auto again = shop.place(sent[other]);
      ASSERT_NE(placed(again), nullptr) << step << " " << refusal(again);
      EXPECT_TRUE(placed(again)->replayed);
    }
    if (choose() % 3 == 0) {
      EXPECT_EQ(shop.service->sweep().value(), expected.sweep(shop.clock.now())) << step;
    }
    ASSERT_EQ(shop.levels(kShirt), expected.levels()) << step;
  }
  EXPECT_EQ(shop.breaches(), "");
  shop.clock.advance(24h * 365);
  EXPECT_EQ(shop.service->sweep().value(), expected.sweep(shop.clock.now()));
  EXPECT_EQ(shop.levels(kShirt), (inventory::Levels{kUnits, kUnits, 0, 0}));
  EXPECT_EQ(shop.breaches(), "");
}

TEST(ClockJumps, Issue3AKnownKeyIsAnsweredWhenTheClockWasSetBack) {
  TestShop shop(without_payment());
  shop.stock(kShirt, 10);
  const contract::PlaceOrder known = shop.order("key-1", {{kShirt, 1}});
  ASSERT_NE(placed(shop.place(known)), nullptr);
  const contract::PlaceOrder unknown = shop.order("key-2", {{kShirt, 1}});
  const UtcTime right = shop.clock.now();
  for (const auto jump : {-2h, -1000h, 1000h}) {
    shop.clock.set_wall(right + jump);
    const auto again = shop.place(known);
    ASSERT_NE(placed(again), nullptr) << jump.count() << " h: " << refusal(again);
    EXPECT_TRUE(placed(again)->replayed);
  }
  // What core cannot judge it refuses, and takes when its clock is right again.
  shop.clock.set_wall(right - 2h);
  EXPECT_EQ(refusal(shop.place(unknown)), "400 receipt_invalid");
  shop.clock.set_wall(right);
  EXPECT_NE(placed(shop.place(unknown)), nullptr);
  EXPECT_EQ(shop.breaches(), "");
}

TEST(ClockJumps, Issue3AForgedReceiptIsRefusedAlsoForAKnownKey) {
  TestShop shop(without_payment());
  shop.stock(kShirt, 10);
  contract::PlaceOrder known = shop.order("key-1", {{kShirt, 1}});
  ASSERT_NE(placed(shop.place(known)), nullptr);
  known.received_at += 1h;  // under the receipt of another time
  EXPECT_EQ(refusal(shop.place(known)), "400 receipt_invalid");
}

TEST(ClockJumps, Issue3ANonceIsKnownWhenTheClockRanAheadAndWasSetBack) {
  TestShop shop(without_payment());
  shop.stock(kShirt, 10);
  const contract::PlaceOrder order = shop.order("key-1", {{kShirt, 1}});
  ASSERT_NE(placed(shop.place(order)), nullptr);
  const std::string words = shop.call_words("cancel", order.id, "n1");
  EXPECT_EQ(shop.call(words).http_status, 200);
  const UtcTime right = shop.clock.now();
  shop.clock.set_wall(right + 12h);
  shop.start();  // forgets old nonces at its start
  for (int i = 0; i < 400 && shop.number("SELECT count(*) FROM used_nonces") > 0; ++i) {
    std::this_thread::sleep_for(1ms);
  }
  shop.clock.set_wall(right);
  shop.start();
  EXPECT_EQ(shop.call(words).problem.code, "nonce_used");
  shop.clock.set_wall(right + 15min + sealed_calls::kNonceKeptAfterExpiry + 1min);
  shop.start();
  for (int i = 0; i < 4'000 && shop.number("SELECT count(*) FROM used_nonces") > 0; ++i) {
    std::this_thread::sleep_for(5ms);
  }
  EXPECT_EQ(shop.number("SELECT count(*) FROM used_nonces"), 0);
}

TEST(ClockJumps, Issue3OrdersAndSweepsRaceWithTheClock) {
  Options options;
  options.charge = false;
  options.sweep_every = 1ms;
  TestShop shop(options);
  shop.stock(kShirt, 60);
  std::atomic<bool> over{false};
  std::thread jumper([&] {
    const UtcTime right = shop.clock.now();
    for (int i = 0; !over; ++i) {
      shop.clock.set_wall(right + std::array{0h, 3h, -2h, 9h}.at(static_cast<std::size_t>(i) % 4));
      std::this_thread::sleep_for(2ms);
    }
    shop.clock.set_wall(right);
  });
  std::mutex mutex;
  std::set<std::string> acknowledged;
  std::vector<std::thread> shoppers;
  for (int shopper = 0; shopper < 3; ++shopper) {
    shoppers.emplace_back([&, shopper] {
      for (int i = 0; i < 150; ++i) {
        const std::string key = std::to_string(shopper) + "-" + std::to_string(i);
        if (placed(shop.place(shop.order(key, {{kShirt, 1 + i % 3}}))) != nullptr) {
          const std::lock_guard lock(mutex);
          acknowledged.insert(key);
        }
      }
    });
  }
  for (std::thread& shopper : shoppers) {
    shopper.join();
  }
  over = true;
  jumper.join();
  EXPECT_GT(acknowledged.size(), 20u);
  for (const std::string& key : acknowledged) {
    const auto status = shop.view(shop.derivation.order_id(key)).status;
    EXPECT_TRUE(status == OrderStatus::kOpen || status == OrderStatus::kExpired) << key;
  }
  EXPECT_EQ(shop.breaches(), "");
  shop.clock.advance(24h);
  (void)shop.service->sweep().value();
  EXPECT_EQ(shop.levels(kShirt), (inventory::Levels{60, 60, 0, 0}));
  EXPECT_EQ(shop.breaches(), "");
}

}  // namespace
}  // namespace dermaga::orders

#include <gtest/gtest.h>

#include <atomic>
#include <cstring>
#include <future>
#include <mutex>
#include <set>

#include "digest/digest.h"
#include "spool_log/memory_disk.h"
#include "spool_node/courier.h"
#include "spool_node/keeper.h"

namespace dermaga::spool_node {
namespace {

using contract::Placed;
using contract::PlaceOutcome;
using contract::Refused;
using contract::SpoolOutcome;
using order_state::OrderStatus;
using std::chrono::milliseconds;
using std::chrono::seconds;

contract::SpoolOrder order(int number, std::uint64_t quoted_version = 0) {
  const std::string key = "key-" + std::to_string(number);
  contract::SpoolOrder made;
  made.order.id = OrderId::from_bytes(digest::sha256(key));
  made.order.idempotency_key = key;
  made.order.body_sha256 = digest::sha256("body of " + key);
  made.order.lines = {{.variant_id = *VariantId::parse("var_kopi"), .quantity = 1}};
  made.order.destination = {.country = "ID", .region = "ID-JK", .postal_code = "10110"};
  made.order.total = Money(185'000, *Currency::parse("IDR"));
  made.order.sealed = "eyJ.a.b.c.d";
  made.order.received_at = from_unix_ms(1'795'000'000'000 + number);
  made.order.receipt = "mac";
  made.quoted_version = quoted_version;
  return made;
}

std::string said(const SpoolOutcome& outcome) {
  if (const auto* placed = std::get_if<Placed>(&outcome.outcome)) {
    return placed->deferred ? "202" : "201";
  }
  return std::get<Refused>(outcome.outcome).code;
}

// Core with a memory: every id is accepted once.
class FakeCore final : public CoreDoor {
 public:
  bool connected() const override { return is_connected; }

  void deliver(const contract::Delivery& delivery,
               std::function<void(Result<std::vector<PlaceOutcome>>)> done) override {
    const std::lock_guard lock(mutex);
    EXPECT_EQ(delivery.spool_id, "spool-1");
    ++deliveries;
    if (failures > 0) {
      --failures;
      return done(make_error(ErrorCode::kUnavailable, "lost"));
    }
    std::vector<PlaceOutcome> outcomes;
    for (const auto& one : delivery.orders) {
      if (room == 0) {
        outcomes.emplace_back(Refused{.http_status = 503, .code = "overloaded"});
        continue;
      }
      --room;
      keys.push_back(one.order.idempotency_key);
      outcomes.emplace_back(Placed{.order = {.id = one.order.id, .status = OrderStatus::kOpen}});
    }
    room = 1'000;
    done(std::move(outcomes));
  }

  void exchange(const contract::LeaseRequest& request,
                std::function<void(Result<contract::LeaseGrant>)> done) override {
    const std::lock_guard lock(mutex);
    requests.push_back(request);
    if (!request.wants_units && request.newest_epoch != lost_grants) {
      return done(contract::LeaseGrant{});
    }
    done(
        contract::LeaseGrant{.epoch = request.newest_epoch + 1,
                             .valid_for = std::chrono::hours(1),
                             .catalog_version = 5,
                             .units = {{.variant_id = *VariantId::parse("var_kopi"), .units = 2}}});
  }

  std::size_t delivered() {
    const std::lock_guard lock(mutex);
    return keys.size();
  }

  std::atomic<bool> is_connected = true;
  std::mutex mutex;
  int failures = 0;
  std::size_t room = 1'000;
  int deliveries = 0;
  std::uint64_t lost_grants = 99;  // the newest epoch of a spool that did not hear of the next
  std::vector<std::string> keys;
  std::vector<contract::LeaseRequest> requests;
};

class SpoolNodeTest : public testing::Test {
 protected:
  void start(KeeperOptions options = {}) {
    courier.reset();
    keeper.reset();
    options.on_disk_failed = [this](std::string_view) { ++disk_failures; };
    auto ledger = spool_ledger::Ledger::open(
        disk, system_random(), system_clock(),
        {.spool_id = "spool-1", .log = {.orders_max = orders_max, .free_bytes_min = 0}});
    keeper = std::make_unique<Keeper>(std::move(ledger).value(), system_clock(), options);
  }
  void start_courier(CourierOptions options = {}) {
    options.rest_max = milliseconds(1);
    options.retry_first = milliseconds(1);
    options.retry_max = milliseconds(10);
    courier = std::make_unique<Courier>(*keeper, core, system_clock(), zeros, options);
  }

  std::vector<std::string> append(std::vector<contract::SpoolOrder> batch) {
    std::promise<std::vector<SpoolOutcome>> promise;
    auto future = promise.get_future();
    keeper->append(std::move(batch), [&](std::vector<SpoolOutcome> outcomes) {
      promise.set_value(std::move(outcomes));
    });
    std::vector<std::string> answers;
    for (const SpoolOutcome& outcome : future.get()) {
      answers.push_back(said(outcome));
    }
    return answers;
  }
  template <typename Condition>
  static void wait_until(Condition condition) {
    for (int i = 0; i < 2'000 && !condition(); ++i) {
      std::this_thread::sleep_for(milliseconds(5));
    }
    EXPECT_TRUE(condition());
  }

  class Zeros final : public Random {
   public:
    void fill(void* bytes, std::size_t size) override { std::memset(bytes, 0, size); }
  };

  std::uint64_t orders_max = 100'000;
  spool_log::MemoryDisk disk;
  std::atomic<int> disk_failures = 0;
  Zeros zeros;
  FakeCore core;
  std::unique_ptr<Keeper> keeper;
  std::unique_ptr<Courier> courier;
};

using Answers = std::vector<std::string>;

TEST_F(SpoolNodeTest, WhatWaitsIsOneGroup) {
  start();
  std::atomic<int> answered = 0;
  for (int number = 0; number < 500; ++number) {
    keeper->append({order(number)}, [&](const std::vector<SpoolOutcome>&) { ++answered; });
  }
  wait_until([&] { return answered == 500; });
  EXPECT_EQ(keeper->stats().orders, 500u);
  EXPECT_LT(disk.syncs(), 400u);
  EXPECT_EQ(append({order(1)}), Answers{"202"});
  EXPECT_EQ(keeper->stats().orders, 500u);
}

TEST_F(SpoolNodeTest, SurvivesARestart) {
  start();
  EXPECT_EQ(append({order(1), order(2)}), (Answers{"202", "202"}));
  keeper.reset();
  disk.crash();
  start();
  EXPECT_EQ(keeper->stats().orders, 2u);
  EXPECT_TRUE(keeper->order_view(order(2).order.id).has_value());
}

TEST_F(SpoolNodeTest, ItsLineIsBounded) {
  start({.waiting_orders_max = 2});
  EXPECT_EQ(append({order(1), order(2), order(3)}),
            (Answers{"overloaded", "overloaded", "overloaded"}));
  EXPECT_EQ(keeper->stats().orders, 0u);
}

TEST_F(SpoolNodeTest, FullSaysSo) {
  orders_max = 2;
  start();
  EXPECT_EQ(append({order(1), order(2)}), (Answers{"202", "202"}));
  EXPECT_EQ(append({order(3)}), Answers{"spool_full"});
}

TEST_F(SpoolNodeTest, AFailedDiskAnswersNobody) {
  start();
  disk.fail_after(2, ErrorCode::kIo);
  std::atomic<int> answered = 0;
  keeper->append({order(1)}, [&](const std::vector<SpoolOutcome>&) { ++answered; });
  wait_until([&] { return disk_failures == 1; });
  keeper->append({order(2)}, [&](const std::vector<SpoolOutcome>&) { ++answered; });
  keeper.reset();
  EXPECT_EQ(answered, 0);
  EXPECT_EQ(disk_failures, 1);
}

TEST_F(SpoolNodeTest, DeliversInOrderOnceCoreIsThere) {
  start();
  core.is_connected = false;
  start_courier();
  for (int number = 0; number < 700; ++number) {
    ASSERT_EQ(append({order(number)}), Answers{"202"});
  }
  EXPECT_EQ(core.delivered(), 0u);
  core.is_connected = true;
  wait_until([&] { return keeper->stats().orders == 0; });
  ASSERT_EQ(core.delivered(), 700u);
  for (int number = 0; number < 700; ++number) {
    EXPECT_EQ(core.keys[static_cast<std::size_t>(number)], "key-" + std::to_string(number));
  }
}

TEST_F(SpoolNodeTest, FailuresAndAFullCoreAreTriedAgain) {
  start();
  core.failures = 3;
  core.room = 10;  // of the first delivery that is answered
  for (int number = 0; number < 50; ++number) {
    append({order(number)});
  }
  start_courier();
  wait_until([&] { return keeper->stats().orders == 0; });
  EXPECT_EQ(core.delivered(), 50u);
  EXPECT_EQ(std::set<std::string>(core.keys.begin(), core.keys.end()).size(), 50u);
}

TEST_F(SpoolNodeTest, SellsFromALeaseAndAsksForTheNextWhenItIsDelivered) {
  start();
  start_courier();
  wait_until([&] { return keeper->stats().lease_units == 2; });
  core.is_connected = false;
  EXPECT_EQ(append({order(1, 5), order(2, 5), order(3, 5)}), (Answers{"201", "201", "202"}));
  core.is_connected = true;
  wait_until([&] { return keeper->stats().orders == 0; });
  wait_until([&] { return keeper->stats().lease_units == 2; });  // though half of its hour is left
  const std::lock_guard lock(core.mutex);
  ASSERT_EQ(core.requests.size(), 2u);
  EXPECT_EQ(core.requests[0].newest_epoch, 0u);
  EXPECT_EQ(core.requests[1].newest_epoch, 1u);
}

TEST_F(SpoolNodeTest, ALeaseThatNobodyBoughtFromIsKept) {
  start();
  start_courier();
  wait_until([&] { return keeper->stats().lease_units == 2; });
  append({order(1)});  // without a quote
  wait_until([&] { return keeper->stats().orders == 0; });
  std::this_thread::sleep_for(std::chrono::milliseconds(1'500));
  const std::lock_guard lock(core.mutex);
  EXPECT_EQ(core.requests.size(), 1u);
}

TEST_F(SpoolNodeTest, DrainingTakesNothingAndWantsNothing) {
  start();
  append({order(1)});
  start({.draining = true});
  EXPECT_EQ(append({order(2)}), Answers{"spool_full"});
  start_courier();
  wait_until([&] { return keeper->stats().orders == 0; });
  wait_until([&] {
    const std::lock_guard lock(core.mutex);
    return !core.requests.empty();
  });
  EXPECT_FALSE(core.requests[0].wants_units);
}

TEST_F(SpoolNodeTest, DrainingGivesBackALeaseThatItDidNotHearOf) {
  start({.draining = true});
  core.lost_grants = 0;
  start_courier();
  wait_until([&] {
    const std::lock_guard lock(core.mutex);
    return core.requests.size() >= 2;
  });
  const std::lock_guard lock(core.mutex);
  EXPECT_EQ(core.requests[1].newest_epoch, 1u);
  EXPECT_FALSE(core.requests[1].wants_units);
  wait_until([&] { return courier->gave_lease_back(); });
}

}  // namespace
}  // namespace dermaga::spool_node

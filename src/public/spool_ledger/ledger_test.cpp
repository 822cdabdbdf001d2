#include "spool_ledger/ledger.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "digest/digest.h"
#include "spool_log/memory_disk.h"

namespace dermaga::spool_ledger {
namespace {

using contract::Placed;
using contract::Refused;
using order_state::OrderStatus;
using std::chrono::seconds;

contract::SpoolOrder order(int number, std::int64_t quantity = 1, std::uint64_t version = 0) {
  const std::string key = "key-" + std::to_string(number);
  contract::SpoolOrder made;
  made.order.id = OrderId::from_bytes(digest::sha256(key));
  made.order.idempotency_key = key;
  made.order.body_sha256 = digest::sha256("body of " + key);
  made.order.lines = {{.variant_id = *VariantId::parse("var_kopi"), .quantity = quantity}};
  made.order.destination = {.country = "ID", .region = "ID-JK", .postal_code = "10110"};
  made.order.total = Money(185'000, *Currency::parse("IDR"));
  made.order.sealed = "eyJ.a.b.c.d";
  made.order.received_at = from_unix_ms(1'795'000'000'000 + number);
  made.order.receipt = "mac";
  made.quoted_version = version;
  return made;
}

contract::SpoolOrder copy_of(contract::SpoolOrder original, std::uint64_t epoch) {
  original.lease_epoch = epoch;
  return original;
}

class LedgerTest : public ::testing::Test {
 protected:
  LedgerTest() { start(); }

  void start() {
    ledger = nullptr;
    auto opened = Ledger::open(
        disk, system_random(), clock,
        {.spool_id = "spool-1", .log = {.orders_max = orders_max, .free_bytes_min = 0}});
    ASSERT_TRUE(opened.has_value()) << opened.error().message();
    ledger = *std::move(opened);
  }

  contract::SpoolOutcome append(const contract::SpoolOrder& one) {
    const auto outcomes = ledger->append({one});
    EXPECT_TRUE(outcomes.has_value() && outcomes->size() == 1);
    return outcomes->at(0);
  }
  static std::string said(const contract::SpoolOutcome& outcome) {
    if (const auto* placed = std::get_if<Placed>(&outcome.outcome)) {
      EXPECT_EQ(placed->deferred, outcome.lease_epoch == 0);
      return std::string(order_state::name(placed->order.status)) + " " +
             std::to_string(outcome.lease_epoch) + (placed->replayed ? " again" : "");
    }
    const auto& refused = std::get<Refused>(outcome.outcome);
    return std::to_string(refused.http_status) + " " + refused.code;
  }

  // A lease of so many units at catalog version 5.
  void lease(std::uint64_t epoch, std::int64_t units, seconds valid_for = seconds(100)) {
    ASSERT_TRUE(ledger->exchange(true).has_value());
    ASSERT_TRUE(ledger->granted(grant(epoch, units, valid_for), clock.steady_now()));
  }
  static contract::LeaseGrant grant(std::uint64_t epoch, std::int64_t units, seconds valid_for) {
    return {.epoch = epoch,
            .valid_for = valid_for,
            .catalog_version = 5,
            .units = {{.variant_id = *VariantId::parse("var_kopi"), .units = units}}};
  }

  // The request that would be sent now; epoch 999 where there is none.
  contract::LeaseRequest asked() {
    return ledger->exchange(true).value_or(contract::LeaseRequest{.newest_epoch = 999});
  }
  static Placed placed(OrderStatus status) { return {.order = {.status = status}}; }
  std::vector<std::string> pending() {
    std::vector<std::string> keys;
    for (const auto& waiting : ledger->next_delivery(1'000, UINT64_MAX)->orders) {
      keys.push_back(waiting.order.idempotency_key + " " + std::to_string(waiting.lease_epoch));
    }
    return keys;
  }

  std::uint64_t orders_max = 1'000;
  spool_log::MemoryDisk disk;
  ManualClock clock{from_unix_ms(1'795'000'000'000)};
  std::unique_ptr<Ledger> ledger;
};

TEST_F(LedgerTest, TheSameRequestGetsTheSameAnswer) {
  EXPECT_EQ(said(append(order(1))), "pending_acceptance 0");
  EXPECT_EQ(said(append(order(1))), "pending_acceptance 0 again");
  auto other = order(1);
  other.order.body_sha256 = digest::sha256("another body");
  EXPECT_EQ(said(append(other)), "422 idempotency_key_reused");
  disk.crash();
  start();
  EXPECT_EQ(said(append(order(1))), "pending_acceptance 0 again");
  EXPECT_EQ(said(append(other)), "422 idempotency_key_reused");
  EXPECT_EQ(ledger->stats().orders, 1u);
}

TEST_F(LedgerTest, OneGroupIsOneSync) {
  append(order(0));
  const auto before = disk.syncs();
  std::vector<contract::SpoolOrder> group;
  for (int i = 1; i <= 100; ++i) {
    group.push_back(order(i % 50));
  }
  const auto outcomes = ledger->append(group);
  ASSERT_EQ(outcomes->size(), 100u);
  EXPECT_EQ(disk.syncs(), before + 1);
  EXPECT_EQ(said(outcomes->at(49)), "pending_acceptance 0 again");  // 0 was known
  EXPECT_EQ(said(outcomes->at(0)), "pending_acceptance 0");
  EXPECT_EQ(said(outcomes->at(50)), "pending_acceptance 0 again");  // 1, twice in the group
  EXPECT_EQ(ledger->stats().orders, 50u);
}

TEST_F(LedgerTest, SellsWhatTheLeaseHoldsAndNoMore) {
  lease(7, 3);
  EXPECT_EQ(said(append(order(1, 2, 5))), "open 7");
  EXPECT_EQ(said(append(order(2, 2, 5))), "pending_acceptance 0");  // one is left
  EXPECT_EQ(said(append(order(3, 1, 4))), "pending_acceptance 0");  // another catalog version
  EXPECT_EQ(said(append(order(4, 1, 0))), "pending_acceptance 0");  // no quote
  EXPECT_EQ(said(append(order(5, 1, 5))), "open 7");
  EXPECT_EQ(said(append(order(6, 1, 5))), "pending_acceptance 0");
  EXPECT_EQ(said(append(order(1, 2, 5))), "open 7 again");
  EXPECT_EQ(ledger->stats().lease_units, 0);
}

// Core may have declined it meanwhile, and that stands.
TEST_F(LedgerTest, WhatWasDeliveredIsPromisedNothingAnyMore) {
  EXPECT_EQ(said(append(order(1, 1, 5))), "pending_acceptance 0");
  ASSERT_EQ(pending().size(), 1u);
  ASSERT_TRUE(ledger->delivered({placed(OrderStatus::kCancelled)}).has_value());
  lease(8, 2);
  EXPECT_EQ(said(append(order(1, 1, 5))), "pending_acceptance 0");
  EXPECT_EQ(said(append(order(2, 1, 5))), "open 8");
}

TEST_F(LedgerTest, SellsAllLinesOrNone) {
  lease(7, 3);
  auto two_lines = order(1, 2, 5);
  two_lines.order.lines.push_back(two_lines.order.lines[0]);  // four of one variant in all
  EXPECT_EQ(said(append(two_lines)), "pending_acceptance 0");
  auto unknown = order(2, 1, 5);
  unknown.order.lines.push_back({.variant_id = *VariantId::parse("var_teh"), .quantity = 1});
  EXPECT_EQ(said(append(unknown)), "pending_acceptance 0");
  EXPECT_EQ(ledger->stats().lease_units, 3);
}

TEST_F(LedgerTest, StopsSellingBeforeTheLeaseEnds) {
  lease(7, 10, seconds(100));
  clock.advance(seconds(89));
  EXPECT_EQ(said(append(order(1, 1, 5))), "open 7");
  clock.advance(seconds(1));
  EXPECT_EQ(said(append(order(2, 1, 5))), "pending_acceptance 0");
  EXPECT_EQ(said(append(order(1, 1, 5))), "open 7 again");
}

TEST_F(LedgerTest, AShortLeaseHasAMarginOfTwoSeconds) {
  lease(7, 10, seconds(5));
  clock.advance(seconds(3));
  EXPECT_EQ(said(append(order(1, 1, 5))), "pending_acceptance 0");
}

TEST_F(LedgerTest, TheWallClockDoesNotMatter) {
  lease(7, 10, seconds(100));
  clock.set_wall(clock.now() + std::chrono::hours(48));
  EXPECT_EQ(said(append(order(1, 1, 5))), "open 7");
  clock.set_wall(clock.now() - std::chrono::hours(96));
  clock.advance(seconds(95));
  EXPECT_EQ(said(append(order(2, 1, 5))), "pending_acceptance 0");
}

TEST_F(LedgerTest, TimeOnTheWayCounts) {
  ASSERT_TRUE(ledger->exchange(true).has_value());
  const SteadyTime sent = clock.steady_now();
  clock.advance(seconds(95));  // the answer took long
  ASSERT_TRUE(ledger->granted(grant(7, 3, seconds(100)), sent));
  EXPECT_EQ(said(append(order(1, 1, 5))), "pending_acceptance 0");
}

TEST_F(LedgerTest, ARestartedSpoolSellsFromNoOldLease) {
  lease(7, 3);
  EXPECT_EQ(said(append(order(1, 1, 5))), "open 7");
  disk.crash();
  start();
  EXPECT_EQ(said(append(order(2, 1, 5))), "pending_acceptance 0");
  EXPECT_EQ(said(append(order(1, 1, 5))), "open 7 again");
  EXPECT_EQ(ledger->stats().lease_epoch, 7u);
  // The lease is given back only once what was sold from it is delivered.
  EXPECT_FALSE(ledger->exchange(true).has_value());
  EXPECT_EQ(pending(), (std::vector<std::string>{"key-1 7", "key-2 0"}));
  ASSERT_TRUE(ledger->delivered({placed(OrderStatus::kOpen)}).has_value());
  const auto request = asked();
  EXPECT_EQ(request.newest_epoch, 7u);
  EXPECT_TRUE(request.delivered);
  EXPECT_EQ(request.log_id, ledger->log_id());
}

TEST_F(LedgerTest, NothingIsSoldOnceCoreWasAskedToCloseTheLease) {
  lease(7, 3);
  EXPECT_EQ(asked().newest_epoch, 7u);
  EXPECT_EQ(said(append(order(1, 1, 5))), "pending_acceptance 0");
  // The answer is lost: the request again is the same.
  EXPECT_EQ(asked().newest_epoch, 7u);
  ASSERT_TRUE(ledger->granted(grant(8, 1, seconds(100)), clock.steady_now()));
  EXPECT_EQ(said(append(order(2, 1, 5))), "open 8");
}

TEST_F(LedgerTest, AGrantThatCannotBeWrittenDownIsNotSoldFrom) {
  ASSERT_TRUE(ledger->exchange(true).has_value());
  disk.fail_after(1, ErrorCode::kOverloaded);
  EXPECT_EQ(ledger->granted(grant(7, 3, seconds(100)), clock.steady_now()).error().code(),
            ErrorCode::kOverloaded);
  EXPECT_EQ(said(append(order(1, 1, 5))), "pending_acceptance 0");
  EXPECT_EQ(asked().newest_epoch, 0u);
}

TEST_F(LedgerTest, ACopyIsStoredAsTold) {
  lease(7, 1);
  EXPECT_EQ(said(append(copy_of(order(1, 1, 5), 3))), "open 3");
  EXPECT_EQ(said(append(copy_of(order(2, 1, 5), 0))), "pending_acceptance 0");
  EXPECT_EQ(ledger->stats().lease_units, 1);
  EXPECT_EQ(pending(), (std::vector<std::string>{"key-1 3", "key-2 0"}));
}

TEST_F(LedgerTest, APromiseOfTheOtherSpoolIsKeptToo) {
  append(order(1));
  EXPECT_EQ(said(append(copy_of(order(1), 3))), "open 3 again");
  disk.crash();
  start();
  EXPECT_EQ(said(append(order(1))), "open 3 again");
  // Both records are delivered with the promise, the older one first.
  EXPECT_EQ(pending(), (std::vector<std::string>{"key-1 3", "key-1 3"}));
  ASSERT_TRUE(ledger->delivered({placed(OrderStatus::kOpen)}).has_value());
  EXPECT_TRUE(ledger->order_view(order(1).order.id).has_value());
  EXPECT_EQ(pending().size(), 1u);
  ASSERT_TRUE(ledger->delivered({placed(OrderStatus::kOpen)}).has_value());
  EXPECT_FALSE(ledger->order_view(order(1).order.id).has_value());
}

TEST_F(LedgerTest, AnOrderThatIsOnlyAskedForIsNotKept) {
  lease(7, 5);
  auto asked_for = order(1, 1, 5);
  asked_for.only_if_known = true;
  EXPECT_EQ(std::get<Refused>(append(asked_for).outcome).code, "order_unknown");
  EXPECT_EQ(ledger->stats().orders, 0u);
  EXPECT_EQ(ledger->stats().lease_units, 5);
  EXPECT_EQ(said(append(order(1, 1, 5))), "open 7");
  EXPECT_EQ(said(append(asked_for)), "open 7 again");
  asked_for.order.body_sha256 = digest::sha256("other");
  EXPECT_EQ(std::get<Refused>(append(asked_for).outcome).code, "idempotency_key_reused");
  EXPECT_EQ(pending(), (std::vector<std::string>{"key-1 7"}));
}

TEST_F(LedgerTest, AFullSpoolRefusesAndTakesNothing) {
  orders_max = 2;
  start();
  lease(7, 5);
  const auto outcomes = ledger->append({order(1, 1, 5), order(2, 1, 5), order(3), order(1, 1, 5)});
  for (const auto& outcome : *outcomes) {
    EXPECT_EQ(said(outcome), "503 spool_full");
    EXPECT_GT(std::get<Refused>(outcome.outcome).retry_after_s, 0);
  }
  EXPECT_EQ(ledger->stats().lease_units, 5);
  EXPECT_EQ(ledger->stats().orders, 0u);
  EXPECT_FALSE(ledger->order_view(order(1).order.id).has_value());
  append(order(1));
  append(order(2));
  EXPECT_EQ(said(append(order(1))), "pending_acceptance 0 again");
  EXPECT_EQ(said(append(copy_of(order(1), 9))), "503 spool_full");  // the promise needs room
  EXPECT_EQ(said(append(order(1))), "pending_acceptance 0 again");
  EXPECT_TRUE(ledger->exchange(true).has_value());
}

TEST_F(LedgerTest, AFailedSyncAnswersNobody) {
  append(order(0));
  disk.fail_after(2, ErrorCode::kIo);  // the write is well, the sync is not
  const auto outcomes = ledger->append({order(1)});
  ASSERT_FALSE(outcomes.has_value());
  EXPECT_EQ(outcomes.error().code(), ErrorCode::kIo);
}

TEST_F(LedgerTest, DeliversInOrderAndForgetsWhatIsFinal) {
  for (int i = 1; i <= 6; ++i) {
    append(order(i));
  }
  const auto first = ledger->next_delivery(4, UINT64_MAX);
  ASSERT_EQ(first->orders.size(), 4u);
  EXPECT_EQ(first->spool_id, "spool-1");
  EXPECT_EQ(first->orders[3].order.idempotency_key, "key-4");
  EXPECT_EQ(ledger->next_delivery(4, 10)->orders.size(), 1u);  // by bytes
  (void)ledger->next_delivery(4, UINT64_MAX);
  const auto report =
      ledger->delivered({placed(OrderStatus::kOpen), placed(OrderStatus::kCancelled),
                         Refused{.http_status = 400, .code = "receipt_invalid"},
                         Refused{.http_status = 503, .code = "overloaded", .retry_after_s = 3}});
  ASSERT_TRUE(report.has_value());
  EXPECT_EQ(report->accepted, 1u);
  EXPECT_EQ(report->declined, 1u);
  EXPECT_EQ(report->rejected, 1u);
  EXPECT_EQ(report->retry_after_s, 3);
  disk.crash();
  start();
  EXPECT_EQ(pending(), (std::vector<std::string>{"key-4 0", "key-5 0", "key-6 0"}));
  EXPECT_EQ(ledger->stats().rejected, 1u);
  EXPECT_EQ(ledger->stats().oldest_received_at, order(4).order.received_at);
  EXPECT_EQ(ledger->order_view(order(3).order.id).error().code(), ErrorCode::kNotFound);
}

TEST_F(LedgerTest, AFullDiskForgetsNothing) {
  append(order(1));
  (void)ledger->next_delivery(1, UINT64_MAX);
  disk.fail_after(1, ErrorCode::kOverloaded);
  const auto report = ledger->delivered({placed(OrderStatus::kOpen)});
  EXPECT_EQ(report.error().code(), ErrorCode::kOverloaded);
  EXPECT_EQ(pending().size(), 1u);
}

TEST_F(LedgerTest, EncodedSizeIsBoundedFromAbove) {
  auto large = order(1);
  large.order.lines.assign(
      100, {.variant_id = *VariantId::parse("var_" + std::string(40, 'a')), .quantity = 1'000'000});
  large.order.sealed = std::string(4'000, 's');
  large.order.idempotency_key = std::string(255, 'k');
  const std::size_t bound = Ledger::encoded_bytes_max(large);
  append(large);
  EXPECT_LE(ledger->stats().bytes, bound);
}

}  // namespace
}  // namespace dermaga::spool_ledger

// What staff give back: parts, the rest, and never more than was paid or agreed to.
#include "fixture_test.h"

namespace dermaga::orders {
namespace {

using order_state::OrderStatus;
using order_state::PaymentStatus;
using namespace std::chrono_literals;

class Refunds : public testing::Test {
 protected:
  void SetUp() override {
    shop_.stock(kShirt, 10);
    id_ = place_one(shop_, "key-1", "tok_approve");
    ASSERT_TRUE(shop_.wait_for_status(id_, OrderStatus::kConfirmed));
    total_ = shop_.view(id_).total.amount();
  }
  Result<contract::OrderView> refund(std::int64_t amount, const std::string& key) {
    return shop_.service->refund(
        {.order = id_, .amount = amount, .reason = "dented", .idempotency_key = key}, kStaff);
  }
  std::string refused(std::int64_t amount, const std::string& key) {
    const auto outcome = refund(amount, key);
    return outcome.has_value() ? "done" : std::string(error_code_name(outcome.error().code()));
  }
  bool wait_until_refunded(std::int64_t amount) {
    for (int tries = 0; tries < 1'000; ++tries) {
      if (shop_.service->show(id_)->refunded.amount() == amount) {
        return true;
      }
      std::this_thread::sleep_for(10ms);
    }
    return false;
  }
  TestShop shop_;
  OrderId id_;
  std::int64_t total_ = 0;
};

TEST_F(Refunds, GiveBackPartsAndThenTheRest) {
  ASSERT_TRUE(refund(100, "a").has_value());
  ASSERT_TRUE(wait_until_refunded(100));
  EXPECT_EQ(shop_.view(id_).payment_status, PaymentStatus::kPartiallyRefunded);
  ASSERT_TRUE(refund(50, "b").has_value());
  ASSERT_TRUE(wait_until_refunded(150));
  ASSERT_TRUE(shop_.service->fulfil(id_, kStaff).has_value());
  ASSERT_TRUE(refund(0, "c").has_value());
  ASSERT_TRUE(wait_until_refunded(total_));
  const auto details = shop_.service->show(id_).value();
  EXPECT_EQ(details.view.payment_status, PaymentStatus::kRefunded);
  EXPECT_EQ(details.view.status, OrderStatus::kCompleted);
  ASSERT_EQ(details.payments.size(), 4u);
  EXPECT_EQ(details.payments[3].amount.amount(), total_ - 150);
  EXPECT_EQ(refused(1, "d"), "version_conflict");
  EXPECT_EQ(shop_.breaches(), "");
}

TEST_F(Refunds, OneKeyGivesBackOnce) {
  ASSERT_TRUE(refund(100, "a").has_value());
  ASSERT_TRUE(refund(100, "a").has_value());
  ASSERT_TRUE(wait_until_refunded(100));
  ASSERT_TRUE(refund(100, "a").has_value());
  EXPECT_EQ(refused(101, "a"), "already_exists");
  EXPECT_EQ(shop_.service->show(id_)->refunded.amount(), 100);
  EXPECT_EQ(shop_.breaches(), "");
}

TEST_F(Refunds, NeverGiveBackMoreThanWasPaid) {
  EXPECT_EQ(refused(total_ + 1, "a"), "invalid_request");
  EXPECT_EQ(refused(-1, "b"), "invalid_request");
  // All of it before it was shipped is a cancellation, which returns the units too.
  EXPECT_EQ(refused(total_, "c"), "version_conflict");
  EXPECT_EQ(refused(0, "d"), "version_conflict");
  ASSERT_TRUE(refund(100, "e").has_value());
  ASSERT_TRUE(wait_until_refunded(100));
  ASSERT_TRUE(shop_.service->cancel(id_, "staff_request", kStaff).has_value());
  ASSERT_TRUE(wait_until_refunded(total_));
  EXPECT_EQ(shop_.view(id_).payment_status, PaymentStatus::kRefunded);
  EXPECT_EQ(shop_.breaches(), "");
}

TEST_F(Refunds, WantAReasonAKeyAndAPaidOrder) {
  const auto without = [&](const std::string& reason, const std::string& key) {
    return shop_.service
        ->refund({.order = id_, .amount = 1, .reason = reason, .idempotency_key = key}, kStaff)
        .error()
        .code();
  };
  EXPECT_EQ(without("", "a"), ErrorCode::kInvalidArgument);
  EXPECT_EQ(without("dented", ""), ErrorCode::kInvalidArgument);
  id_ = place_one(shop_, "key-2", "tok_challenge");
  EXPECT_EQ(refused(1, "a"), "version_conflict");
  id_ = OrderId::parse("ord_none").value();
  EXPECT_EQ(refused(1, "a"), "not_found");
}

TEST_F(Refunds, TheSumOfAnOrderHasALimit) {
  const Money max(150, shop_.view(id_).total.currency());
  const auto within = [&](std::int64_t amount, const std::string& key) {
    return shop_.service->refund_within(
        max, {.order = id_, .amount = amount, .reason = "dented", .idempotency_key = key}, kStaff);
  };
  EXPECT_FALSE(within(151, "a").value().has_value());
  ASSERT_TRUE(within(100, "a").value().has_value()) << "what was refused is not remembered";
  ASSERT_TRUE(wait_until_refunded(100));
  EXPECT_FALSE(within(51, "b").value().has_value()) << "split, it is the same sum";
  ASSERT_TRUE(within(50, "b").value().has_value());
  ASSERT_TRUE(wait_until_refunded(150));
  EXPECT_FALSE(within(1, "c").value().has_value());
  EXPECT_TRUE(within(50, "b").value().has_value()) << "asked again: it was done";
  // What cannot be done at all is told so, whoever would agree.
  EXPECT_EQ(within(total_, "d").error().code(), ErrorCode::kInvalidArgument);
  const auto cancel = [&](const Money& sum) {
    return shop_.service->cancel_within(sum, id_, "staff_request", kStaff);
  };
  EXPECT_FALSE(cancel(max).value().has_value());
  EXPECT_EQ(shop_.view(id_).status, OrderStatus::kConfirmed);
  EXPECT_EQ(shop_.levels(kShirt).held, 2);
  // Nor is a sum in another currency compared.
  EXPECT_FALSE(cancel(Money(total_, *Currency::parse("USD"))).value().has_value());
  ASSERT_TRUE(cancel(Money(total_, max.currency())).value().has_value());
  ASSERT_TRUE(wait_until_refunded(total_));
  EXPECT_EQ(shop_.breaches(), "");
}

TEST_F(Refunds, OfTwoAtOnceOnlyOneFitsTheLimit) {
  const Money max(150, shop_.view(id_).total.currency());
  std::atomic<int> done = 0;
  std::vector<std::thread> askers;
  for (const char* key : {"a", "b", "c", "d"}) {
    askers.emplace_back([&, key] {
      // One that comes while another is on its way is told so, and comes again.
      for (int tries = 0; tries < 500; ++tries) {
        const auto given = shop_.service->refund_within(
            max, {.order = id_, .amount = 100, .reason = "dented", .idempotency_key = key}, kStaff);
        if (given.has_value()) {
          done += given->has_value() ? 1 : 0;
          return;
        }
        std::this_thread::sleep_for(5ms);
      }
    });
  }
  for (auto& asker : askers) {
    asker.join();
  }
  EXPECT_EQ(done, 1);
  ASSERT_TRUE(wait_until_refunded(100));
  EXPECT_EQ(shop_.breaches(), "");
}

TEST_F(Refunds, AnOpenOrderIsCancelledWithoutALimit) {
  const OrderId open = place_one(shop_, "key-2", "tok_challenge");
  const Money nothing(0, shop_.view(open).total.currency());
  EXPECT_TRUE(
      shop_.service->cancel_within(nothing, open, "staff_request", kStaff).value().has_value());
}

TEST_F(Refunds, UnderOneApprovalAnOrderIsCancelledOnce) {
  const CancelOptions agreed{.why = "agreed", .approval = "apr_a"};
  ASSERT_TRUE(shop_.service->cancel(id_, "staff_request", kStaff, agreed).has_value());
  const auto again = shop_.service->cancel(id_, "staff_request", kStaff, agreed);
  ASSERT_TRUE(again.has_value()) << again.error().message();
  EXPECT_EQ(again->status, OrderStatus::kCancelled);
  EXPECT_EQ(
      shop_.service->cancel(id_, "staff_request", kStaff, {.approval = "apr_b"}).error().code(),
      ErrorCode::kVersionConflict);
  ASSERT_TRUE(wait_until_refunded(total_));
  EXPECT_EQ(shop_.breaches(), "");
}

// The provider gave back, and core heard of it twice: of the second time after somebody had asked
// for the next refund.
}  // namespace
}  // namespace dermaga::orders

#include "batcher.h"

#include <gtest/gtest.h>

#include <optional>

#include "wire/limits.h"
#include "wire/messages.h"

namespace dermaga::edge_end {
namespace {

using std::chrono::milliseconds;

contract::PlaceOrder make_order(int number) {
  contract::PlaceOrder order;
  order.id = *OrderId::parse("ord_" + std::to_string(number));
  order.idempotency_key = "key";
  order.body_sha256 = std::string(32, 'b');
  order.lines = {{.variant_id = *VariantId::parse("var_a"), .quantity = 1}};
  order.sealed = "box";
  return order;
}

// Keeps what it is given; the test answers.
class FakeSender final : public BatchSender {
 public:
  void send_batch(std::string bytes) override {
    const std::lock_guard lock(mutex_);
    batches_.push_back(*wire::decode<wire::PlaceBatch>(bytes));
    changed_.notify_all();
  }
  wire::PlaceBatch wait_for_batch(std::size_t index) {
    std::unique_lock lock(mutex_);
    CHECK(
        changed_.wait_for(lock, std::chrono::seconds(10), [&] { return batches_.size() > index; }));
    return batches_[index];
  }
  std::size_t count() {
    const std::lock_guard lock(mutex_);
    return batches_.size();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<wire::PlaceBatch> batches_;
};

std::string answer_to(const wire::PlaceBatch& batch) {
  wire::PlaceBatchResult result{.batch_id = batch.batch_id, .outcomes = {}};
  for (const auto& order : batch.orders) {
    result.outcomes.push_back(
        contract::Refused{.http_status = 422, .code = order.id.str(), .detail = ""});
  }
  return wire::encode(result);
}

class BatcherTest : public testing::Test {
 protected:
  // What became of each order, by its number.
  PlaceDone note(int number) {
    return [this, number](Result<contract::PlaceOutcome> outcome) {
      const std::lock_guard lock(mutex_);
      EXPECT_FALSE(ends_.contains(number)) << "an order ended twice";
      ends_.emplace(number, outcome.has_value()
                                ? std::get<contract::Refused>(*outcome).code
                                : std::string(error_code_name(outcome.error().code())));
    };
  }
  std::string end_of(int number) {
    for (int i = 0; i < 1'000; ++i) {
      {
        const std::lock_guard lock(mutex_);
        if (const auto it = ends_.find(number); it != ends_.end()) {
          return it->second;
        }
      }
      std::this_thread::sleep_for(milliseconds(5));
    }
    return "nothing";
  }

  LinkOptions options_;
  std::shared_ptr<FakeSender> sender_ = std::make_shared<FakeSender>();

 private:
  std::mutex mutex_;
  std::map<int, std::string> ends_;
};

TEST_F(BatcherTest, WithoutASenderOrdersFailAtOnce) {
  Batcher batcher(options_);
  batcher.place(make_order(1), note(1));
  EXPECT_EQ(end_of(1), "unavailable");
}

TEST_F(BatcherTest, TheFirstThreeGoAtOnceAndTheOthersTogether) {
  options_.batch_window = milliseconds(50);
  Batcher batcher(options_);
  batcher.attach(sender_);
  std::vector<wire::PlaceBatch> first;
  for (int i = 1; i <= 3; ++i) {
    batcher.place(make_order(i), note(i));
    first.push_back(sender_->wait_for_batch(first.size()));
    EXPECT_EQ(first.back().orders.size(), 1u);
    batcher.sent(sender_.get());
  }
  for (int i = 4; i <= 12; ++i) {
    batcher.place(make_order(i), note(i));
  }
  const auto together = sender_->wait_for_batch(3);
  EXPECT_EQ(together.orders.size(), 9u);
  EXPECT_TRUE(batcher.answered(sender_.get(), answer_to(together)));
  for (const wire::PlaceBatch& batch : first) {
    EXPECT_TRUE(batcher.answered(sender_.get(), answer_to(batch)));
  }
  for (int i = 1; i <= 12; ++i) {
    EXPECT_EQ(end_of(i), "ord_" + std::to_string(i));
  }
  EXPECT_TRUE(batcher.idle(sender_.get()));
}

TEST_F(BatcherTest, OneMessageIsWrittenAtATime) {
  options_.batch_orders_max = 1;
  Batcher batcher(options_);
  batcher.attach(sender_);
  batcher.place(make_order(1), note(1));
  batcher.place(make_order(2), note(2));
  sender_->wait_for_batch(0);
  std::this_thread::sleep_for(milliseconds(20));
  EXPECT_EQ(sender_->count(), 1u);
  batcher.sent(sender_.get());
  sender_->wait_for_batch(1);
}

TEST_F(BatcherTest, LargeOrdersMakeSmallerMessagesThanCoreRefuses) {
  constexpr int kOrders = 400;
  Batcher batcher(options_);
  batcher.attach(sender_);
  for (int i = 0; i < kOrders; ++i) {
    auto order = make_order(i);
    order.sealed = std::string(60'000, 's');
    batcher.place(std::move(order), note(i));
  }
  std::size_t sent = 0;
  for (std::size_t index = 0; sent < kOrders; ++index) {
    const auto batch = sender_->wait_for_batch(index);
    EXPECT_LE(wire::encode(batch).size(), wire::kBatchBytesMax);
    sent += batch.orders.size();
    batcher.sent(sender_.get());
  }
  EXPECT_EQ(sent, kOrders);
  EXPECT_GE(sender_->count(), 3u);
}

TEST_F(BatcherTest, AnswersThatFitNoBatchAreRefused) {
  Batcher batcher(options_);
  batcher.attach(sender_);
  batcher.place(make_order(1), note(1));
  auto batch = sender_->wait_for_batch(0);
  const FakeSender other;
  EXPECT_FALSE(batcher.answered(&other, answer_to(batch)));
  EXPECT_FALSE(batcher.answered(sender_.get(), "\xff"));
  auto longer = batch;
  longer.orders.push_back(longer.orders[0]);
  EXPECT_FALSE(batcher.answered(sender_.get(), answer_to(longer)));
  EXPECT_TRUE(batcher.answered(sender_.get(), answer_to(batch)));
  EXPECT_FALSE(batcher.answered(sender_.get(), answer_to(batch))) << "answered twice";
}

TEST_F(BatcherTest, ALateAnswerGoesNowhereAndALostSenderFailsTheRest) {
  options_.call_timeout = milliseconds(60);
  Batcher batcher(options_);
  batcher.attach(sender_);
  batcher.place(make_order(1), note(1));
  const auto batch = sender_->wait_for_batch(0);
  EXPECT_EQ(end_of(1), "timeout");
  EXPECT_TRUE(batcher.answered(sender_.get(), answer_to(batch)));
  batcher.sent(sender_.get());
  batcher.place(make_order(2), note(2));
  sender_->wait_for_batch(1);
  batcher.detach(sender_.get(), "gone");
  EXPECT_EQ(end_of(2), "unavailable");
  EXPECT_TRUE(batcher.idle(sender_.get()));
}

TEST_F(BatcherTest, ARetiredSenderMayStillAnswer) {
  Batcher batcher(options_);
  batcher.attach(sender_);
  batcher.place(make_order(1), note(1));
  const auto batch = sender_->wait_for_batch(0);
  batcher.retire(sender_.get(), "stopping");
  batcher.place(make_order(2), note(2));
  EXPECT_EQ(end_of(2), "unavailable");
  EXPECT_TRUE(batcher.answered(sender_.get(), answer_to(batch)));
  EXPECT_EQ(end_of(1), "ord_1");
}

TEST_F(BatcherTest, TheBoundAndBadOrders) {
  options_.orders_in_flight_max = 1;
  Batcher batcher(options_);
  batcher.attach(sender_);
  auto bad = make_order(9);
  bad.sealed.clear();
  batcher.place(std::move(bad), note(9));
  EXPECT_EQ(end_of(9), std::string(error_code_name(ErrorCode::kInvalidArgument)));
  batcher.place(make_order(1), note(1));
  batcher.place(make_order(2), note(2));
  EXPECT_EQ(end_of(2), "overloaded");
}

}  // namespace
}  // namespace dermaga::edge_end

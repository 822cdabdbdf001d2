#include "spool_group/spool_group.h"

#include <gtest/gtest.h>

#include <deque>

namespace dermaga::spool_group {
namespace {

using contract::Placed;
using contract::PlaceOutcome;
using contract::Refused;
using contract::SpoolOrder;
using contract::SpoolOutcome;
using order_state::OrderStatus;

OrderId id_of(int number) {
  return OrderId::parse("ord_" + std::to_string(number)).value();
}

SpoolOrder order(int number) {
  SpoolOrder made;
  made.order.id = id_of(number);
  made.order.sealed = "box";
  return made;
}

SpoolOutcome deferred(const OrderId& id) {
  return {.outcome = Placed{.order = {.id = id, .status = OrderStatus::kPendingAcceptance},
                            .deferred = true}};
}
SpoolOutcome leased(const OrderId& id, std::uint64_t epoch) {
  return {.outcome = Placed{.order = {.id = id, .status = OrderStatus::kOpen}},
          .lease_epoch = epoch};
}

// Answers from a function, or holds calls until it is told.
class FakeSpool final : public Spool {
 public:
  using Done = std::function<void(Result<std::vector<SpoolOutcome>>)>;

  bool connected() const override { return is_connected; }
  void append(std::vector<SpoolOrder> batch, Done done) override {
    if (batch.at(0).only_if_known) {  // asked for one by one in these tests
      ++questions;
      return done(std::vector<SpoolOutcome>{known(batch.at(0))});
    }
    batches.push_back(batch);
    if (is_holding) {
      held.push_back(
          [this, batch = std::move(batch), done = std::move(done)] { reply(batch, done); });
      return;
    }
    reply(batch, done);
  }
  void order_view(OrderId, std::function<void(Result<contract::OrderView>)> done) override {
    ++views;
    done(view);
  }
  void close() override {
    is_connected = false;
    decide = [](const SpoolOrder&) { return make_error(ErrorCode::kUnavailable, "closed"); };
    release();
  }
  void release() {
    auto calls = std::exchange(held, {});
    for (const auto& call : calls) {
      call();
    }
  }
  std::size_t orders() const {
    std::size_t count = 0;
    for (const auto& batch : batches) {
      count += batch.size();
    }
    return count;
  }

  bool is_connected = true;
  bool is_holding = false;
  std::function<Result<SpoolOutcome>(const SpoolOrder&)> decide = [](const SpoolOrder& order) {
    return deferred(order.order.id);
  };
  std::function<SpoolOutcome(const SpoolOrder&)> known = [](const SpoolOrder&) {
    return SpoolOutcome{.outcome = Refused{.http_status = 404, .code = "order_unknown"}};
  };
  int questions = 0;
  std::deque<std::function<void()>> held;
  std::vector<std::vector<SpoolOrder>> batches;
  int views = 0;
  Result<contract::OrderView> view = make_error(ErrorCode::kNotFound, "none");

 private:
  void reply(const std::vector<SpoolOrder>& batch, const Done& done) {
    std::vector<SpoolOutcome> outcomes;
    for (const SpoolOrder& order : batch) {
      auto outcome = decide(order);
      if (!outcome) {
        return done(std::unexpected(outcome.error()));
      }
      outcomes.push_back(std::move(*outcome));
    }
    done(std::move(outcomes));
  }
};

class SpoolGroupTest : public testing::Test {
 protected:
  void make(std::size_t spools, Options options) {
    spools_.clear();
    std::vector<NamedSpool> named;
    for (std::size_t i = 0; i < spools; ++i) {
      spools_.push_back(std::make_shared<FakeSpool>());
      named.push_back({"spool-" + std::to_string(i + 1), spools_.back()});
    }
    group_ = SpoolGroup::create(std::move(named), options).value();
  }
  Result<PlaceOutcome> append(const SpoolOrder& order) {
    std::vector<Result<PlaceOutcome>> answers;
    group_->append(order,
                   [&](Result<PlaceOutcome> outcome) { answers.push_back(std::move(outcome)); });
    EXPECT_EQ(answers.size(), 1u);
    return answers.at(0);
  }
  // "202", "201", a refusal's code, or "error".
  std::string said(const SpoolOrder& order) {
    const auto answer = append(order);
    if (!answer) {
      return "error";
    }
    if (const auto* placed = std::get_if<Placed>(&*answer)) {
      return placed->deferred ? "202" : "201";
    }
    return std::get<Refused>(*answer).code;
  }
  // The spool that this order goes to first.
  FakeSpool& first_of(int number) {
    for (const auto& spool : spools_) {
      for (const auto& batch : spool->batches) {
        for (const SpoolOrder& seen : batch) {
          if (seen.order.id == id_of(number) && !seen.lease_epoch.has_value()) {
            return *spool;
          }
        }
      }
    }
    throw std::logic_error("nobody got it");
  }
  FakeSpool& other_than(const FakeSpool& one) {
    return *(spools_.at(0).get() == &one ? spools_.at(1) : spools_.at(0));
  }

  std::vector<std::shared_ptr<FakeSpool>> spools_;
  std::unique_ptr<SpoolGroup> group_;
};

TEST_F(SpoolGroupTest, ThereMustBeEnoughOfThem) {
  EXPECT_FALSE(SpoolGroup::create({}, {}).has_value());
  const auto spool = std::make_shared<FakeSpool>();
  EXPECT_FALSE(SpoolGroup::create({{"spool-1", spool}}, {.copies = 2}).has_value());
  EXPECT_FALSE(SpoolGroup::create({{"spool-1", spool}, {"spool-2", spool}}, {}).has_value());
  EXPECT_FALSE(
      SpoolGroup::create({{"spool-1", spool}, {"spool-1", spool}}, {.copies = 2}).has_value());
}

TEST_F(SpoolGroupTest, TheFirstDecidesAndTheSecondIsTold) {
  make(2, {.copies = 2});
  for (const auto& spool : spools_) {
    spool->decide = [](const SpoolOrder& order) {
      return leased(order.order.id, order.lease_epoch.value_or(7));
    };
  }
  EXPECT_EQ(said(order(1)), "201");
  FakeSpool& first = first_of(1);
  FakeSpool& second = other_than(first);
  EXPECT_EQ(first.orders(), 1u);
  ASSERT_EQ(second.orders(), 1u);
  EXPECT_EQ(second.batches[0][0].lease_epoch, std::optional<std::uint64_t>(7));
}

TEST_F(SpoolGroupTest, EveryEdgeBeginsWithTheSameSpool) {
  make(3, {.copies = 2});
  for (int number = 0; number < 300; ++number) {
    EXPECT_EQ(said(order(number)), "202");
    EXPECT_EQ(said(order(number)), "202");
  }
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(spools_[i]->orders() % 2, 0u);
    EXPECT_GT(spools_[i]->orders(), 200u);
    EXPECT_GT(spools_[i]->questions, 100);
  }
}

TEST_F(SpoolGroupTest, WithOneOfTwoAwayNothingIsPromised) {
  make(2, {.copies = 2});
  spools_[1]->is_connected = false;
  EXPECT_EQ(said(order(1)), "error");
  EXPECT_EQ(spools_[0]->orders(), 0u);  // not written for nothing
}

TEST_F(SpoolGroupTest, AThirdTakesTheSecondsPlace) {
  make(3, {.copies = 2});
  for (std::size_t away = 0; away < 3; ++away) {
    spools_[away]->is_connected = false;
    EXPECT_EQ(said(order(static_cast<int>(away))), "202");
    spools_[away]->is_connected = true;
  }
  EXPECT_EQ(spools_[0]->orders() + spools_[1]->orders() + spools_[2]->orders(), 6u);
}

TEST_F(SpoolGroupTest, OneThatFailsIsPassedOver) {
  make(3, {.copies = 2});
  ASSERT_EQ(said(order(1)), "202");
  FakeSpool& first = first_of(1);
  first.decide = [](const SpoolOrder&) { return make_error(ErrorCode::kTimeout, "silent"); };
  for (const auto& spool : spools_) {
    spool->batches.clear();
  }
  EXPECT_EQ(said(order(1)), "202");
  EXPECT_EQ(first.orders(), 1u);
  EXPECT_EQ(spools_[0]->orders() + spools_[1]->orders() + spools_[2]->orders(), 3u);
}

TEST_F(SpoolGroupTest, ASpoolThatWasAwayIsToldWhatWasPromised) {
  make(3, {.copies = 2});
  ASSERT_EQ(said(order(1)), "202");
  FakeSpool& back = first_of(1);
  for (const auto& spool : spools_) {
    spool->batches.clear();
    if (spool.get() != &back) {
      spool->known = [](const SpoolOrder& order) { return leased(order.order.id, 9); };
    }
    spool->decide = [](const SpoolOrder& order) {
      const std::uint64_t epoch = order.lease_epoch.value_or(0);
      return epoch == 0 ? deferred(order.order.id) : leased(order.order.id, epoch);
    };
  }
  EXPECT_EQ(said(order(1)), "201");
  ASSERT_EQ(back.orders(), 1u);
  EXPECT_EQ(back.batches[0][0].lease_epoch, std::optional<std::uint64_t>(9));
}

TEST_F(SpoolGroupTest, NobodyDecidesWhereTooFewCanBeAsked) {
  make(3, {.copies = 2});
  const auto silent = [](const SpoolOrder&) {
    return SpoolOutcome{.outcome = Refused{.http_status = 503, .code = "overloaded"}};
  };
  for (const auto& spool : spools_) {
    spool->known = silent;
  }
  EXPECT_EQ(said(order(1)), "error");
  EXPECT_EQ(spools_[0]->orders() + spools_[1]->orders() + spools_[2]->orders(), 0u);
}

TEST_F(SpoolGroupTest, APromiseThatTurnsUpLateIsToldToTheFirstToo) {
  make(2, {.copies = 2});
  ASSERT_EQ(said(order(1)), "202");
  FakeSpool& first = first_of(1);
  FakeSpool& second = other_than(first);
  first.decide = [](const SpoolOrder& order) {
    const std::uint64_t epoch = order.lease_epoch.value_or(0);
    return epoch == 0 ? deferred(order.order.id) : leased(order.order.id, epoch);
  };
  second.decide = [](const SpoolOrder& order) { return leased(order.order.id, 9); };
  EXPECT_EQ(said(order(1)), "201");
  EXPECT_EQ(first.batches.back()[0].lease_epoch, std::optional<std::uint64_t>(9));
}

TEST_F(SpoolGroupTest, FullIsSaidOnlyWhereNobodyHasRoom) {
  make(3, {.copies = 2});
  const auto full = [](const SpoolOrder&) -> Result<SpoolOutcome> {
    return SpoolOutcome{.outcome = Refused{.http_status = 503, .code = "spool_full"}};
  };
  spools_[0]->decide = full;
  EXPECT_EQ(said(order(1)), "202");
  EXPECT_EQ(said(order(2)), "202");
  spools_[1]->decide = full;
  spools_[2]->decide = full;
  EXPECT_EQ(said(order(1)), "spool_full");
  EXPECT_GT(std::get<Refused>(append(order(1)).value()).retry_after_s, 0);
}

TEST_F(SpoolGroupTest, AKeyThatWasUsedForOtherBytesIsRefused) {
  make(2, {.copies = 2});
  for (const auto& spool : spools_) {
    spool->decide = [](const SpoolOrder&) -> Result<SpoolOutcome> {
      return SpoolOutcome{.outcome = Refused{.http_status = 422, .code = "idempotency_key_reused"}};
    };
  }
  EXPECT_EQ(said(order(1)), "idempotency_key_reused");
  EXPECT_EQ(spools_[0]->orders() + spools_[1]->orders(), 1u);
}

TEST_F(SpoolGroupTest, WhatWaitsGoesTogether) {
  make(1, {.appends_under_way_max = 1});
  spools_[0]->is_holding = true;
  int answers = 0;
  for (int number = 0; number < 2'500; ++number) {
    group_->append(order(number), [&](const Result<PlaceOutcome>& outcome) {
      answers += outcome.has_value() ? 1 : 0;
    });
  }
  for (int round = 0; round < 4; ++round) {
    spools_[0]->release();
  }
  EXPECT_EQ(answers, 2'500);
  ASSERT_EQ(spools_[0]->batches.size(), 4u);
  EXPECT_EQ(spools_[0]->batches[0].size(), 1u);
  EXPECT_EQ(spools_[0]->batches[1].size(), Spool::kOrdersMax);
}

TEST_F(SpoolGroupTest, LargeOrdersMakeSmallerBatches) {
  make(1, {.appends_under_way_max = 1});
  spools_[0]->is_holding = true;
  for (int number = 0; number < 300; ++number) {
    SpoolOrder large = order(number);
    large.order.sealed = std::string(100'000, 'x');
    group_->append(large, [](const Result<PlaceOutcome>&) {});
  }
  while (!spools_[0]->held.empty()) {
    spools_[0]->release();
  }
  for (const auto& batch : spools_[0]->batches) {
    EXPECT_LE(batch.size() * 100'000, Spool::kBytesMax);
  }
  EXPECT_EQ(spools_[0]->orders(), 300u);
}

TEST_F(SpoolGroupTest, TheLineIsBounded) {
  make(1, {.appends_under_way_max = 1, .waiting_max = 10});
  spools_[0]->is_holding = true;
  int refused = 0;
  for (int number = 0; number < 20; ++number) {
    group_->append(order(number), [&](const Result<PlaceOutcome>& outcome) {
      refused += outcome.has_value() ? 0 : 1;
    });
  }
  EXPECT_EQ(refused, 9);  // one is under way, ten wait
  while (!spools_[0]->held.empty()) {
    spools_[0]->release();
  }
}

TEST_F(SpoolGroupTest, AWrongNumberOfOutcomesIsNotBelieved) {
  make(1, {});
  class Odd final : public Spool {
   public:
    bool connected() const override { return true; }
    void append(std::vector<SpoolOrder>,
                std::function<void(Result<std::vector<SpoolOutcome>>)> done) override {
      done(std::vector<SpoolOutcome>{});
    }
    void order_view(OrderId, std::function<void(Result<contract::OrderView>)>) override {}
    void close() override {}
  };
  group_ = SpoolGroup::create({{"spool-1", std::make_shared<Odd>()}}, {}).value();
  EXPECT_EQ(said(order(1)), "error");
}

TEST_F(SpoolGroupTest, StoppingAnswersWhatIsOnItsWay) {
  make(2, {.copies = 2, .appends_under_way_max = 1});
  int answers = 0;
  for (const auto& spool : spools_) {
    spool->is_holding = true;
  }
  for (int number = 0; number < 50; ++number) {
    group_->append(order(number), [&](const Result<PlaceOutcome>& outcome) {
      EXPECT_FALSE(outcome.has_value());
      ++answers;
    });
  }
  group_.reset();
  EXPECT_EQ(answers, 50);
}

TEST_F(SpoolGroupTest, AStatusIsNowhereOnlyWhereAllSaySo) {
  make(2, {.copies = 2});
  const auto look = [&] {
    Result<contract::OrderView> answer = make_error(ErrorCode::kInternal, "not called");
    group_->order_view(id_of(1),
                       [&](Result<contract::OrderView> found) { answer = std::move(found); });
    return answer;
  };
  EXPECT_EQ(look().error().code(), ErrorCode::kNotFound);
  spools_[0]->view = make_error(ErrorCode::kUnavailable, "away");
  EXPECT_EQ(look().error().code(), ErrorCode::kUnavailable);
  spools_[1]->view = contract::OrderView{.id = id_of(1)};
  EXPECT_TRUE(look().has_value());
}

}  // namespace
}  // namespace dermaga::spool_group

#include "mail/outgoing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <future>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "metrics/metrics.h"

namespace dermaga::mail {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using namespace std::chrono_literals;

// What a transport did and is to do; outlives it.
struct Wire {
  std::function<Status(const Message&, int tries)> answer = [](const auto&, int) {
    return Status();
  };
  std::mutex mutex;
  std::vector<std::string> subjects;  // of every try
  std::atomic<bool> stopped = false;
};

class WireTransport final : public Transport {
 public:
  explicit WireTransport(Wire& wire) : wire_(wire) {}
  Status send(const Message& message) override {
    int tries = 0;
    {
      const std::lock_guard lock(wire_.mutex);
      wire_.subjects.push_back(message.subject);
      tries = static_cast<int>(std::ranges::count(wire_.subjects, message.subject));
    }
    return wire_.answer(message, tries);
  }
  void stop() override { wire_.stopped = true; }

 private:
  Wire& wire_;
};

Message message(const std::string& subject) {
  return {.to = vault::EmailAddress("sari@example.org"),
          .subject = subject,
          .text = vault::SecretText("private words")};
}

constexpr auto kPatience = 20s;

class OutgoingTest : public ::testing::Test {
 protected:
  Outgoing make(OutgoingOptions options = {}) {
    options.first_wait = 5ms;
    options.registry = &registry_;
    return Outgoing(std::make_unique<WireTransport>(wire_), options);
  }
  std::string mails(const std::string& outcome) {
    const std::string text = registry_.exposition();
    const std::string name = "dermaga_core_mails_total{outcome=\"" + outcome + "\"} ";
    const std::size_t at = text.find(name);
    return at == text.npos ? "none"
                           : text.substr(at + name.size(), text.find('\n', at) - at - name.size());
  }
  Wire wire_;
  metrics::Registry registry_;
};

TEST_F(OutgoingTest, SendsInOrder) {
  Outgoing outgoing = make();
  for (const char* subject : {"a", "b", "c"}) {
    ASSERT_TRUE(outgoing.post(message(subject)).has_value());
  }
  ASSERT_TRUE(outgoing.wait_until_sent(kPatience));
  EXPECT_THAT(wire_.subjects, ElementsAre("a", "b", "c"));
  EXPECT_EQ(mails("sent"), "3");
  EXPECT_THAT(registry_.exposition(), HasSubstr("dermaga_core_mails_waiting 0"));
}

TEST_F(OutgoingTest, TriesAgainAndLetsOthersPass) {
  std::promise<void> both_posted;
  const std::shared_future<void> gate = both_posted.get_future().share();
  wire_.answer = [gate](const Message& mail, int tries) -> Status {
    gate.wait();
    return mail.subject == "late" && tries < 3 ? Status(make_error(ErrorCode::kUnavailable, "away"))
                                               : Status();
  };
  Outgoing outgoing = make();
  ASSERT_TRUE(outgoing.post(message("late")).has_value());
  ASSERT_TRUE(outgoing.post(message("soon")).has_value());
  both_posted.set_value();
  ASSERT_TRUE(outgoing.wait_until_sent(kPatience));
  EXPECT_THAT(wire_.subjects, ElementsAre("late", "soon", "late", "late"));
  EXPECT_EQ(mails("retried"), "2");
  EXPECT_EQ(mails("sent"), "2");
}

TEST_F(OutgoingTest, GivesUpAfterSoManyTriesAndTellsNothing) {
  wire_.answer = [](const auto&, int) { return make_error(ErrorCode::kTimeout, "slow"); };
  ::testing::internal::CaptureStderr();
  {
    Outgoing outgoing = make({.tries_max = 3});
    ASSERT_TRUE(outgoing.post(message("topic")).has_value());
    ASSERT_TRUE(outgoing.wait_until_sent(kPatience));
  }
  const std::string said = ::testing::internal::GetCapturedStderr();
  EXPECT_EQ(wire_.subjects.size(), 3U);
  EXPECT_EQ(mails("given_up"), "1");
  EXPECT_THAT(said, HasSubstr("mail_given_up"));
  for (const std::string& text : {said, registry_.exposition()}) {
    EXPECT_THAT(text, Not(HasSubstr("sari")));
    EXPECT_THAT(text, Not(HasSubstr("topic")));
    EXPECT_THAT(text, Not(HasSubstr("private words")));
  }
}

TEST_F(OutgoingTest, WhatWasRefusedForGoodIsNotTriedAgain) {
  wire_.answer = [](const auto&, int) { return make_error(ErrorCode::kInvalidArgument, "no"); };
  Outgoing outgoing = make();
  ASSERT_TRUE(outgoing.post(message("a")).has_value());
  ASSERT_TRUE(outgoing.wait_until_sent(kPatience));
  EXPECT_EQ(wire_.subjects.size(), 1U);
  EXPECT_EQ(mails("refused"), "1");
}

TEST_F(OutgoingTest, OnlySoManyWait) {
  std::promise<void> go;
  const std::shared_future<void> gate = go.get_future().share();
  wire_.answer = [gate](const auto&, int) {
    gate.wait();
    return Status();
  };
  Outgoing outgoing = make({.waiting_max = 2});
  ASSERT_TRUE(outgoing.post(message("a")).has_value());
  ASSERT_TRUE(outgoing.post(message("b")).has_value());
  EXPECT_EQ(outgoing.post(message("c")).error().code(), ErrorCode::kOverloaded);
  EXPECT_FALSE(outgoing.wait_until_sent(1ms));
  EXPECT_THAT(registry_.exposition(), HasSubstr("dermaga_core_mails_waiting 2"));
  go.set_value();
  ASSERT_TRUE(outgoing.wait_until_sent(kPatience));
  EXPECT_EQ(mails("overloaded"), "1");
  EXPECT_TRUE(outgoing.post(message("d")).has_value());
}

TEST_F(OutgoingTest, EndsWhileAMailIsUnderWay) {
  std::promise<void> begun;
  wire_.answer = [&](const auto&, int tries) -> Status {
    if (tries == 1) {
      begun.set_value();
    }
    while (!wire_.stopped) {
      std::this_thread::sleep_for(1ms);
    }
    return make_error(ErrorCode::kUnavailable, "stopped");
  };
  {
    Outgoing outgoing = make();
    ASSERT_TRUE(outgoing.post(message("a")).has_value());
    ASSERT_TRUE(outgoing.post(message("b")).has_value());
    begun.get_future().wait();
  }
  EXPECT_EQ(wire_.subjects.size(), 1U);
  EXPECT_EQ(mails("dropped"), "2");
}

}  // namespace
}  // namespace dermaga::mail

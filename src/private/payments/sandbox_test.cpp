#include "payments/sandbox.h"

#include <gtest/gtest.h>

#include <future>

namespace dermaga::payments {
namespace {

const OrderId kOrder = OrderId::parse("ord_one").value();
const Money kAmount(1000, Currency::parse("IDR").value());

Charge charge_with(const std::string& token) {
  return {.order_id = kOrder, .amount = kAmount, .token = vault::PaymentToken(token)};
}

ChargeState charged(PaymentProvider& provider, const std::string& token) {
  ChargeState state = ChargeState::kPending;
  provider.charge(charge_with(token), [&](auto result) { state = result.value().state; });
  return state;
}

ChargeState answered(PaymentProvider& provider, const std::string& code) {
  ChargeState state = ChargeState::kPending;
  provider.answer_challenge(charge_with("tok_challenge"), vault::ChallengeCode(code),
                            [&](auto result) { state = result.value().state; });
  return state;
}

TEST(Sandbox, TheTokenDecides) {
  const std::pair<const char*, ChargeState> cases[] = {
      {"tok_approve", ChargeState::kPaid},        {"tok_decline", ChargeState::kDeclined},
      {"tok_challenge", ChargeState::kChallenge}, {"tok_late_webhook", ChargeState::kPending},
      {"tok_unknown", ChargeState::kDeclined},    {"", ChargeState::kDeclined},
  };
  for (const auto& [token, state] : cases) {
    const auto provider = make_sandbox({});
    EXPECT_EQ(charged(*provider, token), state) << token;
  }
}

TEST(Sandbox, TestCardsGiveTheTokens) {
  const std::pair<const char*, const char*> cases[] = {
      {"4242424242424242", "tok_approve"},   {"4000000000000002", "tok_decline"},
      {"4000000000003220", "tok_challenge"}, {"4000000000000259", "tok_late_webhook"},
      {"5555555555554444", "tok_decline"},
  };
  const auto provider = make_sandbox({});
  for (const auto& [number, token] : cases) {
    const Card card{.number = vault::CardNumber(std::string(number))};
    EXPECT_EQ(provider->tokenize(card).value().reveal(), token) << number;
  }
}

TEST(Sandbox, TheOrderIdMakesAChargeOnce) {
  const auto provider = make_sandbox({});
  EXPECT_EQ(charged(*provider, "tok_approve"), ChargeState::kPaid);
  EXPECT_EQ(charged(*provider, "tok_decline"), ChargeState::kPaid);  // the same order again
}

TEST(Sandbox, AChallengeHasThreeTries) {
  auto provider = make_sandbox({});
  EXPECT_EQ(charged(*provider, "tok_challenge"), ChargeState::kChallenge);
  EXPECT_EQ(answered(*provider, "000000"), ChargeState::kChallenge);
  EXPECT_EQ(answered(*provider, "123456"), ChargeState::kPaid);
  EXPECT_EQ(answered(*provider, "000000"), ChargeState::kPaid);
  provider = make_sandbox({});  // as after a restart: the answer alone is enough
  EXPECT_EQ(answered(*provider, "1"), ChargeState::kChallenge);
  EXPECT_EQ(answered(*provider, "2"), ChargeState::kChallenge);
  EXPECT_EQ(answered(*provider, "3"), ChargeState::kDeclined);
  EXPECT_EQ(answered(*provider, "123456"), ChargeState::kDeclined);
}

TEST(Sandbox, TheLateWebhookComesOnceAndIsRemembered) {
  std::promise<ChargeResult> told;
  const auto provider = make_sandbox({.webhook_delay = std::chrono::milliseconds(20)});
  provider->on_webhook([&](ChargeResult result) { told.set_value(std::move(result)); });
  EXPECT_EQ(charged(*provider, "tok_late_webhook"), ChargeState::kPending);
  EXPECT_EQ(charged(*provider, "tok_late_webhook"), ChargeState::kPending);
  auto future = told.get_future();
  ASSERT_EQ(future.wait_for(std::chrono::seconds(20)), std::future_status::ready);
  const ChargeResult result = future.get();
  EXPECT_EQ(result.state, ChargeState::kPaid);
  EXPECT_EQ(result.order_id, kOrder);
  EXPECT_EQ(charged(*provider, "tok_late_webhook"), ChargeState::kPaid);
  provider->on_webhook(nullptr);
}

TEST(Sandbox, RefundsHaveAReference) {
  const auto provider = make_sandbox({});
  std::string reference;
  provider->refund({.order_id = kOrder, .reference = "sbx_ord_one", .amount = kAmount},
                   [&](auto result) { reference = result.value(); });
  EXPECT_EQ(reference, "sbr_ord_one");
}

}  // namespace
}  // namespace dermaga::payments

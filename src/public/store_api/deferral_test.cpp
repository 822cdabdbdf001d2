#include <chrono>

#include "core_watch.h"
#include "derivation/derivation.h"
#include "quoted_version.h"
#include "test_shop.h"

namespace dermaga::store_api {
namespace {

using order_state::OrderStatus;

// With spools (DESIGN §6.5).
class DeferralTest : public OrdersTest {
 protected:
  void SetUp() override {
    OrdersTest::SetUp();
    make_api({.spool = &spool_});
    spool_.outcome = contract::Placed{.order = pending_view(), .deferred = true};
  }

  static contract::OrderView pending_view() {
    contract::OrderView view = sample_view();
    view.status = OrderStatus::kPendingAcceptance;
    view.reserved_until = {};
    return view;
  }
  void core_away() {
    link_.is_connected = false;
    link_.outcome = make_error(ErrorCode::kUnavailable, "gone");
    link_.view = make_error(ErrorCode::kUnavailable, "gone");
  }
  std::string token() { return derivation_.access_token(derivation_.order_id("key-1")); }
  std::string status_target() { return "/store/v1/orders/" + derivation_.order_id("key-1").str(); }

  FakeSpool spool_;
  derivation::Derivation derivation_ = derivation::Derivation::create(std::string(32, 'k')).value();
};

TEST_F(DeferralTest, WithCoreAwayTheAnswerIs202) {
  core_away();
  const TestAnswer answer = place(order_body());
  EXPECT_EQ(answer.status, 202) << answer.body;
  EXPECT_NE(answer.body.find(R"("status":"pending_acceptance")"), std::string::npos);
  EXPECT_NE(answer.body.find(R"("reserved_until":null)"), std::string::npos);
  EXPECT_NE(answer.body.find("\"access_token\":\"oat_"), std::string::npos);
  EXPECT_EQ(answer.header("Location"), "/store/v1/orders/ord_abc");
  EXPECT_TRUE(link_.placed.empty());
  ASSERT_EQ(spool_.appended.size(), 1u);
  const contract::SpoolOrder& order = spool_.appended.front();
  EXPECT_EQ(order.order.id, derivation_.order_id("key-1"));
  EXPECT_TRUE(derivation_.receipt_matches(order.order.id, order.order.body_sha256,
                                          order.order.received_at, order.order.receipt));
  EXPECT_EQ(order.order.sealed, kBox);
  EXPECT_EQ(order.quoted_version, 0u);
  EXPECT_FALSE(order.lease_epoch.has_value());
}

TEST_F(DeferralTest, SoldFromALeaseIs201) {
  core_away();
  spool_.outcome = contract::Placed{.order = sample_view()};
  EXPECT_EQ(place(order_body()).status, 201);
}

TEST_F(DeferralTest, AnAnswerThatNeverCameDefers) {
  for (const ErrorCode code : {ErrorCode::kUnavailable, ErrorCode::kTimeout}) {
    link_.outcome = make_error(code, "lost");
    EXPECT_EQ(place(order_body()).status, 202);
    clock_.advance(std::chrono::minutes(1));
  }
  EXPECT_EQ(link_.placed.size(), 2u);
  ASSERT_EQ(spool_.appended.size(), 2u);
  EXPECT_EQ(spool_.appended[0].order.id, link_.placed[0].id);
  EXPECT_EQ(spool_.appended[0].order.sealed, kBox);
}

TEST_F(DeferralTest, WhatCoreRefusesIsNotDeferred) {
  link_.outcome = contract::Refused{503, "overloaded", "", 3};
  EXPECT_EQ(place(order_body()).status, 503);
  link_.outcome = make_error(ErrorCode::kOverloaded, "");
  EXPECT_EQ(place(order_body()).code(), "overloaded");
  link_.outcome = contract::OutOfStock{{{VariantId::parse("var_gayo").value(), 2, 1}}};
  EXPECT_EQ(place(order_body()).code(), "out_of_stock");
  EXPECT_TRUE(spool_.appended.empty());
}

// Issue 3: told 202, the shopper asks again before the order is delivered, and core refuses it.
TEST_F(DeferralTest, Issue3WhatLiesInASpoolIsNotRefused) {
  link_.outcome = contract::OutOfStock{{{VariantId::parse("var_gayo").value(), 2, 1}}};
  spool_.view = pending_view();
  EXPECT_EQ(place(order_body()).status, 202);
  EXPECT_EQ(link_.placed.size(), 1u);
  ASSERT_EQ(spool_.appended.size(), 1u);  // as a replay
  EXPECT_EQ(spool_.appended[0].order.sealed, kBox);
  spool_.outcome = contract::Refused{422, "idempotency_key_reused", "", 0};
  EXPECT_EQ(place(order_body()).code(), "idempotency_key_reused");
  // Not where a spool cannot say.
  spool_.view = make_error(ErrorCode::kUnavailable, "gone");
  EXPECT_EQ(place(order_body()).code(), "core_unavailable");
}

TEST_F(DeferralTest, Issue3WhatWasDeliveredMeanwhileIsCoresToAnswer) {
  link_.is_holding = true;
  std::vector<TestAnswer> answers;
  send(http::Method::kPost, "/store/v1/orders",
       {{"Content-Type", "application/json"}, {"Idempotency-Key", "key-1"}}, order_body(), answers);
  link_.held[0](contract::PlaceOutcome(contract::Refused{422, "box_unreadable", "", 0}));
  ASSERT_EQ(link_.held.size(), 2u);
  EXPECT_TRUE(answers.empty());
  link_.held[1](contract::PlaceOutcome(
      contract::Placed{.order = sample_view(), .replayed = true, .deferred = true}));
  ASSERT_EQ(answers.size(), 1u);
  EXPECT_EQ(answers[0].status, 202);
  EXPECT_TRUE(spool_.appended.empty());
}

TEST_F(DeferralTest, TheQuotesVersionGoesWithTheOrder) {
  core_away();
  derivation::Derivation::QuoteClaims claims;
  claims.quote.lines = {{VariantId::parse("var_gayo").value(), 2, rupiah(95'000), rupiah(190'000)}};
  claims.quote.subtotal = claims.quote.total = rupiah(210'000);
  claims.quote.discount = claims.quote.shipping = claims.quote.tax = rupiah(0);
  claims.destination =
      pricing::Destination{.country = "ID", .region = "ID-JK", .postal_code = "10110"};
  claims.shipping_method = "standard";
  claims.catalog_version = 3;
  claims.expires_at = clock_.now() + std::chrono::minutes(1);
  const std::string quote = R"(,"quote_id":")" + derivation_.quote_token(claims) + "\"";
  EXPECT_EQ(
      place(order_body(R"([{"variant_id":"var_gayo","quantity":2}])", kBox, "IDR", quote)).status,
      202);
  ASSERT_EQ(spool_.appended.size(), 1u);
  EXPECT_EQ(spool_.appended[0].quoted_version, 3u);
}

TEST_F(DeferralTest, ASilentCoreIsNotWaitedForByEveryone) {
  link_.outcome = make_error(ErrorCode::kTimeout, "silent");
  EXPECT_EQ(place(order_body(), "a").status, 202);
  EXPECT_EQ(place(order_body(), "b").status, 202);
  EXPECT_EQ(link_.placed.size(), 1u);
  // One tries core again after a while; the others still do not wait.
  clock_.advance(CoreWatch::kProbeEvery);
  EXPECT_EQ(place(order_body(), "c").status, 202);
  EXPECT_EQ(place(order_body(), "d").status, 202);
  EXPECT_EQ(link_.placed.size(), 2u);
  clock_.advance(CoreWatch::kProbeEvery);
  link_.outcome = contract::Placed{sample_view(), false};
  EXPECT_EQ(place(order_body(), "e").status, 201);
  EXPECT_EQ(place(order_body(), "f").status, 201);
  EXPECT_EQ(spool_.appended.size(), 4u);
}

TEST_F(DeferralTest, ARefusalOfTheSpool) {
  core_away();
  spool_.outcome = contract::Refused{503, "spool_full", "No room.", 30};
  TestAnswer answer = place(order_body());
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.code(), "spool_full");
  EXPECT_EQ(answer.header("Retry-After"), "30");
  spool_.outcome = contract::Refused{422, "idempotency_key_reused", "", 0};
  EXPECT_EQ(place(order_body()).code(), "idempotency_key_reused");
  spool_.outcome = make_error(ErrorCode::kUnavailable, "10.0.0.9 refused");
  answer = place(order_body());
  EXPECT_EQ(answer.code(), "core_unavailable");
  EXPECT_EQ(answer.body.find("10.0.0.9"), std::string::npos);
}

TEST_F(DeferralTest, AReplayOfCoresSays202) {
  contract::OrderView view = sample_view();
  view.status = OrderStatus::kConfirmed;
  link_.outcome = contract::Placed{.order = view, .replayed = true, .deferred = true};
  const TestAnswer answer = place(order_body());
  EXPECT_EQ(answer.status, 202);
  EXPECT_EQ(answer.header("Idempotent-Replayed"), "true");
  EXPECT_NE(answer.body.find(R"("status":"confirmed")"), std::string::npos);
}

TEST_F(DeferralTest, SoldOutWithCoreAwayIsReplayedOrNotJudged) {
  sell_out("var_gayo");
  core_away();
  EXPECT_EQ(place(order_body()).code(), "core_unavailable");
  EXPECT_TRUE(spool_.appended.empty());
  spool_.view = pending_view();
  EXPECT_EQ(place(order_body()).status, 202);
  EXPECT_EQ(spool_.appended.size(), 1u);
}

TEST_F(DeferralTest, StatusComesFromWhereTheOrderLies) {
  core_away();
  EXPECT_EQ(get(status_target(), {{"Access-Token", "oat_wrong"}}).status, 403);
  EXPECT_EQ(spool_.views, 0);
  // Away, and not in the spool: core may have it.
  EXPECT_EQ(get(status_target(), {{"Access-Token", token()}}).code(), "core_unavailable");
  spool_.view = pending_view();
  TestAnswer answer = get(status_target(), {{"Access-Token", token()}});
  EXPECT_EQ(answer.status, 200);
  EXPECT_NE(answer.body.find(R"("status":"pending_acceptance")"), std::string::npos);
  // Core is back and has not been given it yet.
  link_.is_connected = true;
  link_.view = make_error(ErrorCode::kNotFound, "no such order");
  EXPECT_EQ(get(status_target(), {{"Access-Token", token()}}).status, 200);
  // Nobody has it; or not everybody can say so.
  spool_.view = make_error(ErrorCode::kNotFound, "no such order");
  EXPECT_EQ(get(status_target(), {{"Access-Token", token()}}).status, 404);
  spool_.view = make_error(ErrorCode::kUnavailable, "gone");
  EXPECT_EQ(get(status_target(), {{"Access-Token", token()}}).code(), "core_unavailable");
  // Core's word is enough where it knows.
  link_.view = sample_view();
  spool_.views = 0;
  EXPECT_EQ(get(status_target(), {{"Access-Token", token()}}).status, 200);
  EXPECT_EQ(spool_.views, 0);
}

TEST(QuotedVersion, IsOfAQuoteForThisVeryOrder) {
  const auto derivation = derivation::Derivation::create(std::string(32, 'k')).value();
  contract::PlaceOrder order;
  order.lines = {{VariantId::parse("var_gayo").value(), 2}};
  order.destination = {.country = "ID", .region = "ID-JK", .postal_code = "10110"};
  order.shipping_method = "standard";
  order.total = rupiah(210'000);
  order.received_at = from_unix_ms(1'000'000);
  derivation::Derivation::QuoteClaims claims;
  claims.quote.lines = {{VariantId::parse("var_gayo").value(), 2, rupiah(95'000), rupiah(190'000)}};
  claims.quote.subtotal = claims.quote.total = rupiah(210'000);
  claims.quote.discount = claims.quote.shipping = claims.quote.tax = rupiah(0);
  claims.destination = order.destination;
  claims.shipping_method = "standard";
  claims.catalog_version = 7;
  claims.expires_at = order.received_at + std::chrono::milliseconds(1);
  EXPECT_EQ(quoted_version(order, derivation), 0u);  // no quote
  order.quote = derivation.quote_token(claims);
  EXPECT_EQ(quoted_version(order, derivation), 7u);

  const auto other = derivation::Derivation::create(std::string(32, 'x')).value();
  EXPECT_EQ(quoted_version(order, other), 0u);
  const auto changed = [&](auto change) {
    contract::PlaceOrder copy = order;
    change(copy);
    return quoted_version(copy, derivation);
  };
  EXPECT_EQ(changed([](auto& copy) { copy.received_at += std::chrono::milliseconds(1); }), 0u);
  EXPECT_EQ(changed([](auto& copy) { copy.lines[0].quantity = 3; }), 0u);
  EXPECT_EQ(changed([](auto& copy) { copy.lines.push_back(copy.lines[0]); }), 0u);
  EXPECT_EQ(changed([](auto& copy) { copy.total = rupiah(209'999); }), 0u);
  EXPECT_EQ(changed([](auto& copy) { copy.destination.postal_code = "10111"; }), 0u);
  EXPECT_EQ(changed([](auto& copy) { copy.shipping_method = "express"; }), 0u);
  EXPECT_EQ(changed([](auto& copy) { copy.coupon = "HEMAT"; }), 0u);
}

}  // namespace
}  // namespace dermaga::store_api

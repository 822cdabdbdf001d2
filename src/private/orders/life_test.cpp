// What happens to an order after it was placed: payment, expiry, staff, sealed calls, restarts.
#include "fixture_test.h"
#include "orders/order_steps.h"

namespace dermaga::orders {
namespace {

using order_state::FulfilmentStatus;
using order_state::OrderStatus;
using order_state::PaymentStatus;
using namespace std::chrono_literals;

Options without_payment() {
  Options options;
  options.charge = false;
  return options;
}

TEST(Life, AnApprovedPaymentConfirmsAndFulfilmentShips) {
  TestShop shop;
  shop.stock(kShirt, 10);
  for (const char* box : {"tok_approve", "card 4242424242424242"}) {
    const OrderId id = place_one(shop, box, box);
    ASSERT_TRUE(shop.wait_for_status(id, OrderStatus::kConfirmed)) << box;
    const auto view = shop.view(id);
    EXPECT_EQ(view.payment_status, PaymentStatus::kPaid);
    EXPECT_EQ(view.reserved_until, UtcTime{});
  }
  EXPECT_EQ(shop.levels(kShirt), (inventory::Levels{10, 6, 4, 0}));
  shop.clock.advance(1h);
  EXPECT_EQ(shop.service->sweep().value(), 0);  // paid units stay held

  const OrderId id = shop.derivation.order_id("tok_approve");
  const auto shipped = shop.service->fulfil(id, kStaff);
  ASSERT_TRUE(shipped.has_value()) << shipped.error().message();
  EXPECT_EQ(shipped->status, OrderStatus::kCompleted);
  EXPECT_EQ(shipped->fulfilment_status, FulfilmentStatus::kFulfilled);
  EXPECT_EQ(shop.number("SELECT count(*) FROM orders WHERE ended_at > 0"), 1);
  EXPECT_EQ(shop.number("SELECT max(ended_at) FROM orders"), to_unix_ms(shop.clock.now()));
  EXPECT_EQ(shop.levels(kShirt), (inventory::Levels{8, 6, 2, 0}));
  EXPECT_EQ(shop.service->fulfil(id, kStaff).error().code(), ErrorCode::kVersionConflict);
  EXPECT_EQ(shop.service->cancel(id, "staff_request", kStaff).error().code(),
            ErrorCode::kVersionConflict);
  EXPECT_EQ(shop.number("SELECT count(*) FROM outbox WHERE topic IN ('order.paid', "
                        "'order.fulfilled')"),
            3);
  EXPECT_EQ(shop.breaches(), "");
}

TEST(Life, ADeclinedPaymentCancelsAndGivesBack) {
  TestShop shop;
  shop.stock(kShirt, 10);
  for (const char* box : {"tok_decline", "card 4000000000000002", "tok_nonsense"}) {
    const OrderId id = place_one(shop, box, box);
    ASSERT_TRUE(shop.wait_for_status(id, OrderStatus::kCancelled)) << box;
    EXPECT_EQ(shop.view(id).payment_status, PaymentStatus::kFailed);
    EXPECT_EQ(shop.view(id).cancel_reason, "payment_failed");
  }
  EXPECT_EQ(shop.levels(kShirt), (inventory::Levels{10, 10, 0, 0}));
  EXPECT_EQ(shop.breaches(), "");
}

TEST(Life, CardNumbersAreNeverStored) {
  TestShop shop;
  shop.stock(kShirt, 10);
  const OrderId id = place_one(shop, "key-1", "card 4242424242424242");
  ASSERT_TRUE(shop.wait_for_status(id, OrderStatus::kConfirmed));
  shop.service.reset();
  if (test_store::on_postgres()) {
    GTEST_SKIP() << "the rows lie in the server's folder";
  }
  ASSERT_TRUE(shop.connection->execute("PRAGMA wal_checkpoint(TRUNCATE)").has_value());
  const std::string command = "! grep -q -a 4242424242424242 " + shop.folder + "/core.db";
  EXPECT_EQ(std::system(command.c_str()), 0);
}

TEST(Life, HoldsThatNobodyPaidExpireOnceAndGiveBackOnce) {
  TestShop shop(without_payment());
  shop.stock(kShirt, 10);
  const OrderId id = place_one(shop, "key-1", "tok_approve");
  EXPECT_EQ(shop.service->sweep().value(), 0);
  shop.clock.advance(15min - 1ms);
  EXPECT_EQ(shop.service->sweep().value(), 0);
  EXPECT_EQ(shop.view(id).status, OrderStatus::kOpen);
  shop.clock.advance(1ms);
  (void)shop.service->sweep().value();  // or the sweeper itself was quicker
  EXPECT_EQ(shop.view(id).status, OrderStatus::kExpired);
  EXPECT_EQ(shop.view(id).reserved_until, UtcTime{});
  EXPECT_EQ(shop.levels(kShirt), (inventory::Levels{10, 10, 0, 0}));
  EXPECT_EQ(shop.service->sweep().value(), 0);
  EXPECT_EQ(shop.number("SELECT count(*) FROM outbox WHERE topic = 'order.expired'"), 1);

  // The replay tells how it is now; the units can be sold again.
  const auto replay = shop.place(shop.order("key-1", {{kShirt, 2}}, "tok_approve"));
  ASSERT_NE(placed(replay), nullptr);
  EXPECT_EQ(placed(replay)->order.status, OrderStatus::kExpired);
  EXPECT_NE(placed(shop.place(shop.order("key-2", {{kShirt, 10}}))), nullptr);
  EXPECT_EQ(shop.breaches(), "");
}

TEST(Life, TheSweeperComesByItself) {
  Options options = without_payment();
  options.sweep_every = 5ms;
  TestShop shop(options);
  shop.stock(kShirt, 700);
  std::vector<contract::PlaceOrder> batch;
  for (int i = 0; i < 600; ++i) {  // more than one round of it
    batch.push_back(shop.order("key-" + std::to_string(i), {{kShirt, 1}}));
  }
  const auto outcomes = shop.place(std::move(batch));
  shop.clock.advance(16min);
  for (const auto& outcome : outcomes) {
    ASSERT_TRUE(shop.wait_for_status(placed(outcome)->order.id, OrderStatus::kExpired));
  }
  EXPECT_EQ(shop.levels(kShirt), (inventory::Levels{700, 700, 0, 0}));
  EXPECT_EQ(shop.breaches(), "");
}

TEST(Life, ALateWebhookPaysAnOpenOrder) {
  TestShop shop;
  shop.stock(kShirt, 10);
  const OrderId id = place_one(shop, "key-1", "card 4000000000000259");
  EXPECT_TRUE(shop.wait_for_status(id, OrderStatus::kConfirmed));
  EXPECT_EQ(shop.breaches(), "");
}

TEST(Life, ALateWebhookForAnOrderThatIsOverIsRefunded) {
  TestShop shop;
  shop.stock(kShirt, 10);
  shop.restart_with_webhooks_after(300ms);
  const OrderId expired = place_one(shop, "key-1", "tok_late_webhook");
  const OrderId cancelled = place_one(shop, "key-2", "tok_late_webhook");
  std::this_thread::sleep_for(30ms);  // both are with the provider
  ASSERT_TRUE(shop.service->cancel(cancelled, "staff_request", kStaff).has_value());
  shop.clock.advance(16min);
  (void)shop.service->sweep().value();
  EXPECT_EQ(shop.view(expired).status, OrderStatus::kExpired);
  for (const OrderId& id : {expired, cancelled}) {
    ASSERT_TRUE(shop.wait_for_payment(id, PaymentStatus::kRefunded));
    const auto details = shop.service->show(id).value();
    ASSERT_EQ(details.payments.size(), 2u);
    EXPECT_EQ(details.payments[0].kind, "captured");
    EXPECT_EQ(details.payments[1].kind, "refunded");
    EXPECT_EQ(details.payments[1].amount, details.view.total);
  }
  EXPECT_EQ(shop.view(expired).status, OrderStatus::kExpired);
  EXPECT_EQ(shop.levels(kShirt), (inventory::Levels{10, 10, 0, 0}));
  EXPECT_EQ(shop.breaches(), "");
}

TEST(Life, CancellingAPaidOrderRefundsIt) {
  TestShop shop;
  shop.stock(kShirt, 10);
  const OrderId id = place_one(shop, "key-1", "tok_approve");
  ASSERT_TRUE(shop.wait_for_status(id, OrderStatus::kConfirmed));
  for (const char* bad : {"", "Not A Word", "x;y"}) {
    EXPECT_EQ(shop.service->cancel(id, bad, kStaff).error().code(), ErrorCode::kInvalidArgument);
  }
  EXPECT_EQ(shop.service->cancel(id, "staff_request", kStaff)->cancel_reason, "staff_request");
  ASSERT_TRUE(shop.wait_for_payment(id, PaymentStatus::kRefunded));
  EXPECT_EQ(shop.levels(kShirt), (inventory::Levels{10, 10, 0, 0}));
  const OrderId nobody = OrderId::parse("ord_nobody").value();
  EXPECT_EQ(shop.service->cancel(nobody, "x", kStaff).error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(shop.service->fulfil(nobody, kStaff).error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(shop.service->show(nobody).error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(shop.breaches(), "");
}

TEST(Life, OpenOrdersAreTakenUpAgainAfterARestart) {
  TestShop shop(without_payment());
  shop.stock(kShirt, 10);
  const OrderId approved = place_one(shop, "key-1", "tok_approve");
  const OrderId declined = place_one(shop, "key-2", "tok_decline");
  shop.options.charge = true;
  shop.start();
  EXPECT_TRUE(shop.wait_for_status(approved, OrderStatus::kConfirmed));
  EXPECT_TRUE(shop.wait_for_status(declined, OrderStatus::kCancelled));
  shop.start();
  EXPECT_EQ(shop.service->show(approved)->payments.size(), 1u);
  EXPECT_EQ(shop.breaches(), "");
}

// Says "unavailable" to the first calls of each kind, then passes them on.
class FlakyProvider final : public payments::PaymentProvider {
 public:
  explicit FlakyProvider(int failures) : charge_failures_(failures), refund_failures_(failures) {}
  std::string_view name() const override { return real_->name(); }
  Result<vault::PaymentToken> tokenize(const payments::Card& card) override {
    return real_->tokenize(card);
  }
  void charge(payments::Charge charge, Done done) override {
    ++charges;
    if (charge_failures_-- > 0) {
      done(make_error(ErrorCode::kUnavailable, "the provider is away"));
      return;
    }
    real_->charge(std::move(charge), std::move(done));
  }
  void answer_challenge(payments::Charge charge, vault::ChallengeCode code, Done done) override {
    real_->answer_challenge(std::move(charge), std::move(code), std::move(done));
  }
  void refund(payments::Refund refund, std::function<void(Result<std::string>)> done) override {
    if (refund_failures_-- > 0) {
      done(make_error(ErrorCode::kUnavailable, "the provider is away"));
      return;
    }
    real_->refund(std::move(refund), std::move(done));
  }
  void on_webhook(std::function<void(payments::ChargeResult)> listener) override {
    real_->on_webhook(std::move(listener));
  }

  std::atomic<int> charges{0};

 private:
  std::unique_ptr<payments::PaymentProvider> real_ = payments::make_sandbox({});
  std::atomic<int> charge_failures_;
  std::atomic<int> refund_failures_;
};

void start_with(TestShop& shop, payments::PaymentProvider& provider) {
  shop.service.reset();
  shop.service = OrderService::start({.database = *shop.database,
                                      .derivation = shop.derivation,
                                      .vault = *shop.keys,
                                      .prices = shop.prices,
                                      .boxes = shop.opener,
                                      .payments = provider,
                                      .availability = *shop.availability,
                                      .clock = shop.clock,
                                      .random = system_random()},
                                     shop.options)
                     .value();
}

TEST(Life, AProviderThatWasAwayIsAskedAgain) {
  Options options;
  options.payment_retry_after = 20ms;
  TestShop shop(options);
  shop.stock(kShirt, 100);
  FlakyProvider flaky(3);
  start_with(shop, flaky);
  std::vector<OrderId> ids;
  for (int i = 0; i < 5; ++i) {
    ids.push_back(place_one(shop, "key-" + std::to_string(i), "tok_approve"));
  }
  for (const OrderId& id : ids) {
    ASSERT_TRUE(shop.wait_for_status(id, OrderStatus::kConfirmed));
    EXPECT_EQ(shop.service->show(id)->payments.size(), 1u);
    ASSERT_TRUE(shop.service->cancel(id, "staff_request", kStaff).has_value());
  }
  for (const OrderId& id : ids) {
    ASSERT_TRUE(shop.wait_for_payment(id, PaymentStatus::kRefunded));
    EXPECT_EQ(shop.service->show(id)->payments.size(), 2u);
  }
  shop.service.reset();
  EXPECT_EQ(shop.breaches(), "");
}

// Says nothing to a refund until the test does.
class SlowRefunds final : public payments::PaymentProvider {
 public:
  std::string_view name() const override { return "sandbox"; }
  Result<vault::PaymentToken> tokenize(const payments::Card&) override {
    return make_error(ErrorCode::kInvalidArgument, "no cards");
  }
  void charge(payments::Charge charge, Done done) override {
    paid = {.order_id = charge.order_id, .state = payments::ChargeState::kPaid, .reference = "c"};
    done(paid);
  }
  void answer_challenge(payments::Charge, vault::ChallengeCode, Done) override {}
  void refund(payments::Refund, std::function<void(Result<std::string>)> done) override {
    refunds.push_back(std::move(done));
  }
  void on_webhook(std::function<void(payments::ChargeResult)> told) override {
    listener = std::move(told);
  }

  payments::ChargeResult paid;
  std::vector<std::function<void(Result<std::string>)>> refunds;
  std::function<void(payments::ChargeResult)> listener;
};

// The failed refund was written down with a reference that was not there.
TEST(Life, Issue3ARefundThatFailsWhileTheChargeIsToldAgainIsAskedForAgain) {
  Options options;
  options.payment_retry_after = 1s;
  options.on_fatal = [](std::string_view reason) { FAIL() << reason; };
  TestShop shop(options);
  shop.stock(kShirt, 10);
  shop.service.reset();
  SlowRefunds provider;

  const auto steps = OrderSteps::open(shop.ports_of(provider), options).value();
  steps->place({shop.order("key-1", {{kShirt, 2}})}, [](const auto&) {});
  const OrderId id = shop.derivation.order_id("key-1");
  SteadyTime now = shop.clock.steady_now();
  steps->work_on_payments(now);
  steps->work_on_payments(now);
  ASSERT_TRUE(steps->cancel(id, "staff_request", kStaff).has_value());
  steps->work_on_payments(now);
  ASSERT_EQ(provider.refunds.size(), 1u);
  provider.listener(provider.paid);
  provider.refunds[0](make_error(ErrorCode::kTimeout, "no answer"));
  steps->work_on_payments(now);
  EXPECT_EQ(shop.number("SELECT payment_status FROM orders"),
            static_cast<std::int64_t>(PaymentStatus::kPaid));
  now += 2s;
  steps->work_on_payments(now);
  steps->work_on_payments(now);
  ASSERT_EQ(provider.refunds.size(), 2u);
  provider.refunds[1]("r");
  steps->work_on_payments(now);
  EXPECT_EQ(shop.number("SELECT payment_status FROM orders"),
            static_cast<std::int64_t>(PaymentStatus::kRefunded));
  EXPECT_EQ(shop.breaches(), "");
}

TEST(Life, ARefundThatIsToldTwiceIsRecordedOnce) {
  Options options;
  options.on_fatal = [](std::string_view reason) { FAIL() << reason; };
  TestShop shop(options);
  shop.stock(kShirt, 10);
  shop.service.reset();
  SlowRefunds provider;
  const auto one = OrderSteps::open(shop.ports_of(provider), options).value();
  one->place({shop.order("key-1", {{kShirt, 2}})}, [](const auto&) {});
  const OrderId id = shop.derivation.order_id("key-1");
  const SteadyTime now = shop.clock.steady_now();
  one->work_on_payments(now);
  one->work_on_payments(now);
  const auto ask = [&](const std::string& key) {
    return one->refund({.order = id, .amount = 100, .reason = "dented", .idempotency_key = key},
                       kStaff);
  };
  ASSERT_TRUE(ask("a").has_value());
  one->work_on_payments(now);
  ASSERT_EQ(provider.refunds.size(), 1u);
  const auto told = provider.refunds[0];
  told("first");
  one->work_on_payments(now);
  EXPECT_EQ(shop.number("SELECT refunded FROM orders"), 100);
  ASSERT_TRUE(ask("b").has_value());
  told("first");
  one->work_on_payments(now);
  EXPECT_EQ(shop.number("SELECT refunded FROM orders"), 100);
  EXPECT_EQ(shop.number("SELECT refund_due FROM orders"), 100);
  EXPECT_EQ(shop.breaches(), "");
}

TEST(Life, AnOrderThatWasNotStoredIsNotCharged) {
  TestShop shop;
  shop.stock(kShirt, 10);
  FlakyProvider counting(0);
  start_with(shop, counting);
  shop.refuse("orders", "new.idempotency_key = 'key-1'");
  EXPECT_EQ(refusal(shop.place(shop.order("key-1", {{kShirt, 2}}))), "503 unavailable");
  const OrderId id = place_one(shop, "key-2", "tok_approve");
  ASSERT_TRUE(shop.wait_for_status(id, OrderStatus::kConfirmed));
  shop.service.reset();
  EXPECT_EQ(counting.charges, 1);
}

TEST(Life, APaymentThatCouldNotBeRecordedIsRecordedLater) {
  TestShop shop;
  shop.options.payment_retry_after = 20ms;
  shop.stock(kShirt, 10);
  shop.restart_with_webhooks_after(200ms);
  const OrderId expired = place_one(shop, "key-1", "tok_late_webhook");
  std::this_thread::sleep_for(30ms);  // it is with the provider
  shop.clock.advance(16min);
  (void)shop.service->sweep().value();
  ASSERT_EQ(shop.view(expired).status, OrderStatus::kExpired);
  shop.refuse("payments", "new.order_number = 1");
  std::this_thread::sleep_for(400ms);  // the webhook came meanwhile
  // Its neighbours are recorded all the same.
  const OrderId open = place_one(shop, "key-2", "tok_approve");
  ASSERT_TRUE(shop.wait_for_status(open, OrderStatus::kConfirmed));
  EXPECT_EQ(shop.view(expired).payment_status, PaymentStatus::kPending);
  shop.stop_refusing("payments");
  EXPECT_TRUE(shop.wait_for_payment(expired, PaymentStatus::kRefunded));
  EXPECT_EQ(shop.breaches(), "");
}

TEST(Life, ARefundThatWasDueBeforeARestartIsMade) {
  TestShop shop;
  shop.stock(kShirt, 10);
  const OrderId id = place_one(shop, "key-1", "tok_approve");
  ASSERT_TRUE(shop.wait_for_status(id, OrderStatus::kConfirmed));
  shop.options.charge = false;
  shop.start();
  ASSERT_TRUE(shop.service->cancel(id, "staff_request", kStaff).has_value());
  EXPECT_EQ(shop.view(id).payment_status, PaymentStatus::kPaid);
  EXPECT_EQ(shop.breaches(), "");
  shop.options.charge = true;
  shop.start();
  EXPECT_TRUE(shop.wait_for_payment(id, PaymentStatus::kRefunded));
  EXPECT_EQ(shop.breaches(), "");
}

TEST(Life, AChallengeIsAnsweredThroughASealedCall) {
  TestShop shop;
  shop.stock(kShirt, 10);
  const OrderId id = place_one(shop, "key-1", "tok_challenge");
  ASSERT_TRUE(shop.wait_for(id, [](const auto& v) { return v.payment_action == "challenge"; }));
  auto answer = shop.call(shop.call_words("challenge", id, "n1", "k 000000"));
  EXPECT_EQ(answer.http_status, 200);
  EXPECT_NE(answer.sealed.find(R"("payment_action":"challenge")"), std::string::npos);
  shop.start();  // a restart forgets no challenge
  answer = shop.call(shop.call_words("challenge", id, "n2", "k 123456"));
  EXPECT_EQ(answer.http_status, 200) << answer.problem.code;
  EXPECT_NE(answer.sealed.find(R"("status":"confirmed")"), std::string::npos) << answer.sealed;
  answer = shop.call(shop.call_words("challenge", id, "n3", "k 123456"));
  EXPECT_EQ(answer.http_status, 409);
  EXPECT_EQ(shop.breaches(), "");
}

TEST(Life, ThreeWrongCodesCancel) {
  TestShop shop;
  shop.stock(kShirt, 10);
  const OrderId id = place_one(shop, "key-1", "tok_challenge");
  ASSERT_TRUE(shop.wait_for(id, [](const auto& v) { return v.payment_action == "challenge"; }));
  for (const char* nonce : {"n1", "n2", "n3"}) {
    EXPECT_EQ(shop.call(shop.call_words("challenge", id, nonce, "k 1")).http_status, 200);
  }
  EXPECT_EQ(shop.view(id).status, OrderStatus::kCancelled);
  EXPECT_EQ(shop.levels(kShirt).held, 0);
}

TEST(Life, PersonalDataIsAnsweredOnlyToTheOrdersReplyKey) {
  TestShop shop(without_payment());
  shop.stock(kShirt, 10);
  const OrderId id = place_one(shop, "key-1", "tok_approve");
  const auto read = shop.call(shop.call_words("read", id, "n1"));
  ASSERT_EQ(read.http_status, 200) << read.problem.code;
  for (const char* text :
       {R"("name":"Sari Dewi")", R"("email":"sari@example.test")", R"("line1":"Jalan Melati 5")",
        R"("quantity":2)", R"("subtotal":{"amount":300000,"currency":"IDR"})"}) {
    EXPECT_NE(read.sealed.find(text), std::string::npos) << text << " in " << read.sealed;
  }
  struct Case {
    std::string words;
    int status;
    const char* code;
  };
  const OrderId nobody = OrderId::parse("ord_nobody").value();
  const Case cases[] = {
      {shop.call_words("read", id, "n1"), 409, "nonce_used"},
      {shop.call_words("read", id, "n2", "z"), 403, "reply_key_mismatch"},
      {shop.call_words("cancel", id, "n3", "z"), 403, "reply_key_mismatch"},
      {"read " + id.str() + " oat_wrong n4 k", 403, "access_token_invalid"},
      {shop.call_words("read", nobody, "n5"), 404, "not_found"},
      {"garbage", 422, "box_malformed"},
  };
  for (const Case& one : cases) {
    const auto answer = shop.call(one.words);
    EXPECT_EQ(answer.http_status, one.status) << one.words;
    EXPECT_EQ(answer.problem.code, one.code) << one.words;
    EXPECT_TRUE(answer.sealed.empty());
  }
  EXPECT_EQ(shop.view(id).status, OrderStatus::kOpen);
  EXPECT_EQ(shop.service->order_view(id, "oat_wrong").error().code(), ErrorCode::kForbidden);
  EXPECT_EQ(shop.service->order_view(nobody, shop.derivation.access_token(nobody)).error().code(),
            ErrorCode::kNotFound);
}

TEST(Life, AShopperTakesBackAnOpenOrderOnceAlsoAcrossARestart) {
  TestShop shop(without_payment());
  shop.stock(kShirt, 10);
  const OrderId id = place_one(shop, "key-1", "tok_approve");
  const std::string words = shop.call_words("cancel", id, "n1");
  const auto answer = shop.call(words);
  EXPECT_EQ(answer.http_status, 200);
  EXPECT_NE(answer.sealed.find("shopper_request"), std::string::npos);
  EXPECT_EQ(shop.levels(kShirt), (inventory::Levels{10, 10, 0, 0}));
  shop.start();
  EXPECT_EQ(shop.call(words).problem.code, "nonce_used");
  EXPECT_EQ(shop.call(shop.call_words("cancel", id, "n2")).problem.code, "version_conflict");
  EXPECT_EQ(shop.breaches(), "");
}

TEST(Life, AnEdgeCannotBackdateASealedCall) {
  TestShop shop(without_payment());
  shop.stock(kShirt, 10);
  const OrderId id = place_one(shop, "key-1", "tok_approve");
  const auto call_at = [&](const std::string& words, UtcTime received_at) {
    std::promise<void> answered;
    shop.calls->call(words, received_at, [&](const auto&) { answered.set_value(); });
    answered.get_future().wait();
    return shop.opener.judged_at.load() - shop.clock.now();
  };
  EXPECT_EQ(call_at(shop.call_words("read", id, "n1"), shop.clock.now() - 1min), -1min);
  EXPECT_EQ(call_at(shop.call_words("read", id, "n2"), shop.clock.now() - 1h), -5min);
  EXPECT_EQ(call_at(shop.call_words("read", id, "n3"), shop.clock.now() + 1h), 5min);
  // The nonce of a box is kept for as long as any edge could still have the box opened.
  (void)call_at(shop.call_words("cancel", id, "n4"), shop.clock.now());
  EXPECT_EQ(shop.number("SELECT expires_at FROM used_nonces"),
            to_unix_ms(shop.clock.now() + 10min + 5min));
}

TEST(Life, StaffPageThroughOrders) {
  TestShop shop(without_payment());
  shop.stock(kShirt, 100);
  std::vector<contract::PlaceOrder> batch;
  for (int i = 0; i < 25; ++i) {
    batch.push_back(shop.order("key-" + std::to_string(i), {{kShirt, 1}}));
  }
  (void)shop.place(std::move(batch));
  ASSERT_TRUE(
      shop.service->cancel(shop.derivation.order_id("key-3"), "staff_request", kStaff).has_value());
  std::vector<std::int64_t> seen;
  OrderQuery query{.status = OrderStatus::kOpen, .limit = 10};
  do {
    const auto page = shop.service->list(query).value();
    for (const auto& item : page.items) {
      seen.push_back(item.order_number);
    }
    query.before = page.next_before;
  } while (query.before.has_value());
  EXPECT_EQ(seen.size(), 24u);
  EXPECT_TRUE(std::is_sorted(seen.rbegin(), seen.rend()));
  EXPECT_EQ(shop.service->list({.limit = 100})->items.size(), 25u);
  EXPECT_EQ(shop.service->list({.limit = 0}).error().code(), ErrorCode::kInvalidArgument);
  EXPECT_EQ(shop.service->list({.limit = 101}).error().code(), ErrorCode::kInvalidArgument);
}

TEST(Life, EdgesHearThatTheLastUnitIsGone) {
  TestShop shop(without_payment());
  shop.stock(kShirt, 1);
  std::mutex mutex;
  std::condition_variable told;
  std::optional<contract::Availability> shirts;
  const auto subscription =
      shop.availability->subscribe([&](const contract::CapacityUpdate& update) {
        const std::lock_guard lock(mutex);
        for (const auto& change : update.changes) {
          shirts = change.availability;
        }
        told.notify_all();
      });
  const auto hears = [&](contract::Availability wanted) {
    std::unique_lock lock(mutex);
    return told.wait_for(lock, 20s, [&] { return shirts == wanted; });
  };
  shop.availability->touched(std::span(&kShirt, 1));
  EXPECT_TRUE(hears(contract::Availability::kLow));
  ASSERT_NE(placed(shop.place(shop.order("key-1", {{kShirt, 1}}))), nullptr);
  EXPECT_TRUE(hears(contract::Availability::kSoldOut));
  ASSERT_TRUE(
      shop.service->cancel(shop.derivation.order_id("key-1"), "staff_request", kStaff).has_value());
  EXPECT_TRUE(hears(contract::Availability::kLow));
}

TEST(Life, EdgesHearWhatCoreCanTake) {
  TestShop shop(without_payment());
  shop.stock(kShirt, 1'000'000);
  std::atomic<double> heard{0};
  const auto subscription = shop.availability->subscribe(
      [&](const contract::CapacityUpdate& update) { heard = update.orders_per_second; });
  EXPECT_EQ(heard, 0) << "nothing is known yet";
  const auto patience = std::chrono::steady_clock::now() + 20s;
  for (int i = 0; heard == 0 && std::chrono::steady_clock::now() < patience; ++i) {
    ASSERT_NE(placed(shop.place(shop.order("key-" + std::to_string(i), {{kShirt, 1}}))), nullptr);
  }
  EXPECT_GT(heard, 0);
  EXPECT_GT(shop.service->orders_per_second(), 0);
}

}  // namespace
}  // namespace dermaga::orders

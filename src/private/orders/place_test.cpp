// Placing: what is accepted, refused and answered again.
#include <algorithm>
#include <atomic>
#include <thread>

#include "contract/retry_after.h"
#include "fixture_test.h"

namespace dermaga::orders {
namespace {

using order_state::OrderStatus;
using order_state::PaymentStatus;

Options without_payment() {
  Options options;
  options.charge = false;
  return options;
}

TEST(Place, AnOrderHoldsItsUnitsAndIsStoredSealed) {
  TestShop shop(without_payment());
  shop.stock(kShirt, 10);
  shop.stock(kMug, 5);
  const auto outcome = shop.place(shop.order("key-1", {{kShirt, 2}, {kMug, 1}}));
  ASSERT_NE(placed(outcome), nullptr) << refusal(outcome);
  const auto& view = placed(outcome)->order;
  EXPECT_FALSE(placed(outcome)->replayed);
  EXPECT_EQ(view.status, OrderStatus::kOpen);
  EXPECT_EQ(view.total, Money(2 * kShirtPrice + kMugPrice + kShippingPrice, kRupiah));
  EXPECT_EQ(view.reserved_until, shop.clock.now() + std::chrono::minutes(15));
  EXPECT_EQ(shop.levels(kShirt), (inventory::Levels{10, 8, 2, 0}));
  EXPECT_EQ(shop.levels(kMug), (inventory::Levels{5, 4, 1, 0}));
  EXPECT_EQ(shop.view(view.id).total, view.total);
  for (const std::string_view sql :
       {"SELECT name_sealed FROM customers", "SELECT address_sealed FROM orders"}) {
    ASSERT_TRUE(shop.connection->query(sql, {}, [](const store::Row& row) -> Status {
      EXPECT_EQ(row.blob(0).find("Sari"), std::string_view::npos);
      EXPECT_EQ(row.blob(0).find("Melati"), std::string_view::npos);
      return {};
    }));
  }
  EXPECT_EQ(shop.number("SELECT count(*) FROM outbox WHERE topic = 'order.placed'"), 1);
  EXPECT_EQ(shop.breaches(), "");
}

TEST(Place, TheSameKeyIsAnsweredAgainAndAnotherBodyIsRefused) {
  TestShop shop(without_payment());
  shop.stock(kShirt, 10);
  const auto order = shop.order("key-1", {{kShirt, 1}});
  ASSERT_NE(placed(shop.place(order)), nullptr);
  const auto again = shop.place(order);
  ASSERT_NE(placed(again), nullptr);
  EXPECT_TRUE(placed(again)->replayed);

  // Known keys are answered before a box, a price or a time is judged.
  auto stale = order;
  stale.sealed = "garbage";
  stale.total = Money(1, kRupiah);
  EXPECT_TRUE(placed(shop.place(stale))->replayed);
  shop.clock.advance(std::chrono::hours(100));
  EXPECT_TRUE(placed(shop.place(order))->replayed);

  auto other = order;
  other.body_sha256 = digest::sha256("something else");
  shop.sign(other);
  EXPECT_EQ(refusal(shop.place(other)), "422 idempotency_key_reused");
  EXPECT_EQ(shop.number("SELECT count(*) FROM orders"), 1);
  EXPECT_EQ(shop.breaches(), "");
}

TEST(Place, TheSameKeyTwiceInOneBatch) {
  TestShop shop(without_payment());
  shop.stock(kShirt, 1);
  auto reused = shop.order("key-1", {{kShirt, 1}});
  reused.body_sha256 = digest::sha256("other bytes");
  shop.sign(reused);
  const auto outcomes =
      shop.place({shop.order("key-1", {{kShirt, 1}}), shop.order("key-1", {{kShirt, 1}}), reused});
  ASSERT_NE(placed(outcomes[0]), nullptr);
  EXPECT_FALSE(placed(outcomes[0])->replayed);
  ASSERT_NE(placed(outcomes[1]), nullptr);
  EXPECT_TRUE(placed(outcomes[1])->replayed);
  EXPECT_EQ(refusal(outcomes[2]), "422 idempotency_key_reused");
  EXPECT_EQ(shop.levels(kShirt), (inventory::Levels{1, 0, 1, 0}));
  EXPECT_EQ(shop.breaches(), "");
}

TEST(Place, ARefusedKeyIsJudgedAnew) {
  TestShop shop(without_payment());
  const auto order = shop.order("key-1", {{kShirt, 1}});
  EXPECT_TRUE(std::holds_alternative<contract::OutOfStock>(shop.place(order)));
  shop.stock(kShirt, 1);
  const auto outcome = shop.place(order);
  ASSERT_NE(placed(outcome), nullptr);
  EXPECT_FALSE(placed(outcome)->replayed);
}

TEST(Place, AllLinesOrNoneAndEveryShortLineIsNamed) {
  TestShop shop(without_payment());
  shop.stock(kShirt, 1);
  const auto outcome = shop.place(shop.order("key-1", {{kShirt, 2}, {kMug, 1}}));
  const auto* out = std::get_if<contract::OutOfStock>(&outcome);
  ASSERT_NE(out, nullptr) << refusal(outcome);
  ASSERT_EQ(out->lines.size(), 2u);
  EXPECT_EQ(out->lines[0].variant_id, kShirt);
  EXPECT_EQ(out->lines[0].requested, 2);
  EXPECT_EQ(out->lines[0].available, 1);
  EXPECT_EQ(out->lines[1].available, 0);
  EXPECT_EQ(shop.levels(kShirt).held, 0);
  EXPECT_EQ(shop.number("SELECT count(*) FROM outbox WHERE topic = 'order.placed'"), 0);
}

TEST(Place, ALineMayBeFilledFromTwoLocations) {
  TestShop shop(without_payment());
  shop.stock(kShirt, 2, kShop);
  shop.stock(kShirt, 3, kCellar);
  const auto outcome = shop.place(shop.order("key-1", {{kShirt, 4}}));
  ASSERT_NE(placed(outcome), nullptr);
  const auto details = shop.service->show(placed(outcome)->order.id).value();
  ASSERT_EQ(details.lines.size(), 2u);
  EXPECT_EQ(details.lines[0].quantity + details.lines[1].quantity, 4);
  EXPECT_EQ(details.subtotal, Money(4 * kShirtPrice, kRupiah));
  EXPECT_EQ(shop.breaches(), "");
  // What is left fits nowhere alone, but one location is preferred where it does.
  const auto last = shop.place(shop.order("key-2", {{kShirt, 1}}));
  ASSERT_NE(placed(last), nullptr);
  EXPECT_EQ(shop.service->show(placed(last)->order.id)->lines.size(), 1u);
  EXPECT_EQ(shop.breaches(), "");
}

struct BadOrder {
  const char* name;
  std::function<void(TestShop&, contract::PlaceOrder&)> spoil;
  const char* refusal;
};

TEST(Place, EveryBadOrderGetsItsCodeAndWritesNothing) {
  const BadOrder cases[] = {
      {"no key", [](auto&, auto& o) { o.idempotency_key.clear(); }, "400 invalid_request"},
      {"long key", [](auto&, auto& o) { o.idempotency_key.assign(256, 'x'); },
       "400 invalid_request"},
      {"short hash", [](auto&, auto& o) { o.body_sha256 = "x"; }, "400 invalid_request"},
      {"no lines", [](auto&, auto& o) { o.lines.clear(); }, "400 invalid_request"},
      {"many lines", [](auto&, auto& o) { o.lines.assign(101, {kShirt, 1}); },
       "400 invalid_request"},
      {"zero quantity", [](auto&, auto& o) { o.lines[0].quantity = 0; }, "400 invalid_request"},
      {"negative quantity", [](auto&, auto& o) { o.lines[0].quantity = -1; },
       "400 invalid_request"},
      {"huge quantity", [](auto&, auto& o) { o.lines[0].quantity = 1001; }, "400 invalid_request"},
      {"foreign id", [](auto&, auto& o) { o.id = OrderId::parse("ord_other").value(); },
       "400 order_id_mismatch"},
      {"no receipt", [](auto&, auto& o) { o.receipt = "x"; }, "400 receipt_invalid"},
      {"backdated receipt", [](auto&, auto& o) { o.received_at -= std::chrono::minutes(1); },
       "400 receipt_invalid"},
      {"from the future",
       [](auto& s, auto& o) {
         o.received_at += std::chrono::hours(1);
         s.sign(o);
       },
       "400 receipt_invalid"},
      {"too old",
       [](auto& s, auto& o) {
         o.received_at -= std::chrono::hours(73);
         s.sign(o);
       },
       "422 order_expired"},
      {"garbage box", [](auto&, auto& o) { o.sealed = "garbage"; }, "422 box_unreadable"},
      {"other provider", [](auto&, auto& o) { o.sealed = "other tok_x"; },
       "422 payment_provider_unknown"},
      {"unknown variant",
       [](auto&, auto& o) { o.lines[0].variant_id = VariantId::parse("var_x").value(); },
       "422 unknown_variant"},
      {"line twice", [](auto&, auto& o) { o.lines.push_back(o.lines[0]); }, "422 duplicate_line"},
      {"unknown coupon", [](auto&, auto& o) { o.coupon = "FREE"; }, "422 unknown_coupon"},
      {"unknown method", [](auto&, auto& o) { o.shipping_method = "rocket"; },
       "422 shipping_method_unknown"},
      {"no method", [](auto&, auto& o) { o.shipping_method.clear(); },
       "422 shipping_method_missing"},
      {"foreign quote", [](auto&, auto& o) { o.quote = "q1.abc.def"; }, "422 quote_invalid"},
      {"no catalog", [](auto& s, auto&) { s.prices.close(); }, "503 unavailable"},
  };
  for (const BadOrder& bad : cases) {
    TestShop shop(without_payment());
    shop.stock(kShirt, 10);
    auto order = shop.order("key-1", {{kShirt, 1}});
    bad.spoil(shop, order);
    EXPECT_EQ(refusal(shop.place(order)), bad.refusal) << bad.name;
    EXPECT_EQ(shop.number("SELECT count(*) FROM orders"), 0) << bad.name;
    EXPECT_EQ(shop.number("SELECT count(*) FROM outbox WHERE topic = 'order.placed'"), 0);
    EXPECT_EQ(shop.levels(kShirt).available, 10) << bad.name;
  }
}

TEST(Place, ABadOrderNeverFailsItsNeighbours) {
  TestShop shop(without_payment());
  shop.stock(kShirt, 10);
  auto broken = shop.order("key-2", {{kShirt, 1}});
  broken.sealed = "garbage";
  auto poor = shop.order("key-3", {{kMug, 1}});
  const auto outcomes = shop.place(
      {shop.order("key-1", {{kShirt, 1}}), broken, poor, shop.order("key-4", {{kShirt, 1}})});
  EXPECT_NE(placed(outcomes[0]), nullptr);
  EXPECT_EQ(refusal(outcomes[1]), "422 box_unreadable");
  EXPECT_TRUE(std::holds_alternative<contract::OutOfStock>(outcomes[2]));
  EXPECT_NE(placed(outcomes[3]), nullptr);
  EXPECT_EQ(shop.breaches(), "");
}

TEST(Place, AnOrderThatTheDatabaseRefusesNeverFailsItsNeighbours) {
  TestShop shop(without_payment());
  shop.stock(kShirt, 100);
  shop.refuse("orders", "new.idempotency_key = 'key-5'");
  std::vector<contract::PlaceOrder> batch;
  for (int i = 0; i < 10; ++i) {
    batch.push_back(shop.order("key-" + std::to_string(i), {{kShirt, 1}}));
  }
  const auto outcomes = shop.place(std::move(batch));
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(refusal(outcomes[i]), i == 5 ? "503 unavailable" : "") << i;
  }
  EXPECT_EQ(shop.levels(kShirt).held, 9);
  EXPECT_EQ(shop.breaches(), "");
}

TEST(Place, ThePriceThatChangedIsToldUnlessAQuoteHolds) {
  TestShop shop(without_payment());
  shop.stock(kShirt, 10);
  auto order = shop.order("key-1", {{kShirt, 1}});
  const auto book = shop.prices.current();
  const auto quote = std::get<pricing::Quote>(pricing::quote_basket(
      *book,
      {.lines = {{kShirt, 1}}, .destination = order.destination, .shipping_method = "standard"}));
  const derivation::Derivation::QuoteClaims claims{
      .quote = quote,
      .destination = order.destination,
      .shipping_method = "standard",
      .catalog_version = 1,
      .expires_at = shop.clock.now() + std::chrono::minutes(15)};
  shop.prices.publish(2, kShirtPrice + 1'000);

  const auto changed = shop.place(order);
  const auto* now = std::get_if<contract::PriceChanged>(&changed);
  ASSERT_NE(now, nullptr) << refusal(changed);
  EXPECT_EQ(now->quote.total, Money(kShirtPrice + 1'000 + kShippingPrice, kRupiah));

  order.quote = shop.derivation.quote_token(claims);
  auto other_lines = order;
  other_lines.lines[0].quantity = 2;
  EXPECT_EQ(refusal(shop.place(other_lines)), "422 quote_mismatch");
  auto other_place = order;
  other_place.destination.country = "SG";
  EXPECT_EQ(refusal(shop.place(other_place)), "422 quote_mismatch");
  auto other_total = order;
  other_total.total = Money(1, kRupiah);
  EXPECT_EQ(refusal(shop.place(other_total)), "422 quote_mismatch");

  auto forged = claims;
  forged.quote.total = Money(1, kRupiah);
  auto cheap = order;
  cheap.total = Money(1, kRupiah);
  cheap.quote = shop.derivation.quote_token(forged);  // as an edge that lost its head could sign it
  EXPECT_EQ(refusal(shop.place(cheap)), "422 quote_mismatch");

  auto late = order;
  late.received_at = claims.expires_at;
  shop.clock.advance(std::chrono::minutes(15));
  shop.sign(late);
  EXPECT_TRUE(std::holds_alternative<contract::PriceChanged>(shop.place(late)));

  // Judged at the time of receipt, not at the time core gets it.
  const auto outcome = shop.place(order);
  ASSERT_NE(placed(outcome), nullptr) << refusal(outcome);
  EXPECT_EQ(placed(outcome)->order.total, quote.total);
  EXPECT_EQ(shop.service->show(placed(outcome)->order.id)->catalog_version, 1u);
  EXPECT_EQ(shop.breaches(), "");
}

TEST(Place, AFullQueueIsToldAtOnce) {
  Options options = without_payment();
  options.queue_max = 4;
  TestShop shop(options);
  shop.stock(kShirt, 100);
  std::vector<contract::PlaceOrder> batch;
  for (int i = 0; i < 10; ++i) {
    batch.push_back(shop.order("key-" + std::to_string(i), {{kShirt, 1}}));
  }
  const auto outcomes = shop.place(std::move(batch));
  int taken = 0;
  for (const auto& outcome : outcomes) {
    if (placed(outcome) != nullptr) {
      ++taken;
    } else {
      EXPECT_EQ(refusal(outcome), "503 overloaded");
      EXPECT_GT(std::get<contract::Refused>(outcome).retry_after_s, 0);
    }
  }
  EXPECT_EQ(taken, 4);
  EXPECT_TRUE(shop.place(std::vector<contract::PlaceOrder>{}).empty());
  EXPECT_EQ(shop.service->stats().inside, 0u);
}

// Retry-After is the time that a full queue takes at the measured rate.
TEST(Place, AFullQueueSaysWhenItWillHaveRoom) {
  Options options = without_payment();
  options.queue_max = 3'000;
  TestShop shop(options);
  shop.stock(kShirt, 1'000'000);
  const auto refusal_of_one_too_many = [&](const std::string& name) {
    std::vector<contract::PlaceOrder> batch;
    for (int i = 0; i < 3'001; ++i) {
      batch.push_back(shop.order(name + std::to_string(i), {{kShirt, 1}}));
    }
    return std::get<contract::Refused>(shop.place(std::move(batch)).back());
  };
  EXPECT_EQ(refusal_of_one_too_many("early-").retry_after_s, contract::kRetryAfterUnknown_s);

  shop.start();
  const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  for (int i = 0; shop.service->orders_per_second() == 0; ++i) {
    ASSERT_LT(std::chrono::steady_clock::now(), patience);
    ASSERT_NE(placed(shop.place(shop.order("one-" + std::to_string(i), {{kShirt, 1}}))), nullptr);
  }
  const double measured = shop.service->orders_per_second();
  const auto refusal = refusal_of_one_too_many("late-");
  EXPECT_EQ(refusal.code, "overloaded");
  EXPECT_EQ(refusal.retry_after_s, contract::retry_after_s(3'000, measured)) << measured;
}

TEST(Place, SixtyFourBuyersRaceForTwoHundredUnits) {
  TestShop shop(without_payment());
  shop.stock(kShirt, 200);
  constexpr int kBuyers = 64;
  constexpr int kAttempts = 1'000;
  std::atomic<int> next{0};
  std::atomic<int> sold{0};
  std::atomic<int> told_out{0};
  std::vector<std::thread> buyers;
  for (int i = 0; i < kBuyers; ++i) {
    buyers.emplace_back([&] {
      for (int attempt = next++; attempt < kAttempts; attempt = next++) {
        const auto outcome =
            shop.place(shop.order("race-" + std::to_string(attempt), {{kShirt, 1}}));
        sold += placed(outcome) != nullptr ? 1 : 0;
        told_out += std::holds_alternative<contract::OutOfStock>(outcome) ? 1 : 0;
      }
    });
  }
  for (std::thread& buyer : buyers) {
    buyer.join();
  }
  EXPECT_EQ(sold, 200);
  EXPECT_EQ(told_out, kAttempts - 200);
  EXPECT_EQ(shop.levels(kShirt), (inventory::Levels{200, 0, 200, 0}));
  EXPECT_EQ(shop.breaches(), "");
}

// A database whose commits fail from some moment on, as a disk does.
class FailingConnection final : public store::Connection {
 public:
  FailingConnection(std::unique_ptr<store::Connection> real, std::atomic<bool>& broken)
      : real_(std::move(real)), broken_(broken) {}
  Result<std::int64_t> execute(std::string_view sql,
                               std::span<const store::Parameter> parameters) override {
    return real_->execute(sql, parameters);
  }
  Result<std::int64_t> execute_many(std::string_view sql, std::size_t per_row,
                                    std::span<const store::Parameter> parameters) override {
    return real_->execute_many(sql, per_row, parameters);
  }
  Status query(std::string_view sql, std::span<const store::Parameter> parameters,
               const store::RowCallback& row) override {
    return real_->query(sql, parameters, row);
  }
  Status insert_many(std::string_view table, std::span<const std::string_view> columns,
                     std::span<const store::Parameter> parameters) override {
    return real_->insert_many(table, columns, parameters);
  }
  Status select_by_keys(std::string_view table, std::string_view columns, std::string_view key,
                        std::span<const store::Parameter> keys, bool lock,
                        const store::RowCallback& row) override {
    return real_->select_by_keys(table, columns, key, keys, lock, row);
  }
  Status begin() override { return real_->begin(); }
  Status commit() override {
    if (broken_) {
      return make_error(ErrorCode::kIo, "fsync: Input/output error");
    }
    return real_->commit();
  }
  void rollback() override { real_->rollback(); }

 private:
  std::unique_ptr<store::Connection> real_;
  std::atomic<bool>& broken_;
};
class FailingDatabase final : public store::Database {
 public:
  explicit FailingDatabase(store::Database& real) : real_(real) {}
  Result<std::unique_ptr<store::Connection>> connect() override {
    ASSIGN_OR_RETURN(auto connection, real_.connect());
    return std::make_unique<FailingConnection>(std::move(connection), broken);
  }
  Result<std::unique_ptr<store::Connection>> connect_read_only() override {
    return real_.connect_read_only();
  }
  std::string_view dialect() const override { return real_.dialect(); }
  std::atomic<bool> broken{false};

 private:
  store::Database& real_;
};

TEST(Place, AFailedCommitStopsTheProcessAndPromisesNothing) {
  TestShop shop(without_payment());
  shop.stock(kShirt, 10);
  shop.service.reset();
  FailingDatabase failing(*shop.database);
  std::promise<std::string> stopped;
  Options options = without_payment();
  options.on_fatal = [&](std::string_view reason) { stopped.set_value(std::string(reason)); };
  shop.service = OrderService::start({.database = failing,
                                      .derivation = shop.derivation,
                                      .vault = *shop.keys,
                                      .prices = shop.prices,
                                      .boxes = shop.opener,
                                      .payments = *shop.provider,
                                      .availability = *shop.availability,
                                      .clock = shop.clock,
                                      .random = system_random()},
                                     options)
                     .value();
  EXPECT_NE(placed(shop.place(shop.order("key-1", {{kShirt, 1}}))), nullptr);
  failing.broken = true;
  EXPECT_EQ(refusal(shop.place(shop.order("key-2", {{kShirt, 1}}))), "503 outcome_unknown");
  EXPECT_NE(stopped.get_future().get().find("fsync"), std::string::npos);
  // Nothing is taken any more, and the real process is gone by now.
  EXPECT_EQ(refusal(shop.place(shop.order("key-3", {{kShirt, 1}}))), "503 unavailable");
  shop.service.reset();
  EXPECT_EQ(shop.breaches(), "");
}

}  // namespace
}  // namespace dermaga::orders

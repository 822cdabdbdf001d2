// Orders of people with an account.
#include "fixture_test.h"
#include "json/reader.h"

namespace dermaga::orders {
namespace {

using order_state::OrderStatus;

const CustomerId kSari = CustomerId::parse("cus_sari").value();
const CustomerId kBudi = CustomerId::parse("cus_budi").value();

// Sessions are called after whose they are.
class Sessions final : public AccountFinder {
 public:
  Result<CustomerId> account_of(const vault::SessionSecret& session,
                                const std::string& reply_thumbprint) override {
    if (reply_thumbprint != key_named('k').thumbprint() || session.reveal() == "over") {
      return make_error(ErrorCode::kUnauthenticated, "the session is over");
    }
    if (session.reveal() == "down") {
      return make_error(ErrorCode::kUnavailable, "the store does not answer");
    }
    return CustomerId::parse("cus_" + std::string(session.reveal()));
  }
};

// Sari's card_good and card_poor.
class Cards final : public SavedCards {
 public:
  Result<std::optional<vault::PaymentToken>> tokenize(
      Use use, payments::PaymentProvider& provider) override {
    EXPECT_EQ(use.security_code.reveal(), "123");
    const std::string& card = use.card.str();
    if (use.account != kSari || card == "card_none") {
      return std::nullopt;
    }
    if (card == "card_down" || card == "card_tried") {
      return make_error(card == "card_down" ? ErrorCode::kUnavailable : ErrorCode::kRateLimited,
                        "not now");
    }
    ASSIGN_OR_RETURN(
        auto token,
        provider.tokenize({.number = vault::CardNumber(card == "card_good" ? "4242424242424242"
                                                                           : "4000000000000002"),
                           .expiry_month = 12,
                           .expiry_year = 2030,
                           .security_code = std::move(use.security_code)}));
    return token;
  }
};

class AccountOrders : public testing::Test {
 protected:
  explicit AccountOrders(bool charge = false) : shop_(Options{.charge = charge}) {
    shop_.accounts = &sessions_;
    shop_.cards = &cards_;
    shop_.start();
    shop_.stock(kShirt, 100);
    add_account(kSari);
    add_account(kBudi);
  }
  void add_account(const CustomerId& id) {
    const store::Parameter row[] = {std::string_view(id.str()), store::Blob{id.str()}};
    CHECK(shop_.connection
              ->execute("INSERT INTO accounts VALUES ($1, $2, $2, 1, $2, $2, $2, 'id', 'hash', 1, "
                        "1, 1, 1)",
                        row)
              .has_value());
  }
  OrderId place_as(const std::string& key, const std::string& session) {
    const auto order = shop_.order(key, {{kShirt, 1}}, "as " + session + " tok_approve");
    const auto outcome = shop_.place(order);
    EXPECT_NE(placed(outcome), nullptr) << refusal(outcome);
    return order.id;
  }
  std::vector<OrderId> history(const CustomerId& account, std::optional<std::int64_t> before = {},
                               std::size_t limit = 10) {
    std::vector<OrderId> ids;
    for (const auto& item : shop_.service->history(account, before, limit).value()) {
      ids.push_back(item.view.id);
    }
    return ids;
  }

  Sessions sessions_;
  Cards cards_;
  TestShop shop_;
};

class PaidAccountOrders : public AccountOrders {
 protected:
  PaidAccountOrders() : AccountOrders(true) {}
};

TEST_F(AccountOrders, StandInTheHistoryOfWhoeverIsSignedIn) {
  const OrderId first = place_as("key-1", "sari");
  const OrderId second = place_as("key-2", "sari");
  const OrderId other = place_as("key-3", "budi");
  ASSERT_NE(placed(shop_.place(shop_.order("key-4", {{kShirt, 1}}))), nullptr);
  EXPECT_EQ(history(kSari), (std::vector{second, first}));
  EXPECT_EQ(history(kBudi), std::vector{other});
  EXPECT_EQ(history(kSari, {}, 1), std::vector{second});
  const auto newest = shop_.service->history(kSari, {}, 1).value().front().order_number;
  EXPECT_EQ(history(kSari, newest), std::vector{first});
  EXPECT_EQ(place_as("key-1", "sari"), first) << "replayed";
  EXPECT_EQ(history(kSari).size(), 2u);
}

TEST_F(AccountOrders, OfOneBatchAreDecidedTogether) {
  std::vector<contract::PlaceOrder> batch;
  for (int i = 0; i < 12; ++i) {
    const std::string box = i % 3 == 0   ? "tok_approve"
                            : i % 3 == 1 ? "as sari tok_approve"
                                         : "as budi tok_approve";
    batch.push_back(shop_.order("key-" + std::to_string(i), {{kShirt, 1}}, box));
  }
  for (const auto& outcome : shop_.place(std::move(batch))) {
    EXPECT_NE(placed(outcome), nullptr) << refusal(outcome);
  }
  EXPECT_EQ(history(kSari).size(), 4u);
  EXPECT_EQ(history(kBudi).size(), 4u);
}

TEST_F(AccountOrders, AreShownToNobodyElse) {
  const OrderId id = place_as("key-1", "sari");
  const std::string shown = shop_.service->details(kSari, id, true).value();
  EXPECT_NE(shown.find("Jalan Melati 5"), std::string::npos);
  EXPECT_NE(shown.find(shop_.derivation.access_token(id)), std::string::npos);
  EXPECT_TRUE(json::Document::parse(shown).has_value());
  EXPECT_EQ(shop_.service->details(kSari, id, false)->find("access_token"), std::string::npos);
  EXPECT_EQ(shop_.service->details(kBudi, id, true).error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(shop_.service->cancel_own(kBudi, id).error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(shop_.view(id).status, OrderStatus::kOpen);
  EXPECT_EQ(shop_.service->cancel_own(kSari, id)->status, OrderStatus::kCancelled);
  EXPECT_EQ(shop_.service->cancel_own(kSari, id).error().code(), ErrorCode::kVersionConflict);
}

TEST_F(AccountOrders, AreRefusedWhereTheSessionIsOverAndHoldNothing) {
  const auto over = shop_.order("key-1", {{kShirt, 1}}, "as over tok_approve");
  EXPECT_EQ(refusal(shop_.place(over)), "401 session_ended");
  EXPECT_EQ(refusal(shop_.place(shop_.order("key-2", {{kShirt, 1}}, "as down tok_approve"))),
            "503 unavailable");
  EXPECT_EQ(shop_.levels(kShirt), (inventory::Levels{100, 100, 0, 0}));
  EXPECT_EQ(shop_.number("SELECT COUNT(*) FROM orders"), 0);
}

// What a spool answered is not taken back for that.
TEST_F(AccountOrders, ThatWereDeliveredBecomeAGuestsThen) {
  const auto order = shop_.order("key-1", {{kShirt, 1}}, "as over tok_approve");
  std::promise<std::vector<contract::PlaceOutcome>> promise;
  shop_.service->deliver({.spool_id = "spool-1", .orders = {{.order = order, .lease_epoch = 0}}},
                         [&](auto outcomes) { promise.set_value(std::move(outcomes)); });
  const auto outcomes = promise.get_future().get();
  ASSERT_NE(placed(outcomes.front()), nullptr) << refusal(outcomes.front());
  EXPECT_EQ(shop_.number("SELECT COUNT(*) FROM account_orders"), 0);
}

TEST_F(AccountOrders, ThatAreDeclinedKeepWhoseTheyAre) {
  const auto order = shop_.order("key-1", {{kMug, 1}}, "as sari tok_approve");  // there are none
  std::promise<std::vector<contract::PlaceOutcome>> promise;
  shop_.service->deliver({.spool_id = "spool-1", .orders = {{.order = order, .lease_epoch = 0}}},
                         [&](auto outcomes) { promise.set_value(std::move(outcomes)); });
  ASSERT_NE(placed(promise.get_future().get().front()), nullptr);
  EXPECT_EQ(shop_.number("SELECT COUNT(*) FROM declined_orders WHERE account_id = 'cus_sari'"), 1);
}

TEST_F(PaidAccountOrders, WithASavedCardArePaidAsWithATypedOne) {
  const auto good = shop_.order("key-1", {{kShirt, 1}}, "as sari saved card_good");
  ASSERT_NE(placed(shop_.place(good)), nullptr);
  EXPECT_TRUE(shop_.wait_for_payment(good.id, order_state::PaymentStatus::kPaid));
  const auto poor = shop_.order("key-2", {{kShirt, 1}}, "as sari saved card_poor");
  ASSERT_NE(placed(shop_.place(poor)), nullptr);
  EXPECT_TRUE(shop_.wait_for_payment(poor.id, order_state::PaymentStatus::kFailed));
  ASSERT_TRUE(shop_.connection->execute("DELETE FROM account_orders").has_value());
  ASSERT_TRUE(shop_.connection->execute("DELETE FROM accounts").has_value());  // made up
  EXPECT_EQ(shop_.breaches(), "");
}

TEST_F(AccountOrders, WithASavedCardNeedItsAccount) {
  int keys = 0;
  const auto answer_to = [&](const std::string& box) {
    return refusal(shop_.place(shop_.order("key-" + std::to_string(++keys), {{kShirt, 1}}, box)));
  };
  EXPECT_EQ(answer_to("as budi saved card_good"), "422 saved_card_unknown");
  EXPECT_EQ(answer_to("as sari saved card_none"), "422 saved_card_unknown");
  EXPECT_EQ(answer_to("saved card_good"), "422 saved_card_unknown") << "a guest";
  EXPECT_EQ(answer_to("as over saved card_good"), "401 session_ended");
  EXPECT_EQ(answer_to("as sari saved card_down"), "503 payment_unavailable");
  EXPECT_EQ(answer_to("as sari saved card_tried"), "429 rate_limited");
  shop_.cards = nullptr;
  shop_.start();
  EXPECT_EQ(answer_to("as sari saved card_good"), "422 saved_card_unknown") << "no vault";
  EXPECT_EQ(shop_.levels(kShirt), (inventory::Levels{100, 100, 0, 0}));
}

// A card of an account whose session is over is nobody's to use.
TEST_F(AccountOrders, WithASavedCardThatAreDeliveredTooLateAreDeclined) {
  const auto order = shop_.order("key-1", {{kShirt, 1}}, "as over saved card_good");
  std::promise<std::vector<contract::PlaceOutcome>> promise;
  shop_.service->deliver({.spool_id = "spool-1", .orders = {{.order = order, .lease_epoch = 0}}},
                         [&](auto outcomes) { promise.set_value(std::move(outcomes)); });
  const auto outcomes = promise.get_future().get();
  ASSERT_NE(placed(outcomes.front()), nullptr) << refusal(outcomes.front());
  EXPECT_EQ(placed(outcomes.front())->order.cancel_reason, "saved_card_unknown");
  EXPECT_EQ(shop_.levels(kShirt), (inventory::Levels{100, 100, 0, 0}));
}

TEST_F(AccountOrders, OfAnAccountThatWasErasedMeanwhileAreAGuests) {
  ASSERT_TRUE(shop_.connection->execute("DELETE FROM accounts").has_value());
  place_as("key-1", "sari");
  EXPECT_EQ(shop_.number("SELECT COUNT(*) FROM account_orders"), 0);
  EXPECT_EQ(shop_.number("SELECT COUNT(*) FROM orders"), 1);
}

}  // namespace
}  // namespace dermaga::orders

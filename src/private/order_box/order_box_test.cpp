#include "order_box/order_box.h"
#include "order_box/calls.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>

#include "fields.h"
#include "random/random.h"
#include "sealing/key_set.h"

namespace dermaga::order_box {
namespace {

constexpr std::string_view kReplyKey =
    R"({"kty":"EC","crv":"P-256","x":"weNJy2HscCSM6AEDTDg04biOvhFhyyWvOHQfeF_PxMQ",)"
    R"("y":"e8lnCO-AlStT-NJVX-crhB7QRYhiix03illJOVAOyck"})";
const std::string kNonce = "AAAAAAAAAAAAAAAAAAAAAA";

// Replaces the first `from`, which must be there.
std::string with(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  CHECK(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

class OrderBoxTest : public testing::Test {
 protected:
  OrderBoxTest() {
    char pattern[] = "/tmp/dermaga-order-box-XXXXXX";
    folder_ = mkdtemp(pattern);
    vault_ = vault::Vault::open(folder_, system_random()).value();
    keyring_ = SealingKeyring::open(*vault_, signer_, clock_).value();
    key_ = sealing::read_key_set(keyring_->public_set_json(), "").value().front();

    order_.idempotency_key = "checkout-1";
    order_.lines = {{VariantId::parse("var_a").value(), 2}};
    order_.destination = {"ID", "ID-JK", "10110"};
    order_.shipping_method = "regular";
    order_.total = Money(487'000, Currency::parse("IDR").value());
    order_.received_at = clock_.now();
  }
  ~OrderBoxTest() override { std::filesystem::remove_all(folder_); }

  std::string good_order() const {
    sealing::ClearPart clear;
    clear.lines = {{"var_a", 2}};
    clear.destination = order_.destination;
    clear.shipping_method = order_.shipping_method;
    clear.total = order_.total;
    return R"({"v":1,"purpose":"order","idempotency_key":"checkout-1","clear_hash":")" +
           sealing::clear_hash(clear) + R"(","expires_at":")" +
           format_rfc3339(clock_.now() + std::chrono::hours(24)) +
           R"(","locale":"id","customer":{"name":"Sari Dewi","email":"sari@example.com",)"
           R"("phone":"+62 812-3456-789"},"shipping_address":{"name":"Budi","line1":"Jl. Merdeka 1",)"
           R"("line2":"Lt. 2","city":"Jakarta","region":"ID-JK","postal_code":"10110",)"
           R"("country":"ID"},"payment":{"provider":"sandbox","token":"tok_approve"},"reply_key":)" +
           std::string(kReplyKey) + "}";
  }
  std::string good_call() const {
    return R"({"v":1,"purpose":"call","method":"order.read","params":{"order_id":"ord_abc",)"
           R"("access_token":"oat_x"},"reply_key":)" +
           std::string(kReplyKey) + R"(,"nonce":")" + kNonce + R"(","expires_at":")" +
           format_rfc3339(clock_.now() + std::chrono::minutes(5)) + R"("})";
  }

  std::string seal(std::string_view text) const {
    return sealing::seal(key_, text, system_random()).value();
  }
  std::variant<OpenedOrder, BoxRefusal> open(const std::string& text) {
    order_.sealed = seal(text);
    return open_order(*keyring_, order_);
  }
  std::string order_code(const std::string& text) {
    const auto opened = open(text);
    const auto* refused = std::get_if<BoxRefusal>(&opened);
    return refused == nullptr ? "ok" : refused->code;
  }
  std::string call_code(const std::string& text) {
    const auto opened = open_call(*keyring_, seal(text), clock_.now());
    const auto* refused = std::get_if<BoxRefusal>(&opened);
    return refused == nullptr ? "ok" : refused->code;
  }

  std::string folder_;
  std::unique_ptr<vault::Vault> vault_;
  digest::SigningKey signer_ = digest::SigningKey::generate();
  ManualClock clock_{from_unix_ms(1'795'000'000'000)};
  std::unique_ptr<SealingKeyring> keyring_;
  sealing::PublicKey key_;
  contract::PlaceOrder order_;
};

TEST_F(OrderBoxTest, OpensAGoodOrder) {
  const auto opened = open(good_order());
  const auto* order = std::get_if<OpenedOrder>(&opened);
  ASSERT_NE(order, nullptr) << std::get<BoxRefusal>(opened).detail;
  EXPECT_EQ(order->customer.name.reveal(), "Sari Dewi");
  EXPECT_EQ(order->customer.email.reveal(), "sari@example.com");
  EXPECT_EQ(order->customer.phone.reveal(), "+62 812-3456-789");
  EXPECT_EQ(order->shipping_address.name.reveal(), "Budi");
  EXPECT_EQ(order->shipping_address.line1.reveal(), "Jl. Merdeka 1");
  EXPECT_EQ(order->shipping_address.line2.reveal(), "Lt. 2");
  EXPECT_EQ(order->shipping_address.city.reveal(), "Jakarta");
  EXPECT_EQ(order->shipping_address.country.reveal(), "ID");
  EXPECT_EQ(std::get<ProviderToken>(order->payment).token.reveal(), "tok_approve");
  EXPECT_EQ(order->locale, "id");
  EXPECT_EQ(order->expires_at, order_.received_at + std::chrono::hours(24));
  EXPECT_EQ(order->reply_key.thumbprint(),
            sealing::PublicKey::from_jwk_json(kReplyKey).value().thumbprint());
}

TEST_F(OrderBoxTest, OpensACard) {
  const auto opened = open(with(good_order(), R"({"provider":"sandbox","token":"tok_approve"})",
                                R"({"card":{"number":"4242424242424242","expiry_month":12,)"
                                R"("expiry_year":2030,"cvc":"123"}})"));
  const auto* order = std::get_if<OpenedOrder>(&opened);
  ASSERT_NE(order, nullptr) << std::get<BoxRefusal>(opened).detail;
  const Card& card = std::get<Card>(order->payment);
  EXPECT_EQ(card.number.reveal(), "4242424242424242");
  EXPECT_EQ(card.expiry_month, 12);
  EXPECT_EQ(card.expiry_year, 2030);
  EXPECT_EQ(card.security_code.reveal(), "123");
}

TEST_F(OrderBoxTest, OpensASavedCard) {
  const auto opened = open(with(good_order(), R"({"provider":"sandbox","token":"tok_approve"})",
                                R"({"saved_card":{"id":"card_a1","cvc":"1234"}})"));
  const auto* order = std::get_if<OpenedOrder>(&opened);
  ASSERT_NE(order, nullptr) << std::get<BoxRefusal>(opened).detail;
  const SavedCard& card = std::get<SavedCard>(order->payment);
  EXPECT_EQ(card.id.str(), "card_a1");
  EXPECT_EQ(card.security_code.reveal(), "1234");
}

TEST_F(OrderBoxTest, OptionalMembersMayBeAbsent) {
  std::string text = with(good_order(), R"("name":"Budi",)", "");
  text = with(text, R"("line2":"Lt. 2",)", "");
  EXPECT_EQ(order_code(text), "ok");
}

TEST_F(OrderBoxTest, TextThatIsNotAnOrder) {
  for (const std::string& text :
       {std::string("{"), std::string("[]"), std::string("1"), std::string("{}"),
        good_order() + "x", with(good_order(), "\"v\":1", "\"v\":2"),
        with(good_order(), "\"v\":1", "\"v\":\"1\""),
        with(good_order(), "\"locale\":", "\"v\":1,\"locale\":"),
        with(good_order(), "Sari", "\xff\xfe")}) {
    EXPECT_EQ(order_code(text), "box_malformed") << text;
  }
  EXPECT_EQ(order_code(good_call()), "box_purpose");
  EXPECT_EQ(order_code(with(good_order(), R"("purpose":"order",)", "")), "box_purpose");
  EXPECT_EQ(order_code(with(good_order(), R"("purpose":"order")", R"("purpose":1)")),
            "box_purpose");
}

TEST_F(OrderBoxTest, BoxesThatDoNotOpen) {
  order_.sealed = "garbage";
  EXPECT_EQ(std::get<BoxRefusal>(open_order(*keyring_, order_)).code, "box_malformed");
  order_.sealed = seal(good_order());
  order_.sealed.back() = order_.sealed.back() == 'A' ? 'Q' : 'A';
  EXPECT_EQ(std::get<BoxRefusal>(open_order(*keyring_, order_)).code, "box_unreadable");
  key_.kid = "other";
  EXPECT_EQ(order_code(good_order()), "box_unknown_key");
}

TEST_F(OrderBoxTest, ABoxBelongsToOneOrder) {
  const std::string text = good_order();
  const contract::PlaceOrder original = order_;
  const auto code_after = [&](auto change) {
    order_ = original;
    change(order_);
    return order_code(text);
  };
  EXPECT_EQ(code_after([](auto& o) { o.idempotency_key = "checkout-2"; }),
            "box_idempotency_key_mismatch");
  EXPECT_EQ(code_after([](auto& o) { o.lines[0].quantity = 1; }), "box_clear_mismatch");
  EXPECT_EQ(code_after([](auto& o) { o.lines.push_back(o.lines[0]); }), "box_clear_mismatch");
  EXPECT_EQ(code_after([](auto& o) { o.destination.postal_code = "10111"; }), "box_clear_mismatch");
  EXPECT_EQ(code_after([](auto& o) { o.shipping_method = "express"; }), "box_clear_mismatch");
  EXPECT_EQ(code_after([](auto& o) { o.total = Money(1, o.total.currency()); }),
            "box_clear_mismatch");
  EXPECT_EQ(code_after([](auto&) {}), "ok");
}

TEST_F(OrderBoxTest, SealedAddressAndClearDestinationAgree) {
  for (const auto& [from, to] :
       {std::pair<std::string, std::string>{R"("country":"ID")", R"("country":"SG")"},
        {R"("region":"ID-JK",)", R"("region":"ID-JB",)"},
        {R"("region":"ID-JK",)", ""},
        {R"("postal_code":"10110",)", R"("postal_code":"10111",)"},
        {R"("postal_code":"10110",)", ""}}) {
    EXPECT_EQ(order_code(with(good_order(), from, to)), "box_destination_mismatch") << to;
  }
}

TEST_F(OrderBoxTest, ExpiryIsJudgedAtTheTimeOfReceipt) {
  const std::string text = good_order();
  order_.received_at = clock_.now() + std::chrono::hours(24) - std::chrono::milliseconds(1);
  EXPECT_EQ(order_code(text), "ok");
  order_.received_at = clock_.now() + std::chrono::hours(24);
  EXPECT_EQ(order_code(text), "box_expired");
  order_.received_at = clock_.now() - std::chrono::hours(48);
  EXPECT_EQ(order_code(text), "ok");
  order_.received_at = clock_.now() - std::chrono::hours(49);
  EXPECT_EQ(order_code(text), "box_field_invalid");
}

TEST_F(OrderBoxTest, InvalidFields) {
  const std::string card_head = R"({"card":{"number":"4242424242424242",)";
  const std::string payment = R"({"provider":"sandbox","token":"tok_approve"})";
  const std::pair<std::string, std::string> cases[] = {
      {R"("locale":"id",)", R"("locale":"ID",)"},
      {R"("locale":"id",)", R"("locale":"",)"},
      {R"("locale":"id",)", ""},
      {R"("locale":"id",)", R"("locale":"id","extra":1,)"},
      {R"("expires_at":"20)", R"("expires_at":"x20)"},
      {R"("name":"Sari Dewi")", R"("name":"")"},
      {R"("name":"Sari Dewi")", R"("name":"   ")"},
      {R"("name":"Sari Dewi")", R"("name":"Sari\nDewi")"},
      {R"("name":"Sari Dewi")", R"("name":"Sari\u0000Dewi")"},
      {R"("name":"Sari Dewi")", R"("name":7)"},
      {R"("name":"Sari Dewi")", R"("name":")" + std::string(201, 'x') + "\""},
      {R"("name":"Sari Dewi",)", ""},
      {R"("email":"sari@example.com")", R"("email":"sari")"},
      {R"("email":"sari@example.com")", R"("email":"@example.com")"},
      {R"("email":"sari@example.com")", R"("email":"sari@")"},
      {R"("email":"sari@example.com")", R"("email":"a@b@c")"},
      {R"("email":"sari@example.com")", R"("email":"a b@c")"},
      {R"("phone":"+62 812-3456-789")", R"("phone":"call me")"},
      {R"("phone":"+62 812-3456-789")", R"("phone":"+62")"},
      {R"("phone":"+62 812-3456-789")", R"("phone":"+62 812-3456-789","fax":"1")"},
      {R"("line1":"Jl. Merdeka 1")", R"("line1":"")"},
      {R"("city":"Jakarta",)", ""},
      {R"("country":"ID")", R"("country":"id")"},
      {R"("country":"ID")", R"("country":"Indonesia")"},
      {R"("country":"ID")", R"("country":"ID","planet":"x")"},
      {payment, "{}"},
      {payment, R"({"provider":"sandbox"})"},
      {payment, R"({"provider":"sandbox","token":""})"},
      {payment, R"({"provider":"sandbox","token":"tok with space"})"},
      {payment, R"({"provider":"sandbox","token":"t","card":{}})"},
      {payment, R"({"saved_card":{"id":"card_a","cvc":"123"},"provider":"sandbox"})"},
      {payment, R"({"saved_card":{"id":"adr_a","cvc":"123"}})"},
      {payment, R"({"saved_card":{"id":"card_a"}})"},
      {payment, R"({"saved_card":{"id":"card_a","cvc":"12"}})"},
      {payment, R"({"saved_card":{"id":"card_a","cvc":"123","number":"4242424242424242"}})"},
      {payment,
       R"({"card":{"number":"4242424242424241","expiry_month":1,"expiry_year":2030,"cvc":"123"}})"},
      {payment, R"({"card":{"number":"42","expiry_month":1,"expiry_year":2030,"cvc":"123"}})"},
      {payment,
       R"({"card":{"number":"4242 4242 4242 42","expiry_month":1,"expiry_year":2030,"cvc":"123"}})"},
      {payment, card_head + R"("expiry_month":13,"expiry_year":2030,"cvc":"123"}})"},
      {payment, card_head + R"("expiry_month":0,"expiry_year":2030,"cvc":"123"}})"},
      {payment, card_head + R"("expiry_month":1,"expiry_year":30,"cvc":"123"}})"},
      {payment, card_head + R"("expiry_month":1,"expiry_year":2030,"cvc":"12"}})"},
      {payment, card_head + R"("expiry_month":1,"expiry_year":2030,"cvc":"12x"}})"},
      {payment, card_head + R"("expiry_month":1,"expiry_year":2030,"cvc":"123","x":1}})"},
      {std::string(kReplyKey), "{}"},
      {std::string(kReplyKey), "null"},
      {R"("y":"e8lnCO)", R"("y":"e8lnCP)"},
  };
  for (const auto& [from, to] : cases) {
    const auto opened = open(with(good_order(), from, to));
    const auto* refused = std::get_if<BoxRefusal>(&opened);
    ASSERT_NE(refused, nullptr) << to;
    EXPECT_EQ(refused->code, "box_field_invalid") << to;
    EXPECT_FALSE(refused->detail.empty());
    for (const std::string_view sealed : {"4242", "tok_", "Sari", "Merdeka", "sari@"}) {
      EXPECT_EQ(refused->detail.find(sealed), std::string::npos) << refused->detail;
    }
  }
}

TEST_F(OrderBoxTest, OpensGoodCalls) {
  const auto opened = open_call(*keyring_, seal(good_call()), clock_.now());
  const auto* call = std::get_if<OpenedCall>(&opened);
  ASSERT_NE(call, nullptr) << std::get<BoxRefusal>(opened).detail;
  EXPECT_EQ(call->method, CallMethod::kOrderRead);
  EXPECT_EQ(call->order_id.str(), "ord_abc");
  EXPECT_EQ(call->access_token.reveal(), "oat_x");
  EXPECT_EQ(call->nonce, kNonce);
  EXPECT_EQ(call->expires_at, clock_.now() + std::chrono::minutes(5));
  EXPECT_EQ(call_code(with(good_call(), "order.read", "order.cancel")), "ok");

  const auto challenge = open_call(
      *keyring_,
      seal(with(with(good_call(), "order.read", "payment.challenge"), R"("access_token":"oat_x")",
                R"("access_token":"oat_x","code":"123456")")),
      clock_.now());
  ASSERT_TRUE(std::holds_alternative<OpenedCall>(challenge));
  EXPECT_EQ(std::get<OpenedCall>(challenge).code.reveal(), "123456");
}

// Nothing takes a security code to keep it.
TEST_F(OrderBoxTest, ASavedCardComesWithoutItsSecurityCode) {
  const auto save = [&](const std::string& card) {
    return with(with(good_call(), "order.read", "account.save_card"),
                R"("order_id":"ord_abc","access_token":"oat_x")",
                R"("session":"secret","card":)" + card);
  };
  const auto opened = open_call(
      *keyring_, seal(save(R"({"number":"4242424242424242","expiry_month":2,"expiry_year":2031})")),
      clock_.now());
  const auto* call = std::get_if<OpenedCall>(&opened);
  ASSERT_NE(call, nullptr) << std::get<BoxRefusal>(opened).detail;
  ASSERT_TRUE(call->account.card.has_value());
  const CardFace& face = *call->account.card;
  EXPECT_EQ(face.number.reveal(), "4242424242424242");
  EXPECT_EQ(face.expiry_month, 2);
  for (const char* card :
       {R"({"number":"4242424242424242","expiry_month":2,"expiry_year":2031,"cvc":"123"})",
        R"({"number":"4242424242424241","expiry_month":2,"expiry_year":2031})",
        R"({"number":"4242424242424242","expiry_month":13,"expiry_year":2031})",
        R"({"number":"4242424242424242"})", R"("4242424242424242")"}) {
    EXPECT_EQ(call_code(save(card)), "box_field_invalid") << card;
  }
}

TEST_F(OrderBoxTest, RefusedCalls) {
  struct Case {
    std::string from, to, code;
  };
  const Case cases[] = {
      {R"("purpose":"call")", R"("purpose":"order")", "box_purpose"},
      {R"("v":1)", R"("v":3)", "box_malformed"},
      {"order.read", "order.steal", "box_field_invalid"},
      {"order.read", "payment.challenge", "box_field_invalid"},  // without a code
      {R"("access_token":"oat_x")", R"("access_token":"oat_x","code":"1")", "box_field_invalid"},
      {"ord_abc", "var_abc", "box_field_invalid"},
      {R"("access_token":"oat_x")", R"("access_token":"")", "box_field_invalid"},
      {kNonce, kNonce.substr(1), "box_field_invalid"},
      {kNonce, "AAAAAAAAAAAAAAAAAAAAA+", "box_field_invalid"},
      {kNonce, std::string(65, 'A'), "box_field_invalid"},
      {R"("nonce")", R"("extra":1,"nonce")", "box_field_invalid"},
      {std::string(kReplyKey), "[]", "box_field_invalid"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(call_code(with(good_call(), c.from, c.to)), c.code) << c.to;
  }
  EXPECT_EQ(call_code(good_order()), "box_purpose");
  EXPECT_EQ(std::get<BoxRefusal>(open_call(*keyring_, "", clock_.now())).code, "box_malformed");
}

TEST_F(OrderBoxTest, CallsExpire) {
  const auto code_at = [this](UtcTime received_at) {
    const auto opened = open_call(*keyring_, seal(good_call()), received_at);
    const auto* refused = std::get_if<BoxRefusal>(&opened);
    return refused == nullptr ? "ok" : refused->code;
  };
  EXPECT_EQ(code_at(clock_.now() + std::chrono::minutes(5)), "box_expired");
  EXPECT_EQ(code_at(clock_.now() - std::chrono::minutes(5)), "ok");
  EXPECT_EQ(code_at(clock_.now() - std::chrono::minutes(6)), "box_field_invalid");
}

TEST_F(OrderBoxTest, AnswersAreSealedToTheCaller) {
  const auto answer = seal_answer(key_, CallMethod::kOrderRead, R"({"order":{}})", system_random());
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(keyring_->open_box(*answer).value(),
            R"({"v":1,"method":"order.read","result":{"order":{}}})");
}

TEST(Luhn, Table) {
  EXPECT_TRUE(is_luhn_valid("4242424242424242"));
  EXPECT_TRUE(is_luhn_valid("4000000000000002"));
  EXPECT_TRUE(is_luhn_valid("4000000000003220"));
  EXPECT_TRUE(is_luhn_valid("4000000000000259"));
  EXPECT_TRUE(is_luhn_valid("79927398713"));
  EXPECT_FALSE(is_luhn_valid("4242424242424243"));
  EXPECT_FALSE(is_luhn_valid(""));
  EXPECT_FALSE(is_luhn_valid("424242424242424x"));
}

}  // namespace
}  // namespace dermaga::order_box

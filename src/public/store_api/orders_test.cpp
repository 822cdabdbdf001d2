#include "bodies.h"
#include "test_shop.h"

namespace dermaga::store_api {
namespace {

TEST_F(OrdersTest, PlacesAndAnswers201) {
  link_.outcome = contract::Placed{sample_view(), false};
  const std::string body = order_body();
  const TestAnswer answer = place(body);
  EXPECT_EQ(answer.status, 201) << answer.body;
  EXPECT_EQ(answer.header("Location"), "/store/v1/orders/ord_abc");
  EXPECT_EQ(answer.header("Idempotent-Replayed"), "");
  EXPECT_EQ(answer.header("Cache-Control"), "private, no-store");
  expect_golden("order_placed.json", answer.body);

  ASSERT_EQ(link_.placed.size(), 1u);
  const contract::PlaceOrder order = link_.placed.front();
  EXPECT_EQ(order.idempotency_key, "key-1");
  EXPECT_EQ(order.lines.front().quantity, 2);
  EXPECT_EQ(order.destination.postal_code, "10110");
  EXPECT_EQ(order.sealed, kBox);
  EXPECT_EQ(order.body_sha256.size(), 32u);
  EXPECT_EQ(order.received_at, clock_.now());
  EXPECT_FALSE(order.receipt.empty());

  link_.outcome = contract::Placed{sample_view(), true};
  const TestAnswer replay = place(body);
  EXPECT_EQ(replay.header("Idempotent-Replayed"), "true");
  EXPECT_EQ(replay.body, answer.body);
  EXPECT_EQ(link_.placed[1].id, order.id);
}

std::string distinct_lines(int count) {
  std::string lines = "[";
  for (int i = 0; i < count; ++i) {
    lines += (i > 0 ? "," : "") + std::string(R"({"variant_id":"var_x)") + std::to_string(i) +
             R"(","quantity":1})";
  }
  return lines + "]";
}

TEST_F(OrdersTest, BadInput) {
  struct Row {
    const char* name;
    std::string body;
    int status;
    const char* code;
  };
  const auto quantity = [](const std::string& value) {
    return order_body(R"([{"variant_id":"var_gayo","quantity":)" + value + "}]");
  };
  const Row rows[] = {
      {"empty body", "", 400, "malformed_json"},
      {"truncated", R"({"lines":[)", 400, "malformed_json"},
      {"not UTF-8", "{\"lines\":\"\xff\"}", 400, "malformed_json"},
      {"duplicate member", R"({"lines":[],"lines":[]})", 400, "malformed_json"},
      {"trailing bytes", order_body() + "x", 400, "malformed_json"},
      {"deep", std::string(200, '[') + std::string(200, ']'), 400, "malformed_json"},
      {"array", "[]", 400, "invalid_request"},
      {"no members", "{}", 400, "invalid_request"},
      {"unknown member",
       order_body("[{\"variant_id\":\"var_gayo\",\"quantity\":2}]", kBox, "IDR", ",\"discount\":1"),
       400, "invalid_request"},
      {"unknown member of a line",
       order_body(R"([{"variant_id":"var_gayo","quantity":1,"price":0}])"), 400, "invalid_request"},
      {"no lines", order_body("[]"), 400, "invalid_request"},
      {"too many lines", order_body(distinct_lines(101)), 400, "invalid_request"},
      {"lines of a wrong type", order_body("{}"), 400, "invalid_request"},
      {"quantity zero", quantity("0"), 400, "invalid_request"},
      {"quantity negative", quantity("-1"), 400, "invalid_request"},
      {"quantity huge", quantity("1001"), 400, "invalid_request"},
      {"quantity beyond 64 bits", quantity("99999999999999999999"), 400, "invalid_request"},
      {"quantity a fraction", quantity("1.5"), 400, "invalid_request"},
      {"quantity a string", quantity("\"1\""), 400, "invalid_request"},
      {"quantity null", quantity("null"), 400, "invalid_request"},
      {"variant of another kind", order_body(R"([{"variant_id":"prod_gayo","quantity":1}])"), 400,
       "invalid_request"},
      {"variant twice",
       order_body(
           R"([{"variant_id":"var_gayo","quantity":1},{"variant_id":"var_gayo","quantity":1}])"),
       422, "duplicate_line"},
      {"another currency", order_body(R"([{"variant_id":"var_gayo","quantity":1}])", kBox, "USD"),
       422, "mixed_currencies"},
      {"no currency", order_body(R"([{"variant_id":"var_gayo","quantity":1}])", kBox, "rp"), 400,
       "invalid_request"},
      {"garbage box", order_body(R"([{"variant_id":"var_gayo","quantity":1}])", "garbage"), 422,
       "box_malformed"},
      {"empty box", order_body(R"([{"variant_id":"var_gayo","quantity":1}])", ""), 422,
       "box_malformed"},
      {"signed, not sealed", order_body(R"([{"variant_id":"var_gayo","quantity":1}])", "a.b.c"),
       422, "box_malformed"},
      {"wrapped key", order_body(R"([{"variant_id":"var_gayo","quantity":1}])", "a.b.c.d.e"), 422,
       "box_malformed"},
      {"huge box",
       order_body(R"([{"variant_id":"var_gayo","quantity":1}])", std::string(16'385, 'a')), 400,
       "invalid_request"},
  };
  for (const Row& row : rows) {
    const TestAnswer answer = place(row.body);
    EXPECT_EQ(answer.status, row.status) << row.name << ": " << answer.body;
    EXPECT_EQ(answer.code(), row.code) << row.name << ": " << answer.body;
    EXPECT_EQ(answer.header("Content-Type"), "application/problem+json") << row.name;
  }
  EXPECT_TRUE(link_.placed.empty());
}

TEST_F(OrdersTest, BadDestinations) {
  for (const char* destination :
       {"null", "[]", "{}", R"({"country":"id"})", R"({"country":"IDN"})", R"({"country":"I"})",
        R"({"country":"ID","region":"jakarta"})", R"({"country":"ID","region":"ID-JK-LONG-1"})",
        R"({"country":"ID","postal_code":"12345678901234567"})",
        R"({"country":"ID","postal_code":10110})", R"({"country":"ID","postal_code":"1\u0000"})",
        R"({"country":"ID","street":"Jalan 1"})"}) {
    std::string body = order_body();
    const std::string old = R"({"country":"ID","region":"ID-JK","postal_code":"10110"})";
    body.replace(body.find(old), old.size(), destination);
    const TestAnswer answer = place(body);
    EXPECT_EQ(answer.status, 400) << destination;
    EXPECT_EQ(answer.code(), "invalid_request") << destination;
    EXPECT_EQ(answer.body.find("Jalan"), std::string::npos);
  }
}

TEST_F(OrdersTest, IdempotencyKeys) {
  EXPECT_EQ(post("/store/v1/orders", order_body()).code(), "idempotency_key_missing");
  EXPECT_EQ(place(order_body(), "two words").code(), "idempotency_key_invalid");
  EXPECT_EQ(place(order_body(), "caf\xc3\xa9").code(), "idempotency_key_invalid");
  EXPECT_EQ(place(order_body(), std::string(256, 'k')).code(), "idempotency_key_invalid");
  EXPECT_TRUE(link_.placed.empty());
  link_.outcome = contract::Placed{sample_view(), false};
  EXPECT_EQ(place(order_body(), std::string(255, 'k')).status, 201);
}

TEST_F(OrdersTest, ContentTypes) {
  const auto with_type = [&](const std::string& type) {
    return call(http::Method::kPost, "/store/v1/orders",
                {{"Content-Type", type}, {"Idempotency-Key", "k"}}, order_body())
        .status;
  };
  link_.outcome = contract::Placed{sample_view(), false};
  EXPECT_EQ(with_type("application/json"), 201);
  EXPECT_EQ(with_type("Application/JSON; charset=UTF-8"), 201);
  for (const char* type : {"", "text/plain", "application/json; charset=latin1",
                           "application/x-www-form-urlencoded", "application/jsonx"}) {
    EXPECT_EQ(with_type(type), 415) << type;
  }
}

TEST_F(OrdersTest, OneRequestPerKeyAtATime) {
  link_.is_holding = true;
  std::vector<TestAnswer> first;
  send(http::Method::kPost, "/store/v1/orders",
       {{"Content-Type", "application/json"}, {"Idempotency-Key", "k"}}, order_body(), first);
  EXPECT_TRUE(first.empty());
  const TestAnswer second = place(order_body(), "k");
  EXPECT_EQ(second.status, 409);
  EXPECT_EQ(second.code(), "idempotency_key_in_flight");
  link_.held.front()(contract::Placed{sample_view(), false});
  ASSERT_EQ(first.size(), 1u);
  EXPECT_EQ(first.front().status, 201);
  link_.is_holding = false;
  link_.outcome = contract::Placed{sample_view(), true};
  EXPECT_EQ(place(order_body(), "k").status, 201);
}

TEST_F(OrdersTest, TooManyInFlight) {
  make_api({.orders_in_flight_max = 1});
  link_.is_holding = true;
  std::vector<TestAnswer> first;
  send(http::Method::kPost, "/store/v1/orders",
       {{"Content-Type", "application/json"}, {"Idempotency-Key", "a"}}, order_body(), first);
  const TestAnswer second = place(order_body(), "b");
  EXPECT_EQ(second.status, 503);
  EXPECT_EQ(second.code(), "overloaded");
  EXPECT_NE(second.header("Retry-After"), "");
  link_.held.front()(make_error(ErrorCode::kUnavailable, "gone"));
}

TEST_F(OrdersTest, TheFullEdgeSaysHowLongCoreWillTake) {
  make_api({.orders_in_flight_max = 6});
  link_.is_holding = true;
  std::vector<TestAnswer> waiting;
  for (const char key : std::string("abcdef")) {
    send(http::Method::kPost, "/store/v1/orders",
         {{"Content-Type", "application/json"}, {"Idempotency-Key", std::string(1, key)}},
         order_body(), waiting);
  }
  api_->set_core_capacity(0.5);
  EXPECT_EQ(place(order_body(), "g").header("Retry-After"), "12");
  api_->set_core_capacity(5'000);
  EXPECT_EQ(place(order_body(), "g").header("Retry-After"), "1");
  api_->set_core_capacity(0.001);
  EXPECT_EQ(place(order_body(), "g").header("Retry-After"), "30");
  api_->set_core_capacity(0.5);
  link_.held.front()(make_error(ErrorCode::kOverloaded, "too many orders are in flight"));
  EXPECT_EQ(waiting.front().code(), "overloaded");
  EXPECT_EQ(waiting.front().header("Retry-After"), "12") << "the link's own queue is full";
  while (link_.held.size() > 1) {
    link_.held.pop_front();
    link_.held.front()(make_error(ErrorCode::kUnavailable, "gone"));
  }
}

TEST_F(OrdersTest, Refusals) {
  link_.outcome = contract::OutOfStock{{{VariantId::parse("var_gayo").value(), 2, 1}}};
  TestAnswer answer = place(order_body());
  EXPECT_EQ(answer.status, 409);
  EXPECT_EQ(answer.code(), "out_of_stock");
  EXPECT_NE(answer.body.find(R"("lines":[{"variant_id":"var_gayo","requested":2,"available":1}])"),
            std::string::npos)
      << answer.body;

  pricing::Quote quote;
  quote.lines = {{VariantId::parse("var_gayo").value(), 2, rupiah(100'000), rupiah(200'000)}};
  quote.subtotal = quote.total = rupiah(200'000);
  quote.discount = quote.shipping = quote.tax = rupiah(0);
  link_.outcome = contract::PriceChanged{quote};
  answer = place(order_body());
  EXPECT_EQ(answer.status, 409);
  EXPECT_EQ(answer.code(), "price_changed");
  EXPECT_NE(answer.body.find(R"("quote":{"lines":[{"variant_id":"var_gayo")"), std::string::npos);

  link_.outcome = contract::Refused{422, "box_clear_mismatch", "The box is for another order.", 0};
  answer = place(order_body());
  EXPECT_EQ(answer.status, 422);
  EXPECT_EQ(answer.code(), "box_clear_mismatch");

  link_.outcome = contract::Refused{503, "overloaded", "", 3};
  EXPECT_EQ(place(order_body()).header("Retry-After"), "3");
}

TEST_F(OrdersTest, CoreAway) {
  for (const ErrorCode code :
       {ErrorCode::kUnavailable, ErrorCode::kTimeout, ErrorCode::kInternal}) {
    link_.outcome = make_error(code, "tcp 10.0.0.7 refused");
    const TestAnswer answer = place(order_body());
    EXPECT_EQ(answer.status, 503);
    EXPECT_EQ(answer.code(), "core_unavailable");
    EXPECT_NE(answer.header("Retry-After"), "");
    EXPECT_EQ(answer.body.find("10.0.0.7"), std::string::npos);
  }
}

TEST_F(OrdersTest, SoldOutIsAnsweredHere) {
  sell_out("var_gayo");
  const TestAnswer answer = place(order_body());
  EXPECT_EQ(answer.status, 409);
  EXPECT_EQ(answer.code(), "out_of_stock");
  EXPECT_NE(answer.body.find(R"([{"variant_id":"var_gayo","requested":2,"available":0}])"),
            std::string::npos);
  EXPECT_TRUE(link_.placed.empty());
  EXPECT_EQ(link_.views, 1);
}

// It may be the order that sold it out, asked for again.
TEST_F(OrdersTest, SoldOutIsNotSaidWhereCoreCannotTell) {
  sell_out("var_gayo");
  for (const ErrorCode code : {ErrorCode::kUnavailable, ErrorCode::kTimeout, ErrorCode::kIo}) {
    link_.view = make_error(code, "connect to 10.0.0.7 failed");
    const TestAnswer answer = place(order_body());
    EXPECT_EQ(answer.status, 503);
    EXPECT_EQ(answer.code(), "core_unavailable");
    EXPECT_NE(answer.header("Retry-After"), "");
    EXPECT_EQ(answer.body.find("10.0.0.7"), std::string::npos);
  }
  link_.view = make_error(ErrorCode::kOverloaded, "");
  EXPECT_EQ(place(order_body()).code(), "overloaded");
  EXPECT_TRUE(link_.placed.empty());
}

TEST_F(OrdersTest, SoldOutDoesNotHideAPlacedOrder) {
  sell_out("var_gayo");
  link_.view = sample_view();
  link_.outcome = contract::Placed{sample_view(), true};
  const TestAnswer answer = place(order_body());
  EXPECT_EQ(answer.status, 201);
  EXPECT_EQ(answer.header("Idempotent-Replayed"), "true");
  EXPECT_EQ(link_.viewed.first, link_.placed.front().id);
}

TEST_F(OrdersTest, SoldOutLookupsAreBounded) {
  make_api({.lookups_in_flight_max = 0});
  sell_out("var_gayo");
  const TestAnswer answer = place(order_body());
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.code(), "overloaded");
  EXPECT_NE(answer.header("Retry-After"), "");
  EXPECT_EQ(link_.views, 0);
}

TEST_F(OrdersTest, ReadsAStatusWithItsToken) {
  link_.outcome = contract::Placed{sample_view(), false};
  const TestAnswer placed = place(order_body());
  const std::size_t at = placed.body.find("oat_");
  const std::string token = placed.body.substr(at, placed.body.find('"', at) - at);
  const std::string target = "/store/v1/orders/" + link_.placed.front().id.str();

  EXPECT_EQ(get(target).status, 401);
  EXPECT_EQ(get(target).header("WWW-Authenticate"), "Bearer");
  EXPECT_EQ(get(target + "?access_token=" + token).status, 401);
  EXPECT_EQ(get(target, {{"Authorization", "Bearer oat_wrong"}}).status, 403);
  EXPECT_EQ(get(target, {{"Authorization", "Basic " + token}}).status, 401);
  EXPECT_EQ(get("/store/v1/orders/ord_other", {{"Authorization", "Bearer " + token}}).status, 403);
  EXPECT_EQ(get("/store/v1/orders/ORD", {{"Authorization", "Bearer " + token}}).status, 404);
  EXPECT_EQ(link_.views, 0);

  link_.view = sample_view();
  const TestAnswer answer = get(target, {{"Authorization", "bearer " + token}});
  EXPECT_EQ(answer.status, 200);
  expect_golden("order.json", answer.body);
  EXPECT_EQ(get(target, {{"Access-Token", token}}).status, 200);
  EXPECT_EQ(answer.header("Cache-Control"), "private, no-store");

  link_.view = make_error(ErrorCode::kNotFound, "no such order");
  EXPECT_EQ(get(target, {{"Access-Token", token}}).status, 404);
  link_.view = make_error(ErrorCode::kUnavailable, "gone");
  EXPECT_EQ(get(target, {{"Access-Token", token}}).code(), "core_unavailable");
}

TEST_F(OrdersTest, SealedCalls) {
  const Headers jose = {{"Content-Type", "application/jose"}};
  TestAnswer answer = call(http::Method::kPost, "/store/v1/sealed", jose, kBox);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "sealed");
  EXPECT_EQ(answer.header("Content-Type"), "application/jose");
  EXPECT_EQ(link_.boxes, std::vector<std::string>{kBox});

  EXPECT_EQ(post("/store/v1/sealed", kBox).status, 415);
  EXPECT_EQ(call(http::Method::kPost, "/store/v1/sealed", jose, "garbage").code(), "box_malformed");
  EXPECT_EQ(call(http::Method::kPost, "/store/v1/sealed", jose, "").code(), "box_malformed");
  EXPECT_EQ(
      call(http::Method::kPost, "/store/v1/sealed", jose, std::string(32 * 1024 + 1, 'a')).status,
      413);
  EXPECT_EQ(link_.boxes.size(), 1u);

  link_.answer =
      contract::SealedAnswer{403, "", {403, "reply_key_mismatch", "Another reply key.", 0}};
  answer = call(http::Method::kPost, "/store/v1/sealed", jose, kBox);
  EXPECT_EQ(answer.status, 403);
  EXPECT_EQ(answer.code(), "reply_key_mismatch");
  link_.answer = make_error(ErrorCode::kUnavailable, "gone");
  EXPECT_EQ(call(http::Method::kPost, "/store/v1/sealed", jose, kBox).code(), "core_unavailable");
}

TEST_F(OrdersTest, Quotes) {
  const std::string body =
      R"({"lines":[{"variant_id":"var_gayo","quantity":2},{"variant_id":"var_shirtl","quantity":1}],)"
      R"("destination":{"country":"ID"},"shipping_method":"standard"})";
  TestAnswer answer = call(http::Method::kPost, "/store/v1/quotes?locale=en",
                           {{"Content-Type", "application/json"}}, body);
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(answer.header("Cache-Control"), "private, no-store");
  const std::size_t at = answer.body.find("\"q1.");
  ASSERT_NE(at, std::string::npos);
  const std::size_t end = answer.body.find('"', at + 1);
  answer.body.replace(at + 1, end - at - 1, "TOKEN");
  expect_golden("quote.json", answer.body);
}

TEST_F(OrdersTest, BadQuotes) {
  struct Row {
    const char* body;
    int status;
    const char* code;
  };
  const Row rows[] = {
      {"", 400, "malformed_json"},
      {"{}", 400, "invalid_request"},
      {R"({"lines":[]})", 400, "invalid_request"},
      {R"({"lines":[{"variant_id":"var_gayo","quantity":0}]})", 400, "invalid_request"},
      {R"({"lines":[{"variant_id":"var_none","quantity":1}]})", 422, "unknown_variant"},
      {R"({"lines":[{"variant_id":"var_gayo","quantity":1},{"variant_id":"var_gayo","quantity":1}]})",
       422, "duplicate_line"},
      {R"({"lines":[{"variant_id":"var_gayo","quantity":1}],"coupon":"HEMAT"})", 422,
       "unknown_coupon"},
      {R"({"lines":[{"variant_id":"var_gayo","quantity":1}],"coupon":"two words"})", 400,
       "invalid_request"},
      {R"({"lines":[{"variant_id":"var_gayo","quantity":1}],"sealed":"x"})", 400,
       "invalid_request"},
      {R"({"lines":[{"variant_id":"var_gayo","quantity":1}],"destination":{"country":"ID"},"shipping_method":"balloon"})",
       422, "shipping_method_unknown"},
      {R"({"lines":[{"variant_id":"var_gayo","quantity":1}],"destination":{"country":"NL"},"shipping_method":"standard"})",
       422, "shipping_unavailable"},
  };
  for (const Row& row : rows) {
    const TestAnswer answer = post("/store/v1/quotes", row.body);
    EXPECT_EQ(answer.status, row.status) << row.body << answer.body;
    EXPECT_EQ(answer.code(), row.code) << row.body << answer.body;
  }
  EXPECT_EQ(call(http::Method::kPost, "/store/v1/quotes", {}, "{}").status, 415);
}

TEST_F(OrdersTest, BeforeCoreWasReachedOnce) {
  StoreApi fresh(views_, link_, clock_, {});
  std::swap(*api_, fresh);
  EXPECT_EQ(place(order_body()).code(), "core_unavailable");
  EXPECT_EQ(
      post("/store/v1/quotes", R"({"lines":[{"variant_id":"var_gayo","quantity":1}]})").code(),
      "core_unavailable");
  EXPECT_EQ(get("/store/v1/orders/ord_a", {{"Access-Token", "x"}}).code(), "core_unavailable");
  EXPECT_EQ(get("/store/v1/sealing-keys").code(), "core_unavailable");
  EXPECT_TRUE(link_.placed.empty());
}

}  // namespace
}  // namespace dermaga::store_api

#include <regex>

#include "json/reader.h"
#include "test_shop.h"

namespace dermaga::store_api {
namespace {

class ReadsTest : public StoreApiTest {};

TEST_F(ReadsTest, GoldenBodies) {
  struct Row {
    const char* target;
    const char* golden;
  };
  const Row rows[] = {
      {"/store/v1/products/kemeja-batik?locale=en", "product.en.json"},
      {"/store/v1/products/prod_kemeja0batik?locale=id", "product.id.json"},
      {"/store/v1/products?limit=2", "list.json"},
      {"/store/v1/products?category=batik&locale=en", "list_category.json"},
      {"/store/v1/categories?locale=en", "categories.json"},
      {"/store/v1/search?q=kopi&limit=1", "search.json"},
      {"/store/v1/search?q=cofee+toraja&locale=en", "search_corrected.json"},
      {"/store/v1/search?q=zzzz", "search_nothing.json"},
  };
  for (const Row& row : rows) {
    const TestAnswer answer = get(row.target);
    EXPECT_EQ(answer.status, 200) << row.target;
    EXPECT_TRUE(json::Document::parse(answer.body).has_value()) << row.target;
    expect_golden(row.golden, answer.body);
  }
}

TEST_F(ReadsTest, PagesByCursor) {
  const TestAnswer first = get("/store/v1/products?limit=2");
  std::smatch match;
  ASSERT_TRUE(std::regex_search(first.body, match, std::regex("\"next_cursor\":\"([^\"]+)\"")));
  const TestAnswer second = get("/store/v1/products?limit=2&cursor=" + match[1].str());
  EXPECT_NE(second.body.find("\"handle\":\"kopi-toraja\""), std::string::npos);
  EXPECT_EQ(second.body.find("\"handle\":\"kopi-gayo\""), std::string::npos);
  EXPECT_NE(second.body.find("\"next_cursor\":null"), std::string::npos);

  const TestAnswer found = get("/store/v1/search?q=kopi&limit=1");
  ASSERT_TRUE(std::regex_search(found.body, match, std::regex("\"next_cursor\":\"([^\"]+)\"")));
  const TestAnswer rest = get("/store/v1/search?q=kopi&limit=1&cursor=" + match[1].str());
  EXPECT_NE(rest.body.find("\"next_cursor\":null"), std::string::npos);
  EXPECT_NE(rest.body, found.body);
}

TEST_F(ReadsTest, SearchFilters) {
  EXPECT_NE(get("/store/v1/search?vendor=Griya").body.find("\"total\":1"), std::string::npos);
  EXPECT_NE(get("/store/v1/search?vendor=Griya&vendor=Toko%20Kopi").body.find("\"total\":3"),
            std::string::npos);
  EXPECT_NE(get("/store/v1/search?category=kopi&price_max=100000").body.find("\"total\":1"),
            std::string::npos);
  sell_out("var_gayo");
  EXPECT_NE(get("/store/v1/search?category=kopi&in_stock=true").body.find("\"total\":1"),
            std::string::npos);
  EXPECT_NE(get("/store/v1/products/kopi-gayo").body.find("\"availability\":\"sold_out\""),
            std::string::npos);
}

TEST_F(ReadsTest, SearchTextIsNeverAnError) {
  for (const char* q : {"%", "%zz", "%00", "%ff%fe", "\"", "AND%20OR", "a+NEAR+b", "(((",
                        "%F0%9F%98%80", "-", "*"}) {
    EXPECT_EQ(get(std::string("/store/v1/search?q=") + q).status, 200) << q;
  }
  EXPECT_EQ(get("/store/v1/search?q=" + std::string(4'000, 'x')).status, 200);
}

TEST_F(ReadsTest, NoTextPassesForAFilter) {
  const TestAnswer text = get("/store/v1/search?q=gayo%0Abatik");
  const TestAnswer filtered = get("/store/v1/search?q=gayo&category=batik");
  EXPECT_NE(text.body.find("\"total\":2"), std::string::npos) << text.body;
  EXPECT_NE(filtered.body.find("\"total\":0"), std::string::npos) << filtered.body;
}

TEST_F(ReadsTest, BadReads) {
  struct Row {
    const char* target;
    int status;
    const char* code;
  };
  const Row rows[] = {
      {"/store/v1/products?limit=0", 400, "invalid_request"},
      {"/store/v1/products?limit=101", 400, "invalid_request"},
      {"/store/v1/products?limit=-1", 400, "invalid_request"},
      {"/store/v1/products?limit=10x", 400, "invalid_request"},
      {"/store/v1/products?limit=99999999999999999999", 400, "invalid_request"},
      {"/store/v1/products?limit=1&limit=2", 400, "invalid_request"},
      {"/store/v1/products?cursor=%21", 400, "invalid_request"},
      {"/store/v1/products?cursor=czE", 400, "invalid_request"},  // of a search
      {"/store/v1/products?locale=fr", 400, "invalid_request"},
      {"/store/v1/products?category=%zz", 400, "invalid_request"},
      {"/store/v1/products/nothing", 404, "not_found"},
      {"/store/v1/products/%zz", 404, "not_found"},
      {"/store/v1/products/kopi-gayo?locale=", 200, ""},
      {"/store/v1/products/", 404, "not_found"},
      {"/store/v1/products/a/b", 404, "not_found"},
      {"/store/v1/products?category=nothing", 200, ""},
      {"/store/v1/search?sort=size", 400, "invalid_request"},
      {"/store/v1/search?in_stock=1", 400, "invalid_request"},
      {"/store/v1/search?price_min=-5", 400, "invalid_request"},
      {"/store/v1/search?price_min=1e3", 400, "invalid_request"},
      {"/store/v1/search?unknown=1", 200, ""},
      {"/store/v1", 404, "not_found"},
      {"/store/v1/", 404, "not_found"},
      {"/store/v1/nothing", 404, "not_found"},
      {"/store/v1/products//", 404, "not_found"},
  };
  for (const Row& row : rows) {
    const TestAnswer answer = get(row.target);
    EXPECT_EQ(answer.status, row.status) << row.target;
    EXPECT_EQ(answer.code(), row.code) << row.target;
  }
  EXPECT_EQ(get("/store/v1/search?x=" + std::string(5'000, 'x')).status, 400);
}

TEST_F(ReadsTest, WrongMethods) {
  struct Row {
    http::Method method;
    const char* target;
    const char* allow;
  };
  const Row rows[] = {
      {http::Method::kPost, "/store/v1/products", "GET, HEAD"},
      {http::Method::kDelete, "/store/v1/products/kopi-gayo", "GET, HEAD"},
      {http::Method::kGet, "/store/v1/orders", "POST"},
      {http::Method::kPut, "/store/v1/quotes", "POST"},
      {http::Method::kOptions, "/store/v1/sealed", "POST"},
      {http::Method::kOther, "/store/v1/search", "GET, HEAD"},
  };
  for (const Row& row : rows) {
    const TestAnswer answer = call(row.method, row.target);
    EXPECT_EQ(answer.status, 405) << row.target;
    EXPECT_EQ(answer.code(), "method_not_allowed");
    EXPECT_EQ(answer.header("Allow"), row.allow);
  }
  EXPECT_EQ(call(http::Method::kHead, "/store/v1/products").status, 200);
}

TEST_F(ReadsTest, CachesAndRevalidates) {
  const TestAnswer first = get("/store/v1/products/kopi-gayo", {{"Accept-Encoding", "gzip"}});
  EXPECT_EQ(first.header("Content-Encoding"), "gzip");
  EXPECT_EQ(first.header("Vary"), "Accept-Encoding, Accept-Language");
  const std::string etag = first.header("ETag");
  EXPECT_EQ(
      get("/store/v1/products/kopi-gayo", {{"accept-encoding", "gzip"}, {"if-none-match", etag}})
          .status,
      304);
  sell_out("var_gayo");
  EXPECT_EQ(
      get("/store/v1/products/kopi-gayo", {{"Accept-Encoding", "gzip"}, {"If-None-Match", etag}})
          .status,
      200);
}

TEST_F(ReadsTest, SpeaksTheShoppersLanguage) {
  EXPECT_NE(
      get("/store/v1/products/kopi-gayo", {{"Accept-Language", "en-GB"}}).body.find("Gayo coffee"),
      std::string::npos);
  EXPECT_NE(get("/store/v1/products/kopi-gayo?locale=id", {{"Accept-Language", "en"}})
                .body.find("Kopi Gayo"),
            std::string::npos);
}

TEST_F(ReadsTest, DescribesItself) {
  const TestAnswer answer = get("/store/v1/openapi.json");
  ASSERT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body.find("{\"openapi\":\"3.1.0\""), 0u);
  for (const char* path :
       {"/products", "/products/{product}", "/categories", "/search", "/quotes", "/orders",
        "/orders/{order}", "/sealing-keys", "/sealed", "/openapi.json", "/healthz"}) {
    EXPECT_NE(answer.body.find("\"" + std::string(path) + "\":{"), std::string::npos) << path;
  }
}

TEST_F(ReadsTest, BeforeTheFirstCatalog) {
  views_.set(nullptr);
  for (const char* path : {"products", "products/x", "categories", "search"}) {
    const TestAnswer answer = get(std::string("/store/v1/") + path);
    EXPECT_EQ(answer.status, 503) << path;
    EXPECT_EQ(answer.code(), "catalog_not_loaded");
    EXPECT_EQ(answer.header("Retry-After"), "2");
  }
  EXPECT_EQ(get("/store/v1/healthz").body, R"({"status":"starting"})");
}

TEST_F(ReadsTest, ServesSealingKeysAsCoreSignedThem) {
  const TestAnswer answer = get("/store/v1/sealing-keys");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, R"({"keys":[{"kty":"EC"}],"signature":"s"})");
  EXPECT_EQ(answer.header("Content-Type"), "application/jwk-set+json");
  const StoreApi fresh(views_, link_, clock_, {});
  EXPECT_FALSE(StoreApi(views_, link_, clock_, {}).set_keys({}).has_value());
}

TEST_F(ReadsTest, CountsAnswersByRoute) {
  metrics::Registry registry;
  make_api({.registry = &registry});
  get("/store/v1/products");
  get("/store/v1/products/secret-name");
  const std::string text = registry.exposition();
  EXPECT_NE(text.find("dermaga_store_api_answers_total{route=\"product_list\",status=\"200\"} 1"),
            std::string::npos)
      << text;
  EXPECT_EQ(text.find("secret-name"), std::string::npos);
}

}  // namespace
}  // namespace dermaga::store_api

#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <deque>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>

#include "clock/clock.h"
#include "store_api/store_api.h"

// What the tests of this module share: a small shop in two languages and a link that they own.
namespace dermaga::store_api {

inline Money rupiah(std::int64_t amount) {
  return Money(amount, Currency::parse("IDR").value());
}

inline product::Variant test_variant(const std::string& id, std::int64_t price,
                                     std::vector<int> values = {}) {
  product::Variant variant;
  variant.id = VariantId::parse("var_" + id).value();
  variant.sku = "SKU-" + id;
  variant.option_values = std::move(values);
  variant.price = rupiah(price);
  variant.weight_grams = 500;
  return variant;
}

inline product::Product test_product(const std::string& handle, const std::string& title_id,
                                     const std::string& title_en, const std::string& vendor,
                                     const std::string& category) {
  product::Product product;
  std::string id = "prod_";
  for (const char c : handle) {
    id += c == '-' ? '0' : c;
  }
  product.id = ProductId::parse(id).value();
  product.handle = handle;
  product.title = {{"id", title_id}, {"en", title_en}};
  product.description_html = {{"id", "<p>" + title_id + "</p>"}, {"en", "<p>" + title_en + "</p>"}};
  product.vendor = vendor;
  product.category = CategoryId::parse("cat_" + category).value();
  product.tags = {category};
  return product;
}

inline contract::CatalogSnapshot test_snapshot() {
  contract::CatalogSnapshot snapshot;
  snapshot.version = 3;
  snapshot.shop_id = "dermaga";
  snapshot.shop_name = "Dermaga";
  snapshot.locales = {"id", "en"};
  snapshot.rules.currency = Currency::parse("IDR").value();
  snapshot.rules.shipping = {{.method = "standard", .countries = {"ID"}, .price = rupiah(20'000)},
                             {.method = "express",
                              .countries = {"ID"},
                              .weight_grams_max = 3'000,
                              .price = rupiah(60'000)}};
  snapshot.rules.taxes = {{.country = "ID", .name = "PPN", .basis_points = 1100}};
  snapshot.shipping_methods = {{"standard", {{"id", "Reguler"}, {"en", "Standard"}}},
                               {"express", {{"id", "Kilat"}, {"en", "Express"}}}};
  auto& all = snapshot.assortment;
  all.categories = {
      {CategoryId::parse("cat_batik").value(), "batik", {{"id", "Batik"}, {"en", "Batik"}}},
      {CategoryId::parse("cat_kopi").value(), "kopi", {{"id", "Kopi"}, {"en", "Coffee"}}}};
  product::Product shirt = test_product("kemeja-batik", "Kemeja batik \"Parang\"",
                                        "Batik shirt \"Parang\"", "Griya", "batik");
  shirt.options = {{{{"id", "Ukuran"}, {"en", "Size"}},
                    {{{"id", "Kecil"}, {"en", "Small"}}, {{"id", "Besar"}, {"en", "Large"}}}}};
  shirt.variants = {test_variant("shirts", 350'000, {0}), test_variant("shirtl", 375'000, {1})};
  shirt.variants[1].compare_at_price = rupiah(400'000);
  shirt.variants[1].image_index = 0;
  product::Image image;
  image.sha256_hex = std::string(64, 'a');
  image.content_type = "image/svg+xml";
  image.alt = {{"id", "Kemeja"}, {"en", "Shirt"}};
  image.width_px = 800;
  image.height_px = 600;
  product::Image remote;
  remote.remote_url = "https://images.example/shirt.jpg";
  shirt.images = {image, remote};
  shirt.seo_title = {{"id", "Kemeja batik"}, {"en", "Batik shirt"}};
  product::Product gayo =
      test_product("kopi-gayo", "Kopi Gayo", "Gayo coffee", "Toko Kopi", "kopi");
  gayo.variants = {test_variant("gayo", 95'000)};
  product::Product toraja =
      test_product("kopi-toraja", "Kopi Toraja", "Toraja coffee", "Toko Kopi", "kopi");
  toraja.variants = {test_variant("toraja", 120'000)};
  all.products = {shirt, gayo, toraja};
  return snapshot;
}

// Answers when the test says so.
class FakeLink final : public OrderLink {
 public:
  using PlaceDone = std::function<void(Result<contract::PlaceOutcome>)>;

  bool connected() const override { return is_connected; }

  void place(contract::PlaceOrder order, PlaceDone done) override {
    placed.push_back(std::move(order));
    if (is_holding) {
      held.push_back(std::move(done));
      return;
    }
    done(outcome);
  }

  void order_view(OrderId id, std::string access_token,
                  std::function<void(Result<contract::OrderView>)> done) override {
    ++views;
    viewed = {std::move(id), std::move(access_token)};
    done(view);
  }

  void sealed_call(std::string box, UtcTime,
                   std::function<void(Result<contract::SealedAnswer>)> done) override {
    boxes.push_back(std::move(box));
    done(answer);
  }

  bool is_connected = true;
  bool is_holding = false;
  std::vector<contract::PlaceOrder> placed;
  std::deque<PlaceDone> held;
  std::vector<std::string> boxes;
  int views = 0;
  std::pair<OrderId, std::string> viewed;
  Result<contract::PlaceOutcome> outcome = make_error(ErrorCode::kUnavailable, "no outcome set");
  Result<contract::OrderView> view = make_error(ErrorCode::kNotFound, "no such order");
  Result<contract::SealedAnswer> answer = contract::SealedAnswer{200, "sealed", {}};
};

// Spools that answer what the test says, and keep what they were given.
class FakeSpool final : public OrderSpool {
 public:
  void append(contract::SpoolOrder order,
              std::function<void(Result<contract::PlaceOutcome>)> done) override {
    appended.push_back(std::move(order));
    done(outcome);
  }
  void order_view(OrderId, std::function<void(Result<contract::OrderView>)> done) override {
    ++views;
    done(view);
  }

  std::vector<contract::SpoolOrder> appended;
  int views = 0;
  Result<contract::PlaceOutcome> outcome = make_error(ErrorCode::kUnavailable, "no outcome set");
  Result<contract::OrderView> view = make_error(ErrorCode::kNotFound, "no such order");
};

struct TestAnswer {
  int status = 0;
  std::string head;  // "Name: value\r\n" per header, or a prepared head
  std::string body;

  std::string header(const std::string& name) const {
    const std::size_t at = head.find(name + ": ");
    if (at == std::string::npos) {
      return "";
    }
    const std::size_t begin = at + name.size() + 2;
    return head.substr(begin, head.find("\r\n", begin) - begin);
  }
  // The problem's stable code.
  std::string code() const {
    const std::size_t at = body.find("\"code\":\"");
    return at == std::string::npos ? "" : body.substr(at + 8, body.find('"', at + 8) - at - 8);
  }
};

inline TestAnswer to_test_answer(const Answer& answer) {
  TestAnswer out;
  if (const auto* response = std::get_if<http::Response>(&answer)) {
    out.status = response->status;
    out.body = response->body;
    for (const auto& [name, value] : response->headers) {
      out.head += name + ": " + value + "\r\n";
    }
    return out;
  }
  const auto& prepared = *std::get<std::shared_ptr<const http::PreparedResponse>>(answer);
  return {prepared.status, prepared.head, prepared.body};
}

using Headers = std::vector<std::pair<std::string, std::string>>;

class StoreApiTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = testing::TempDir() + "store_api." + std::to_string(getpid());
    std::filesystem::create_directories(folder_);
    view_ = catalog_view::View::build(test_snapshot(), {.search_folder = folder_}).value();
    views_.set(view_);
    make_api({});
  }
  void TearDown() override {
    api_.reset();
    views_.set(nullptr);
    view_.reset();
    std::filesystem::remove_all(folder_);
  }

  void make_api(const StoreApiOptions& options) {
    api_ = std::make_unique<StoreApi>(views_, link_, clock_, options);
    contract::EdgeKeys keys;
    keys.derivation_key = std::string(32, 'k');
    keys.sealing_keys_json = R"({"keys":[{"kty":"EC"}],"signature":"s"})";
    ASSERT_TRUE(api_->set_keys(keys).has_value());
  }

  void send(http::Method method, const std::string& target, const Headers& headers,
            const std::string& body, std::vector<TestAnswer>& answers) {
    http::Request request;
    request.method = method;
    request.target = target;
    const std::size_t mark = target.find('?');
    request.path = std::string_view(target).substr(0, mark);
    request.query = mark == std::string::npos ? "" : std::string_view(target).substr(mark + 1);
    request.body = body;
    for (const auto& [name, value] : headers) {
      request.headers.emplace_back(name, value);
    }
    api_->handle(request,
                 [&answers](const Answer& answer) { answers.push_back(to_test_answer(answer)); });
  }

  TestAnswer call(http::Method method, const std::string& target, const Headers& headers = {},
                  const std::string& body = "") {
    std::vector<TestAnswer> answers;
    send(method, target, headers, body, answers);
    EXPECT_EQ(answers.size(), 1u) << target;
    return answers.empty() ? TestAnswer{} : answers.front();
  }
  TestAnswer get(const std::string& target, const Headers& headers = {}) {
    return call(http::Method::kGet, target, headers);
  }
  TestAnswer post(const std::string& target, const std::string& body, const Headers& headers = {}) {
    Headers all = {{"Content-Type", "application/json"}};
    all.insert(all.end(), headers.begin(), headers.end());
    return call(http::Method::kPost, target, all, body);
  }

  void sell_out(const std::string& variant) {
    contract::CapacityUpdate update;
    update.changes = {{VariantId::parse(variant).value(), contract::Availability::kSoldOut}};
    if (auto next = view_->with_availability(update)) {
      view_ = next;
      views_.set(view_);
    }
  }

  // Compares with src/public/store_api/golden/<name>; DERMAGA_UPDATE_GOLDEN=1 writes it instead.
  static void expect_golden(const std::string& name, const std::string& body) {
    const std::string path = "src/public/store_api/golden/" + name;
    if (std::getenv("DERMAGA_UPDATE_GOLDEN") != nullptr) {
      std::ofstream(path) << body << "\n";
      return;
    }
    std::ifstream file(path);
    const std::string expected((std::istreambuf_iterator<char>(file)), {});
    EXPECT_EQ(body + "\n", expected) << path;
  }

  std::string folder_;
  std::shared_ptr<const catalog_view::View> view_;
  catalog_view::Holder views_;
  FakeLink link_;
  ManualClock clock_{from_unix_ms(1'795'336'200'000)};
  std::unique_ptr<StoreApi> api_;
};

inline constexpr const char* kBox = "eyJhbGciOiJFQ0RILUVTIn0..aXY.Y2lwaGVy.dGFn";

inline std::string order_body(
    const std::string& lines = R"([{"variant_id":"var_gayo","quantity":2}])",
    const std::string& sealed = kBox, const std::string& total_currency = "IDR",
    const std::string& extra = "") {
  return R"({"lines":)" + lines +
         R"(,"destination":{"country":"ID","region":"ID-JK","postal_code":"10110"},)"
         R"("shipping_method":"standard","total":{"amount":210000,"currency":")" +
         total_currency + R"("},"sealed":")" + sealed + "\"" + extra + "}";
}

inline contract::OrderView sample_view() {
  contract::OrderView view;
  view.id = OrderId::parse("ord_abc").value();
  view.total = rupiah(210'000);
  view.placed_at = from_unix_ms(1'795'336'200'000);
  view.reserved_until = from_unix_ms(1'795'337'100'000);
  return view;
}

class OrdersTest : public StoreApiTest {
 protected:
  TestAnswer place(const std::string& body, const std::string& key = "key-1") {
    return post("/store/v1/orders", body, {{"Idempotency-Key", key}});
  }
};

}  // namespace dermaga::store_api

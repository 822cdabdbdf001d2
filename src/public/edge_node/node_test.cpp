#include "edge_node/node.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "digest/digest.h"
#include "digest/signature.h"
#include "encoding/encoding.h"
#include "http/client.h"
#include "wire/snapshot.h"

namespace dermaga::edge_node {
namespace {

using namespace std::chrono_literals;

constexpr const char* kSvg = "<svg xmlns=\"http://www.w3.org/2000/svg\"/>";

std::string sha256_hex(std::string_view bytes) {
  return encoding::hex(digest::sha256(bytes));
}

contract::CatalogSnapshot snapshot(std::uint64_t version) {
  contract::CatalogSnapshot made;
  made.version = version;
  made.shop_id = "dermaga";
  made.shop_name = "Dermaga";
  made.locales = {"id", "en"};
  made.rules.currency = Currency::parse("IDR").value();
  product::Product coffee;
  coffee.id = ProductId::parse("prod_gayo").value();
  coffee.handle = "kopi-gayo";
  coffee.title = {{"id", "Kopi Gayo"}, {"en", "Gayo coffee"}};
  product::Variant variant;
  variant.id = VariantId::parse("var_gayo").value();
  variant.price = Money(95'000, made.rules.currency);
  coffee.variants = {variant};
  product::Image image;
  image.sha256_hex = sha256_hex(kSvg);
  image.content_type = "image/svg+xml";
  product::Image remote;
  remote.remote_url = "https://images.example:8443/a.jpg?x=1";
  product::Image odd;
  odd.remote_url = "https://evil;script-src *.example/a.jpg";
  coffee.images = {image, remote, odd};
  made.assortment.products = {coffee};
  return made;
}

// Core as far as an edge sees it; answers at once.
class FakeLink final : public EdgeLink {
 public:
  bool connected() const override { return is_connected; }
  void place(contract::PlaceOrder,
             std::function<void(Result<contract::PlaceOutcome>)> done) override {
    done(contract::Refused{422, "unknown_variant", "No such variant.", 0});
  }
  void order_view(OrderId, std::string,
                  std::function<void(Result<contract::OrderView>)> done) override {
    done(make_error(ErrorCode::kNotFound, "no such order"));
  }
  void sealed_call(std::string, UtcTime,
                   std::function<void(Result<contract::SealedAnswer>)> done) override {
    done(contract::SealedAnswer{200, "a..b.c.d", {}});
  }
  void fetch_asset(std::string, std::function<void(Result<contract::Asset>)> done) override {
    ++fetched;
    is_connected ? done(contract::Asset{"", "text/html", asset})
                 : done(make_error(ErrorCode::kUnavailable, "down"));
  }
  std::atomic<bool> is_connected = true;
  std::atomic<int> fetched = 0;
  std::string asset = kSvg;
};

class FakeStorefront final : public storefront::Storefront {
 public:
  std::optional<http::Response> page(const storefront::PageRequest& request,
                                     const catalog_view::View&) const override {
    ++made;
    if (request.path == "/id/") {
      return http::Response{
          200,
          {{"Content-Type", "text/html; charset=utf-8"}, {"Cache-Control", "public, max-age=60"}},
          std::string(1'000, 'x')};
    }
    if (request.path == "/id/cart") {
      return http::Response{
          200,
          {{"Content-Type", "text/html; charset=utf-8"}, {"Cache-Control", "no-store"}},
          "cart"};
    }
    return std::nullopt;
  }
  http::Response error_page(int status, const storefront::PageRequest&) const override {
    return {status, {{"Content-Type", "text/html; charset=utf-8"}}, "error page"};
  }
  mutable std::atomic<int> made = 0;
};

class NodeTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = testing::TempDir() + "node." + std::to_string(getpid());
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_ + "/web");
    std::ofstream(folder_ + "/web/main-AbCd1234.js") << std::string(500, ' ') << "1;";
    std::ofstream(folder_ + "/web/manifest.json") << "{}";
    keys_.derivation_key = std::string(32, 'd');
    keys_.sealing_keys_json = R"({"keys":[]})";
    keys_.catalog_public_key = core_.public_key();
    open();
  }
  void TearDown() override {
    close();
    std::filesystem::remove_all(folder_);
  }

  void open() {
    node_ = Node::open({.data_folder = folder_ + "/data",
                        .assets_folder = folder_ + "/web",
                        .api = {.registry = &registry_},
                        .registry = &registry_},
                       link_, storefront_, system_clock())
                .value();
    server_ = http::Server::start({.listeners = {{}, {}}}, node_->public_handler()).value();
    internal_ = http::Server::start({.listeners = {{}}}, node_->internal_handler()).value();
    client_ = std::make_unique<http::Client>(address(*server_));
    node_->set_listening(true);
  }
  void close() {
    client_.reset();
    server_.reset();
    internal_.reset();
    node_.reset();
  }

  static http::ClientOptions address(const http::Server& server) {
    return {.base_url = "http://127.0.0.1:" + std::to_string(server.port(0))};
  }
  http::ClientResponse get(const std::string& target,
                           const std::vector<http::Header>& headers = {}) {
    return client_->request("GET", target, headers).value();
  }
  http::ClientResponse post(const std::string& target, const std::vector<http::Header>& headers,
                            const std::string& body) {
    return client_->request("POST", target, headers, body).value();
  }
  http::ClientResponse internal(const std::string& target) {
    return http::Client(address(*internal_)).request("GET", target).value();
  }

  // The view is built on the node's own thread.
  template <typename Condition>
  static bool eventually(Condition condition) {
    for (int i = 0; i < 500; ++i) {
      if (condition()) {
        return true;
      }
      std::this_thread::sleep_for(10ms);
    }
    return false;
  }
  void load(std::uint64_t version) {
    node_->on_keys(keys_);
    node_->on_snapshot(wire::sign_snapshot(snapshot(version), core_));
    ASSERT_TRUE(eventually([&] {
      return internal("/metrics")
                 .body.find("dermaga_edge_catalog_version " + std::to_string(version)) !=
             std::string::npos;
    }));
  }

  std::string folder_;
  digest::SigningKey core_ = digest::SigningKey::generate();
  contract::EdgeKeys keys_;
  metrics::Registry registry_;
  FakeLink link_;
  FakeStorefront storefront_;
  std::unique_ptr<Node> node_;
  std::unique_ptr<http::Server> server_;
  std::unique_ptr<http::Server> internal_;
  std::unique_ptr<http::Client> client_;
};

TEST_F(NodeTest, NewEdgeWaitsForACatalog) {
  EXPECT_EQ(node_->loaded_version(), 0u);
  EXPECT_EQ(internal("/healthz").status, 200);
  EXPECT_EQ(internal("/readyz").status, 503);
  EXPECT_EQ(get("/id/").status, 503);
  EXPECT_EQ(get("/store/v1/products").status, 503);
  load(4);
  EXPECT_EQ(internal("/readyz").status, 200);
  EXPECT_EQ(get("/store/v1/products/kopi-gayo").status, 200);
}

TEST_F(NodeTest, SellsFromDiskWithoutCore) {
  load(4);
  const std::string key_file = folder_ + "/data/keys.json";
  ASSERT_TRUE(
      eventually([&] { return std::filesystem::exists(folder_ + "/data/catalog.snapshot"); }));
  ASSERT_TRUE(eventually(
      [&] { return std::filesystem::exists(folder_ + "/data/images/" + sha256_hex(kSvg)); }));
  struct stat status{};
  ASSERT_EQ(stat(key_file.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  close();
  link_.is_connected = false;
  open();
  EXPECT_EQ(node_->loaded_version(), 4u);
  EXPECT_EQ(get("/store/v1/products/kopi-gayo").status, 200);
  EXPECT_EQ(get("/store/v1/sealing-keys").body, keys_.sealing_keys_json);
  EXPECT_EQ(get("/assets/catalog/" + sha256_hex(kSvg) + ".svg").status, 200);
}

TEST_F(NodeTest, RefusesWhatCoreDidNotSign) {
  load(4);
  const auto other = digest::SigningKey::generate();
  node_->on_snapshot(wire::sign_snapshot(snapshot(5), other));
  ASSERT_TRUE(eventually([&] {
    return internal("/metrics").body.find("dermaga_edge_snapshots_refused_total 1") !=
           std::string::npos;
  }));
  EXPECT_NE(internal("/metrics").body.find("dermaga_edge_catalog_version 4"), std::string::npos);
}

TEST_F(NodeTest, DamagedFilesAreNoCatalog) {
  load(4);
  const std::string path = folder_ + "/data/catalog.snapshot";
  ASSERT_TRUE(eventually([&] { return std::filesystem::exists(path); }));
  close();
  std::filesystem::resize_file(path, std::filesystem::file_size(path) - 1);
  open();
  EXPECT_EQ(node_->loaded_version(), 0u);
  load(5);
  close();
  chmod((folder_ + "/data/keys.json").c_str(), 0644);  // wider than a secret may be
  open();
  EXPECT_EQ(node_->loaded_version(), 0u);
}

TEST_F(NodeTest, SnapshotBeforeItsKeys) {
  node_->on_snapshot(wire::sign_snapshot(snapshot(6), core_));
  std::this_thread::sleep_for(50ms);
  EXPECT_EQ(internal("/readyz").status, 503);
  node_->on_keys(keys_);
  EXPECT_TRUE(eventually([&] { return internal("/readyz").status == 200; }));
}

TEST_F(NodeTest, AvailabilityIsShownAndKeptAcrossCatalogs) {
  load(4);
  contract::CapacityUpdate update{.complete = true};
  update.changes = {{VariantId::parse("var_gayo").value(), contract::Availability::kSoldOut}};
  node_->on_capacity(update);
  const auto is_sold_out = [&] {
    return get("/store/v1/products/kopi-gayo").body.find("sold_out") != std::string::npos;
  };
  EXPECT_TRUE(eventually(is_sold_out));
  load(5);
  EXPECT_TRUE(is_sold_out());
  node_->on_capacity({.complete = true});
  EXPECT_TRUE(eventually([&] { return !is_sold_out(); }));
}

TEST_F(NodeTest, ShowsWhatCoreCanTake) {
  node_->on_capacity({.orders_per_second = 1'250, .complete = true});
  EXPECT_NE(internal("/metrics").body.find("\ndermaga_edge_core_orders_per_second 1250\n"),
            std::string::npos);
}

TEST_F(NodeTest, ServesImagesOfTheCatalogOnly) {
  load(4);
  const std::string path = "/assets/catalog/" + sha256_hex(kSvg);
  ASSERT_TRUE(eventually([&] { return get(path + ".svg").status == 200; }));
  const http::ClientResponse image = get(path + ".svg");
  EXPECT_EQ(image.body, kSvg);
  EXPECT_EQ(image.header("Content-Type"), "image/svg+xml");
  EXPECT_EQ(image.header("Cache-Control"), "public, max-age=31536000, immutable");
  EXPECT_NE(image.header("Content-Security-Policy").find("sandbox"), std::string::npos);
  EXPECT_EQ(image.header("X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(get(path + ".svg", {{"If-None-Match", image.header("ETag")}}).status, 304);
  for (const std::string& other :
       {path + ".html", path, path + ".svg/", std::string("/assets/catalog/"),
        "/assets/catalog/" + std::string(64, 'a') + ".svg",
        std::string("/assets/catalog/../keys.json"),
        std::string("/assets/catalog/..%2fkeys.json")}) {
    EXPECT_EQ(get(other).status, 404) << other;
  }
}

TEST_F(NodeTest, ImagesWithAnotherHashAreNotServed) {
  link_.asset = "<html>";
  load(4);
  EXPECT_EQ(get("/assets/catalog/" + sha256_hex(kSvg) + ".svg").status, 503);
  EXPECT_TRUE(std::filesystem::is_empty(folder_ + "/data/images"));
  // Damaged on disk: fetched again.
  link_.asset = kSvg;
  std::ofstream(folder_ + "/data/images/" + sha256_hex(kSvg)) << "damaged";
  EXPECT_EQ(get("/assets/catalog/" + sha256_hex(kSvg) + ".svg").body, kSvg);
}

TEST_F(NodeTest, ImagesThatMissedTheLinkAreFetchedLater) {
  link_.is_connected = false;
  load(4);
  EXPECT_EQ(get("/assets/catalog/" + sha256_hex(kSvg) + ".svg").status, 503);
  link_.is_connected = true;
  node_->on_connected(true);
  EXPECT_TRUE(eventually(
      [&] { return std::filesystem::exists(folder_ + "/data/images/" + sha256_hex(kSvg)); }));
}

TEST_F(NodeTest, ServesTheWebBuild) {
  const http::ClientResponse script =
      get("/assets/app/main-AbCd1234.js", {{"Accept-Encoding", "br"}});
  EXPECT_EQ(script.status, 200);
  EXPECT_EQ(script.header("Content-Type"), "text/javascript; charset=utf-8");
  EXPECT_EQ(script.header("Content-Encoding"), "br");
  EXPECT_EQ(script.header("Cache-Control"), "public, max-age=31536000, immutable");
  EXPECT_EQ(get("/assets/app/manifest.json").status, 404);
  EXPECT_EQ(get("/assets/app/../data/keys.json").status, 404);
}

TEST_F(NodeTest, PagesCarrySecurityHeadersAndAreKept) {
  load(4);
  const http::ClientResponse page = get("/id/", {{"Accept-Encoding", "gzip"}});
  EXPECT_EQ(page.header("Content-Encoding"), "gzip");
  const std::string policy = page.header("Content-Security-Policy");
  EXPECT_NE(policy.find("default-src 'none'; script-src 'self'; style-src 'self'; "
                        "img-src 'self' https://images.example:8443; "),
            std::string::npos)
      << policy;
  EXPECT_EQ(policy.find("unsafe"), std::string::npos);
  for (const char* name : {"Referrer-Policy", "Permissions-Policy", "Cross-Origin-Opener-Policy",
                           "X-Content-Type-Options", "ETag"}) {
    EXPECT_NE(page.header(name), "") << name;
  }
  EXPECT_EQ(page.header("Strict-Transport-Security"), "");  // not over plain HTTP
  const int made = storefront_.made;
  EXPECT_EQ(
      get("/id/", {{"Accept-Encoding", "gzip"}, {"If-None-Match", page.header("ETag")}}).status,
      304);
  EXPECT_EQ(storefront_.made, made);

  const http::ClientResponse cart = get("/id/cart", {{"Accept-Encoding", "gzip"}});
  EXPECT_EQ(cart.body, "cart");
  EXPECT_EQ(cart.header("Cache-Control"), "no-store");
  EXPECT_NE(cart.header("Content-Security-Policy"), "");
  EXPECT_EQ(get("/nothing").status, 404);
  EXPECT_NE(get("/nothing").header("Content-Security-Policy"), "");
  EXPECT_EQ(post("/id/", {}, "").status, 405);
}

// What an edge decides about bodies, as a shopper's program meets it.
TEST_F(NodeTest, BadInputOverHttp) {
  load(4);
  const std::string good =
      R"({"lines":[{"variant_id":"var_gayo","quantity":1}],"destination":{"country":"ID"},)"
      R"("shipping_method":"standard","total":{"amount":1,"currency":"IDR"},"sealed":"a..b.c.d"})";
  struct Row {
    const char* name;
    const char* target;
    std::vector<http::Header> headers;
    std::string body;
    int status;
    const char* code;
  };
  const http::Header json{"Content-Type", "application/json"};
  const http::Header key{"Idempotency-Key", "k1"};
  const Row rows[] = {
      {"refused by core", "/store/v1/orders", {json, key}, good, 422, "unknown_variant"},
      {"no key", "/store/v1/orders", {json}, good, 400, "idempotency_key_missing"},
      {"wrong type",
       "/store/v1/orders",
       {{"Content-Type", "text/plain"}, key},
       good,
       415,
       "unsupported_media_type"},
      {"malformed", "/store/v1/orders", {json, key}, "{", 400, "malformed_json"},
      {"garbage box",
       "/store/v1/sealed",
       {{"Content-Type", "application/jose"}},
       "x",
       422,
       "box_malformed"},
      {"call box too large",
       "/store/v1/sealed",
       {{"Content-Type", "application/jose"}},
       std::string(33'000, 'a'),
       413,
       "body_too_large"},
      {"no such route", "/store/v1/refunds", {json}, "{}", 404, "not_found"},
      {"wrong method", "/store/v1/products", {json}, "{}", 405, "method_not_allowed"},
  };
  for (const Row& row : rows) {
    const http::ClientResponse answer = post(row.target, row.headers, row.body);
    EXPECT_EQ(answer.status, row.status) << row.name;
    EXPECT_NE(answer.body.find("\"code\":\"" + std::string(row.code) + "\""), std::string::npos)
        << row.name << answer.body;
    EXPECT_EQ(answer.header("Content-Type"), "application/problem+json") << row.name;
    EXPECT_EQ(answer.header("X-Content-Type-Options"), "nosniff") << row.name;
    EXPECT_EQ(answer.header("Access-Control-Allow-Origin"), "") << row.name;
  }
  // Above 64 KiB the server refuses before the body is read.
  http::Client fresh(address(*server_));
  const auto large =
      fresh.request("POST", "/store/v1/orders", {json, key}, std::string(70'000, ' '));
  EXPECT_TRUE(!large.has_value() || large->status == 413);
}

TEST_F(NodeTest, InternalPages) {
  EXPECT_EQ(internal("/nothing").status, 404);
  EXPECT_EQ(http::Client(address(*internal_)).request("POST", "/metrics").value().status, 405);
  load(4);
  EXPECT_EQ(get("/store/v1/products/kopi-gayo").status, 200);
  EXPECT_NE(internal("/metrics")
                .body.find(R"(dermaga_store_api_answers_total{route="product",status="200"} 1)"),
            std::string::npos);
  node_->set_listening(false);
  EXPECT_EQ(internal("/readyz").status, 503);
}

TEST(NodeOpen, NamesMissingAssets) {
  FakeLink link;
  FakeStorefront storefront;
  metrics::Registry registry;
  const std::string folder = testing::TempDir() + "node_open." + std::to_string(getpid());
  const auto node =
      Node::open({.data_folder = folder, .assets_folder = "/nowhere/web", .registry = &registry},
                 link, storefront, system_clock());
  ASSERT_FALSE(node.has_value());
  EXPECT_NE(node.error().message().find("/nowhere/web"), std::string::npos);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace dermaga::edge_node

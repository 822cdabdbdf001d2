#include "buyer/buyer.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "digest/digest.h"
#include "encoding/encoding.h"
#include "fake_shop.h"

namespace dermaga::buyer {
namespace {

struct Purchase {
  int exit_status;
  std::string out;
  std::string err;
};

class BuyerTest : public testing::Test {
 protected:
  BuyerTest() {
    char pattern[] = "/tmp/dermaga-buyer-XXXXXX";
    folder_ = mkdtemp(pattern);
    std::tie(shop_, server_) = FakeShop::start();
    url_ = "http://127.0.0.1:" + std::to_string(server_->port(0));
  }
  ~BuyerTest() override {
    server_->drain(std::chrono::seconds(1));
    std::filesystem::remove_all(folder_);
  }

  static Purchase run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "buy");
    std::vector<const char*> argv;
    for (const std::string& argument : arguments) {
      argv.push_back(argument.c_str());
    }
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    const int status = run_buy(static_cast<int>(argv.size()), argv.data());
    fflush(stdout);
    return {status, testing::internal::GetCapturedStdout(), testing::internal::GetCapturedStderr()};
  }
  Purchase buy(std::vector<std::string> arguments = {}) const {
    arguments.insert(arguments.begin(), {"--url", url_});
    return run(std::move(arguments));
  }
  std::vector<std::string> lines_of(const std::string& name) const {
    std::ifstream in(folder_ + "/" + name);
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line);) {
      lines.push_back(line);
    }
    return lines;
  }

  std::string folder_;
  std::shared_ptr<FakeShop> shop_;
  std::unique_ptr<http::Server> server_;
  std::string url_;
};

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_F(BuyerTest, BuysOneFollowsItAndReadsItBack) {
  const Purchase run = buy();
  EXPECT_EQ(run.exit_status, 0) << run.err;
  EXPECT_TRUE(contains(run.out, "1 × Batik (L) (BATIK-2)")) << run.out;
  EXPECT_TRUE(contains(run.out, "Sari Dewi <sari@example.com>")) << run.out;
  EXPECT_TRUE(contains(run.out, "1 × Batik (L)  Rp")) << run.out;
  EXPECT_TRUE(contains(run.out, "1 placed")) << run.out;
  EXPECT_TRUE(contains(run.err, "payment pending")) << run.err;
  EXPECT_TRUE(contains(run.err, "payment paid")) << run.err;

  const auto orders = shop_->orders();
  ASSERT_EQ(orders.size(), 1u);
  EXPECT_TRUE(contains(orders[0].body, R"("quote_id":"q1.x.y")"));
  EXPECT_FALSE(contains(orders[0].body, "Sari"));
  EXPECT_TRUE(contains(orders[0].box_json, R"("name":"Sari Dewi")"));
  EXPECT_TRUE(contains(orders[0].box_json, R"("idempotency_key":")" + orders[0].key));
  EXPECT_TRUE(contains(orders[0].box_json, R"("token":"tok_approve")"));
}

TEST_F(BuyerTest, TheBoxIsBoundToTheClearPart) {
  buy({"--quantity", "3", "--region", ""});
  sealing::ClearPart clear;
  clear.lines = {{"var_b", 3}};
  clear.destination.country = "ID";
  clear.destination.postal_code = "10110";
  clear.shipping_method = "regular";
  clear.total = Money(203'000, Currency::parse("IDR").value());
  EXPECT_TRUE(contains(shop_->orders().at(0).box_json, sealing::clear_hash(clear)));
  EXPECT_FALSE(contains(shop_->orders().at(0).body, "region"));
}

TEST_F(BuyerTest, PaysWithACard) {
  EXPECT_EQ(buy({"--card", "4242424242424242"}).exit_status, 0);
  const std::string box = shop_->orders().at(0).box_json;
  EXPECT_TRUE(contains(box, R"("card":{"number":"4242424242424242","expiry_month":12)")) << box;
  EXPECT_FALSE(contains(box, "token"));
}

TEST_F(BuyerTest, AnswersAChallenge) {
  shop_->payment_action = "challenge";
  shop_->payments = {"pending", "paid"};
  const Purchase run = buy({"--token", "tok_challenge", "--code", "123456"});
  EXPECT_EQ(run.exit_status, 0) << run.err;
  EXPECT_TRUE(contains(shop_->calls().at(0), R"("method":"payment.challenge")"));
  EXPECT_TRUE(contains(shop_->calls().at(0), R"("code":"123456")"));
}

TEST_F(BuyerTest, AChallengeWithoutACodeIsNotPaid) {
  shop_->payment_action = "challenge";
  shop_->payments = {"pending"};
  const Purchase run = buy();
  EXPECT_EQ(run.exit_status, 1);
  EXPECT_TRUE(contains(run.err, "--code")) << run.err;
}

TEST_F(BuyerTest, ADeclinedPaymentIsToldAndReadBack) {
  shop_->payments = {"failed"};
  const Purchase run = buy({"--json"});
  EXPECT_EQ(run.exit_status, 1);
  EXPECT_TRUE(contains(run.out, R"("payment_status":"failed","read_back":true)")) << run.out;
}

TEST_F(BuyerTest, PlacesManyAndJournalsThem) {
  const std::string journal = folder_ + "/journal.jsonl";
  const Purchase run = buy({"--count", "40", "--concurrency", "8", "--journal", journal, "--json"});
  EXPECT_EQ(run.exit_status, 0) << run.err;
  EXPECT_TRUE(contains(run.out, R"("sent":40,"placed":40,"replayed":0)")) << run.out;
  const auto orders = shop_->orders();
  ASSERT_EQ(orders.size(), 40u);
  EXPECT_FALSE(contains(orders[0].body, "quote_id"));
  const auto lines = lines_of("journal.jsonl");
  EXPECT_EQ(lines.size(), 80u);
  std::string all;
  for (const std::string& line : lines) {
    EXPECT_TRUE(json::Document::parse(line).has_value()) << line;
    all += line;
  }
  for (const FakeShop::Order& order : orders) {
    EXPECT_TRUE(contains(all, order.key));
    EXPECT_TRUE(contains(all, encoding::hex(digest::sha256(order.body))));
  }
  EXPECT_TRUE(
      contains(all, R"("status":201,"order_id":"ord_40","order_status":"open","replayed":false)"))
      << lines.back();
  for (const char* field : {R"("monotonic_us":)", R"("variant_id":"var_b","quantity":1)"}) {
    EXPECT_TRUE(contains(lines.front(), field)) << lines.front();
  }
}

TEST_F(BuyerTest, ARateIsKept) {
  const auto started = std::chrono::steady_clock::now();
  EXPECT_EQ(buy({"--count", "11", "--concurrency", "4", "--rate", "50"}).exit_status, 0);
  EXPECT_GE(std::chrono::steady_clock::now() - started, std::chrono::milliseconds(190));
}

TEST_F(BuyerTest, RefusalsAreCountedByCode) {
  shop_->scripted = {http::problem(409, "out_of_stock", "", ""),
                     http::problem(409, "price_changed", "", ""),
                     http::problem(503, "core_unavailable", "", ""),
                     {.status = 202, .body = R"({"id":"ord_p"})"},
                     {.status = 500, .body = "oops"}};
  const Purchase run = buy({"--count", "6", "--json"});
  EXPECT_EQ(run.exit_status, 1);
  EXPECT_TRUE(contains(run.out,
                       R"("placed":1,"replayed":0,"pending_acceptance":1,"out_of_stock":1,)"
                       R"("unknown":0,"other":{"core_unavailable":1,"http_500":1,)"
                       R"("price_changed":1})"))
      << run.out;
}

TEST_F(BuyerTest, AnOrderTakenForLaterIsToldAndNotWaitedFor) {
  shop_->scripted = {
      {.status = 202,
       .body = R"({"id":"ord_p","access_token":"oat_p","status":"pending_acceptance"})"}};
  const Purchase run = buy({"--json"});
  EXPECT_EQ(run.exit_status, 0) << run.err;
  EXPECT_TRUE(contains(run.err, "order ord_p is taken for later")) << run.err;
  EXPECT_TRUE(contains(run.out, R"("order":{"id":"ord_p","access_token":"oat_p",)"
                                R"("status":"pending_acceptance")"))
      << run.out;
}

TEST_F(BuyerTest, OutOfStockFailsASingleOrderButNotALoad) {
  shop_->scripted = {http::problem(409, "out_of_stock", "", "")};
  EXPECT_EQ(buy({"--count", "2"}).exit_status, 0);
  shop_->scripted = {http::problem(409, "out_of_stock", "", "")};
  EXPECT_EQ(buy().exit_status, 1);
}

TEST_F(BuyerTest, AnOrderSoldFromALeaseIsNotWaitedForWhileCoreIsAway) {
  shop_->payments = {"pending"};
  shop_->core_away = true;
  const auto started = std::chrono::steady_clock::now();
  const Purchase run = buy();
  EXPECT_EQ(run.exit_status, 0) << run.err;
  EXPECT_TRUE(contains(run.err, "private zone is away")) << run.err;
  EXPECT_LT(std::chrono::steady_clock::now() - started, std::chrono::seconds(20));
}

TEST_F(BuyerTest, ACardMayBeWrittenWithSpaces) {
  EXPECT_EQ(buy({"--card", "4242 4242 4242 4242"}).exit_status, 0);
  EXPECT_TRUE(contains(shop_->orders().at(0).box_json, R"("number":"4242424242424242")"));
}

TEST_F(BuyerTest, RetriesWithTheSameKeyUntilAnswered) {
  http::Response replay{.status = 201,
                        .headers = {{"Idempotent-Replayed", "true"}},
                        .body = R"({"id":"ord_r","access_token":"oat_x"})"};
  shop_->scripted = {http::problem(503, "core_unavailable", "", ""),
                     http::problem(409, "idempotency_key_in_flight", "", ""),
                     http::problem(429, "overloaded", "", ""), replay};
  const std::string journal = folder_ + "/journal.jsonl";
  const Purchase run = buy({"--count", "2", "--retry", "--journal", journal, "--json"});
  EXPECT_EQ(run.exit_status, 0) << run.err;
  EXPECT_TRUE(contains(run.out, R"("sent":2,"placed":2,"replayed":1)")) << run.out;
  EXPECT_EQ(lines_of("journal.jsonl").size(), 10u);
}

TEST_F(BuyerTest, RepeatsEveryAnsweredOrderWithItsKey) {
  const std::string journal = folder_ + "/journal.jsonl";
  const Purchase run = buy({"--count", "3", "--repeat", "2", "--journal", journal, "--json"});
  EXPECT_EQ(run.exit_status, 0) << run.err;
  EXPECT_TRUE(contains(run.out, R"("sent":3,"placed":3)")) << run.out;  // the first answers
  std::map<std::string, std::string> body_of;
  for (const FakeShop::Order& order : shop_->orders()) {
    EXPECT_EQ(body_of.try_emplace(order.key, order.body).first->second, order.body);
  }
  EXPECT_EQ(body_of.size(), 3u);
  EXPECT_EQ(shop_->orders().size(), 9u);
  EXPECT_EQ(lines_of("journal.jsonl").size(), 18u);
}

TEST_F(BuyerTest, TheReplyKeyReadsTheOrderLater) {
  const std::string key = folder_ + "/reply.jwk";
  EXPECT_EQ(buy({"--reply-key", key}).exit_status, 0);
  struct stat status{};
  ASSERT_EQ(stat(key.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  const Purchase own = buy({"--read", "ord_1", "--access-token", "oat_x", "--reply-key", key});
  EXPECT_EQ(own.exit_status, 0) << own.err;
  EXPECT_TRUE(contains(own.out, "Sari Dewi")) << own.out;
  const Purchase stranger = buy({"--read", "ord_1", "--access-token", "oat_x"});
  EXPECT_EQ(stranger.exit_status, 1);
  EXPECT_TRUE(contains(stranger.err, "reply_key_mismatch")) << stranger.err;
}

TEST_F(BuyerTest, ABrokenReplyKeyFileIsNamed) {
  const std::string key = folder_ + "/reply.jwk";
  std::ofstream(key) << "{}";
  chmod(key.c_str(), 0600);
  const Purchase run = buy({"--reply-key", key});
  EXPECT_EQ(run.exit_status, 1);
  EXPECT_TRUE(contains(run.err, key)) << run.err;
}

TEST_F(BuyerTest, FindsTheShopByItsDataFolder) {
  std::filesystem::create_directories(folder_ + "/run");
  std::ofstream(folder_ + "/run/up.json")
      << R"({"ca_file":"","addresses":{"link":"127.0.0.1:1","storefront":")" << url_ << R"("}})";
  EXPECT_EQ(run({"--data", folder_}).exit_status, 0);
  const Purchase none = run({"--data", folder_ + "/nothing"});
  EXPECT_EQ(none.exit_status, 1);
  EXPECT_TRUE(contains(none.err, "./dermaga up")) << none.err;
  std::ofstream(folder_ + "/run/up.json") << R"({"ca_file":"","addresses":{}})";
  EXPECT_EQ(run({"--data", folder_}).exit_status, 1);
}

TEST_F(BuyerTest, SkuIsFoundOnAnyPage) {
  EXPECT_EQ(buy({"--sku", "BATIK-1"}).exit_status, 0);
  EXPECT_TRUE(contains(shop_->orders().at(0).body, "var_a"));
  EXPECT_EQ(buy({"--sku", "var_b"}).exit_status, 0);
  const Purchase unknown = buy({"--sku", "NOTHING"});
  EXPECT_EQ(unknown.exit_status, 1);
  EXPECT_TRUE(contains(unknown.err, "does not sell NOTHING")) << unknown.err;
}

TEST_F(BuyerTest, WrongOptions) {
  for (const std::vector<std::string>& arguments : {std::vector<std::string>{"--count", "0"},
                                                    {"--count", "200001"},
                                                    {"--quantity", "0"},
                                                    {"--rate", "-1"},
                                                    {"--rate", "nan"},
                                                    {"--rate", "10x"},
                                                    {"--ca", "/no/such/file"},
                                                    {"--card", "4242-4242-4242-4242"},
                                                    {"--card", "4242"},
                                                    {"--locale", "fr"},
                                                    {"--nonsense"},
                                                    {"--read", "ord_1"},
                                                    {"--token", "t", "--card", "4242"}}) {
    const Purchase run = buy(arguments);
    EXPECT_EQ(run.exit_status, 2) << arguments[0];
    EXPECT_TRUE(contains(run.err, "--help")) << run.err;
  }
  const Purchase help = buy({"--help"});
  EXPECT_EQ(help.exit_status, 0);
  EXPECT_TRUE(contains(help.out, "--journal")) << help.out;
  EXPECT_TRUE(contains(help.out, "Exit status")) << help.out;
}

TEST_F(BuyerTest, NobodyListens) {
  const Purchase run = BuyerTest::run({"--url", "http://127.0.0.1:1"});
  EXPECT_EQ(run.exit_status, 1);
  EXPECT_TRUE(contains(run.err, "http://127.0.0.1:1")) << run.err;
}

TEST_F(BuyerTest, AJournalThatCannotBeOpened) {
  const Purchase run = buy({"--journal", folder_ + "/no/such/folder"});
  EXPECT_EQ(run.exit_status, 1);
  EXPECT_TRUE(contains(run.err, "no/such/folder")) << run.err;
}

}  // namespace
}  // namespace dermaga::buyer

#pragma once

#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "digest/signature.h"
#include "http/server.h"
#include "json/reader.h"
#include "json/writer.h"
#include "random/random.h"
#include "sealing/key_set.h"
#include "unsealing/unsealing.h"

namespace dermaga::buyer {

// A shop of one variant behind a real HTTP server, for tests: opens boxes itself and answers as the
// store API does, or as it was told to.
class FakeShop final : public http::Handler {
 public:
  struct Order {
    std::string key;
    std::string body;
    std::string box_json;
    sealing::PublicKey reply_key;
  };

  // Statuses and bodies for the next POST /orders, before normal answers.
  std::deque<http::Response> scripted;
  // payment_status values that GET /orders/{id} answers, the last one for ever.
  std::deque<std::string> payments = {"pending", "paid"};
  std::string payment_action;
  bool core_away = false;  // sealed calls are refused

  static std::pair<std::shared_ptr<FakeShop>, std::unique_ptr<http::Server>> start() {
    auto shop = std::make_shared<FakeShop>();
    http::ServerOptions options;
    options.listeners = {http::Listener{}};
    auto server = http::Server::start(options, shop).value();
    return {std::move(shop), std::move(server)};
  }

  std::vector<Order> orders() {
    const std::lock_guard lock(mutex_);
    return orders_;
  }
  std::vector<std::string> calls() {
    const std::lock_guard lock(mutex_);
    return calls_;
  }

  void handle(const http::Request& request, http::Responder responder) override {
    const std::lock_guard lock(mutex_);
    std::move(responder).send(answer(request));
  }

 private:
  static constexpr std::string_view kMoney = R"({"amount":203000,"currency":"IDR"})";

  static http::Response json(int status, std::string body) {
    return {.status = status,
            .headers = {{"Content-Type", "application/json"}},
            .body = std::move(body)};
  }

  http::Response answer(const http::Request& request) {
    const std::string path(request.path.substr(request.path.find("/v1") + 3));
    if (path == "/sealing-keys") {
      return json(200,
                  sealing::write_key_set({opener_.public_key()}, [this](std::string_view text) {
                    return signer_.sign(text);
                  }));
    }
    if (path == "/products") {
      return products(request.query.find("cursor=") != std::string_view::npos);
    }
    if (path == "/quotes") {
      return json(200, R"({"id":"q1.x.y","shipping_offers":[{"method":"regular","title":"Regular",)"
                       R"("price":{"amount":18000,"currency":"IDR"}}],"total":)" +
                           std::string(kMoney) + "}");
    }
    if (path == "/orders") {
      return place(request);
    }
    if (path == "/sealed" && core_away) {
      return http::problem(503, "core_unavailable", "", "");
    }
    if (path == "/sealed") {
      return sealed(std::string(request.body));
    }
    return status_of_order(request);
  }

  static http::Response products(bool second_page) {
    const std::string sku = second_page ? "BATIK-2" : "BATIK-1";
    const std::string availability = second_page ? "in_stock" : "sold_out";
    return json(200, R"({"items":[{"id":"prod_a","title":"Batik","variants":[{"id":"var_)" +
                         std::string(second_page ? "b" : "a") + R"(","sku":")" + sku +
                         R"(","title":"L","availability":")" + availability +
                         R"("}]}],"next_cursor":)" + (second_page ? "null" : R"("n/2")") + "}");
  }

  http::Response place(const http::Request& request) {
    if (!scripted.empty()) {
      http::Response response = std::move(scripted.front());
      scripted.pop_front();
      return response;
    }
    const std::string body(request.body);
    const auto document = json::Document::parse(body).value();
    auto reader = json::ObjectReader::of(document.root()).value();
    const std::string box_json =
        opener_.open(reader.string("sealed", sealing::kBoxBytesMax).value()).value();
    const auto box = json::Document::parse(box_json).value();
    auto box_reader = json::ObjectReader::of(box.root()).value();
    const auto reply_key = box_reader.required("reply_key").value().dump();
    orders_.push_back({std::string(request.header("Idempotency-Key")), body, box_json,
                       sealing::PublicKey::from_jwk_json(reply_key).value()});
    return json(201, R"({"id":"ord_)" + std::to_string(orders_.size()) +
                         R"(","access_token":"oat_x","status":"open"})");
  }

  http::Response status_of_order(const http::Request& request) {
    if (request.header("Authorization") != "Bearer oat_x") {
      return http::problem(403, "forbidden", "", "");
    }
    const std::string payment = payments.front();
    if (payments.size() > 1) {
      payments.pop_front();
    }
    const std::string action = payment == "pending" ? payment_action : "";
    return json(200, R"({"status":"open","payment_status":")" + payment + R"(","payment_action":)" +
                         (action.empty() ? "null" : "\"" + action + "\"") +
                         R"(,"cancel_reason":null})");
  }

  http::Response sealed(const std::string& box) {
    calls_.push_back(opener_.open(box).value());
    const auto document = json::Document::parse(calls_.back()).value();
    auto reader = json::ObjectReader::of(document.root()).value();
    const auto reply_key =
        sealing::PublicKey::from_jwk_json(reader.required("reply_key").value().dump()).value();
    const bool known = std::any_of(orders_.begin(), orders_.end(), [&](const Order& order) {
      return order.reply_key.thumbprint() == reply_key.thumbprint();
    });
    if (!known) {
      return http::problem(403, "reply_key_mismatch", "", "");
    }
    payment_action.clear();
    const std::string answer =
        R"({"v":1,"method":"order.read","result":{"lines":[{"variant_id":"var_b",)"
        R"("quantity":1,"line_total":)" +
        std::string(kMoney) + R"(}],"shipping":)" + std::string(kMoney) + R"(,"total":)" +
        std::string(kMoney) +
        R"(,"customer":{"name":"Sari Dewi","email":"sari@example.com","phone":"1"},)"
        R"("shipping_address":{"line1":"Jl. Merdeka 1","city":"Jakarta","country":"ID"}}})";
    return {.status = 200,
            .headers = {{"Content-Type", "application/jose"}},
            .body = sealing::seal(reply_key, answer, system_random()).value()};
  }

  std::mutex mutex_;
  unsealing::Opener opener_ = unsealing::Opener::generate().value();
  digest::SigningKey signer_ = digest::SigningKey::generate();
  std::vector<Order> orders_;
  std::vector<std::string> calls_;
};

}  // namespace dermaga::buyer

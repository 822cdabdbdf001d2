#include "requests.h"

#include <algorithm>
#include <optional>
#include <thread>

#include "clock/clock.h"
#include "encoding/encoding.h"
#include "http/client.h"
#include "json/reader.h"
#include "json/writer.h"
#include "money/money.h"
#include "pricing/pricing.h"
#include "random/random.h"
#include "sealing/key_set.h"
#include "sealing/sealing.h"
#include "uuid/uuid.h"

namespace dermaga::bench {
namespace {

constexpr std::size_t kTextBytesMax = 64 * 1024;
constexpr std::size_t kItemsMax = 10'000;
constexpr std::chrono::hours kBoxLifetime{1};
constexpr const char* kCountry = "ID";
constexpr const char* kRegion = "ID-JB";
constexpr const char* kPostalCode = "40115";

// What all orders of a run share.
struct Terms {
  std::string variant_id;
  std::string quote_id;
  std::string shipping_method;
  Money total;
  sealing::PublicKey shop_key;
  sealing::PublicKey reply_key;
};

Result<std::string> ask(http::Client& client, std::string_view method, const std::string& path,
                        std::string_view body = {}) {
  ASSIGN_OR_RETURN(auto response, client.request(method, "/store/v1" + path,
                                                 {{"Content-Type", "application/json"}}, body));
  if (response.status != 200) {
    return make_error(
        ErrorCode::kUnavailable,
        path + " was answered " + std::to_string(response.status) + ": " + response.body);
  }
  return std::move(response.body);
}

Result<std::string> find_variant(http::Client& client, const std::string& sku) {
  ASSIGN_OR_RETURN(const std::string body, ask(client, "GET", "/products?limit=100"));
  ASSIGN_OR_RETURN(const auto document, json::Document::parse(body));
  ASSIGN_OR_RETURN(auto reader, json::ObjectReader::of(document.root()));
  ASSIGN_OR_RETURN(const auto list, reader.required("items"));
  ASSIGN_OR_RETURN(const auto products, list.as_array(kItemsMax));
  for (const json::Value& product : products) {
    ASSIGN_OR_RETURN(auto product_reader, json::ObjectReader::of(product));
    ASSIGN_OR_RETURN(const auto variants_value, product_reader.required("variants"));
    ASSIGN_OR_RETURN(const auto variants, variants_value.as_array(kItemsMax));
    for (const json::Value& variant : variants) {
      ASSIGN_OR_RETURN(auto fields, json::ObjectReader::of(variant));
      ASSIGN_OR_RETURN(const std::string found, fields.string("sku", kTextBytesMax));
      if (found == sku) {
        return fields.string("id", kTextBytesMax);
      }
    }
  }
  return make_error(ErrorCode::kNotFound, "the shop does not sell " + sku);
}

void write_clear_part(json::Writer& writer, const std::string& variant_id,
                      const std::string& shipping_method) {
  writer.key("lines");
  writer.array();
  writer.object();
  writer.field("variant_id", variant_id);
  writer.field("quantity", std::int64_t{1});
  writer.end_object();
  writer.end_array();
  writer.key("destination");
  writer.object();
  writer.field("country", kCountry);
  writer.field("region", kRegion);
  writer.field("postal_code", kPostalCode);
  writer.end_object();
  writer.field("shipping_method", shipping_method);
}

Result<Money> read_total(json::ObjectReader& quote) {
  ASSIGN_OR_RETURN(const auto value, quote.required("total"));
  ASSIGN_OR_RETURN(auto reader, json::ObjectReader::of(value));
  ASSIGN_OR_RETURN(const auto amount, reader.integer("amount", 0, Money::kAmountMax));
  ASSIGN_OR_RETURN(const std::string code, reader.string("currency", 3));
  ASSIGN_OR_RETURN(const Currency currency, Currency::parse(code));
  return Money(amount, currency);
}

Result<Terms> ask_for_terms(const Target& target) {
  http::Client client({.base_url = target.url, .ca_file = target.ca_file});
  Terms terms;
  ASSIGN_OR_RETURN(terms.variant_id, find_variant(client, target.sku));
  terms.shipping_method = "standard";
  std::string basket;
  json::Writer writer(basket);
  writer.object();
  write_clear_part(writer, terms.variant_id, terms.shipping_method);
  writer.end_object();
  ASSIGN_OR_RETURN(const std::string quoted, ask(client, "POST", "/quotes", basket));
  ASSIGN_OR_RETURN(const auto document, json::Document::parse(quoted));
  ASSIGN_OR_RETURN(auto quote, json::ObjectReader::of(document.root()));
  ASSIGN_OR_RETURN(terms.quote_id, quote.string("id", kTextBytesMax));
  ASSIGN_OR_RETURN(terms.total, read_total(quote));
  ASSIGN_OR_RETURN(const std::string keys_json, ask(client, "GET", "/sealing-keys"));
  ASSIGN_OR_RETURN(const auto keys, sealing::read_key_set(keys_json, ""));
  terms.shop_key = keys.front();
  // Nobody reads these orders back: any point of the curve will do as the key to answer to.
  std::string scalar(sealing::kCoordinateBytes, '\x01');
  terms.reply_key.point = sealing::public_point(scalar);
  return terms;
}

std::string box_text(const Terms& terms, const std::string& key, UtcTime now) {
  sealing::ClearPart clear;
  clear.lines = {{terms.variant_id, 1}};
  clear.destination = {.country = kCountry, .region = kRegion, .postal_code = kPostalCode};
  clear.shipping_method = terms.shipping_method;
  clear.total = terms.total;
  std::string text;
  json::Writer writer(text);
  writer.object();
  writer.field("v", std::int64_t{1});
  writer.field("purpose", "order");
  writer.field("idempotency_key", key);
  writer.field("clear_hash", sealing::clear_hash(clear));
  writer.field("expires_at", format_rfc3339(now + kBoxLifetime));
  writer.field("locale", "id");
  writer.key("customer");
  writer.object();
  writer.field("name", "Sari Dewi Lestari");
  writer.field("email", "sari.dewi@example.test");
  writer.field("phone", "+62 811 2222 3333");
  writer.end_object();
  writer.key("shipping_address");
  writer.object();
  writer.field("line1", "Jalan Melati 5, RT 02 / RW 03");
  writer.field("city", "Bandung");
  writer.field("region", kRegion);
  writer.field("postal_code", kPostalCode);
  writer.field("country", kCountry);
  writer.end_object();
  writer.key("payment");
  writer.object();
  writer.field("provider", "sandbox");
  writer.field("token", "tok_approve");
  writer.end_object();
  writer.key("reply_key");
  writer.raw(terms.reply_key.to_jwk_json());
  writer.end_object();
  return text;
}

Result<std::string> make_request(const Terms& terms, UtcTime now) {
  const std::string key = make_uuid7(now, system_random());  // as the storefront does
  ASSIGN_OR_RETURN(const std::string box,
                   sealing::seal(terms.shop_key, box_text(terms, key, now), system_random()));
  std::string body;
  json::Writer writer(body);
  writer.object();
  write_clear_part(writer, terms.variant_id, terms.shipping_method);
  writer.key("total");
  writer.object();
  writer.field("amount", terms.total.amount());
  writer.field("currency", terms.total.currency().code());
  writer.end_object();
  writer.field("quote_id", terms.quote_id);
  writer.field("sealed", box);
  writer.end_object();
  return "POST /store/v1/orders HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
         "application/json\r\nIdempotency-Key: " +
         key + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

}  // namespace

Result<std::vector<std::string>> prepare_requests(const Target& target, std::size_t count) {
  ASSIGN_OR_RETURN(const Terms terms, ask_for_terms(target));
  std::vector<std::string> requests(count);
  const UtcTime now = system_clock().now();
  const std::size_t workers = std::max<std::size_t>(1, std::thread::hardware_concurrency());
  std::vector<Status> made(workers);
  std::vector<std::thread> threads;
  for (std::size_t worker = 0; worker < workers; ++worker) {
    threads.emplace_back([&, worker] {
      for (std::size_t i = worker; i < count && made[worker].has_value(); i += workers) {
        auto request = make_request(terms, now);
        if (request.has_value()) {
          requests[i] = *std::move(request);
        } else {
          made[worker] = std::unexpected(request.error());
        }
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  for (const Status& status : made) {
    RETURN_IF_ERROR(status);
  }
  return requests;
}

}  // namespace dermaga::bench

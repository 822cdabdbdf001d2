#include "shop.h"

#include "encoding/encoding.h"
#include "json/reader.h"
#include "json/writer.h"
#include "sealing/key_set.h"

namespace dermaga::buyer {

namespace {

constexpr std::chrono::seconds kRequestTimeout{35};  // longer than the edge's own
constexpr std::size_t kTextBytesMax = 64 * 1024;
constexpr std::size_t kPageItemsMax = 100;
constexpr std::size_t kVariantsMax = 10'000;
constexpr std::size_t kPagesMax = 10'000;

// Members that this program does not use may be there: readers are never finished.
Result<std::optional<Variant>> pick_variant(const json::Value& product, const std::string& wanted) {
  ASSIGN_OR_RETURN(auto reader, json::ObjectReader::of(product));
  ASSIGN_OR_RETURN(const std::string product_title, reader.string("title", kTextBytesMax));
  ASSIGN_OR_RETURN(const auto variants, reader.required("variants"));
  ASSIGN_OR_RETURN(const auto items, variants.as_array(kVariantsMax));
  for (const json::Value& item : items) {
    ASSIGN_OR_RETURN(auto fields, json::ObjectReader::of(item));
    Variant variant;
    ASSIGN_OR_RETURN(variant.id, fields.string("id", kTextBytesMax));
    ASSIGN_OR_RETURN(variant.sku, fields.string("sku", kTextBytesMax));
    ASSIGN_OR_RETURN(const std::string title, fields.string("title", kTextBytesMax));
    ASSIGN_OR_RETURN(const std::string availability, fields.string("availability", 32));
    variant.title = title == product_title ? title : product_title + " (" + title + ")";
    const bool matches =
        wanted.empty() ? availability != "sold_out" : variant.sku == wanted || variant.id == wanted;
    if (matches) {
      return variant;
    }
  }
  return std::nullopt;
}

Result<Money> read_money(json::ObjectReader& parent, std::string_view key) {
  ASSIGN_OR_RETURN(const auto value, parent.required(key));
  ASSIGN_OR_RETURN(auto reader, json::ObjectReader::of(value));
  ASSIGN_OR_RETURN(const auto amount, reader.integer("amount", 0, Money::kAmountMax));
  ASSIGN_OR_RETURN(const std::string code, reader.string("currency", 3));
  ASSIGN_OR_RETURN(const Currency currency, Currency::parse(code));
  return Money(amount, currency);
}

// The first offer's method; "" where nothing needs shipping.
Result<std::string> first_method(const std::string& quote_json) {
  ASSIGN_OR_RETURN(const auto document, json::Document::parse(quote_json));
  ASSIGN_OR_RETURN(auto reader, json::ObjectReader::of(document.root()));
  ASSIGN_OR_RETURN(const auto offers, reader.required("shipping_offers"));
  ASSIGN_OR_RETURN(const auto items, offers.as_array(kPageItemsMax));
  if (items.empty()) {
    return std::string();
  }
  ASSIGN_OR_RETURN(auto offer, json::ObjectReader::of(items.front()));
  return offer.string("method", kTextBytesMax);
}

}  // namespace

http::ClientOptions client_options(const Options& options) {
  http::ClientOptions client;
  client.base_url = options.url;
  client.ca_file = options.ca_file;
  client.timeout = kRequestTimeout;
  return client;
}

std::string problem_code(const http::ClientResponse& response) {
  const auto document = json::Document::parse(response.body);
  if (document.has_value()) {
    if (auto reader = json::ObjectReader::of(document->root()); reader.has_value()) {
      if (auto code = reader->string("code", 256); code.has_value()) {
        return *std::move(code);
      }
    }
  }
  return "http_" + std::to_string(response.status);
}

Shop::Shop(const Options& options) : options_(options), client_(client_options(options)) {}

Result<std::string> Shop::request(std::string_view method, const std::string& target,
                                  const std::vector<http::Header>& headers, std::string_view body) {
  auto response = client_.request(method, "/store/v1" + target, headers, body);
  if (!response.has_value()) {
    return std::unexpected(std::move(response).error().with_context(options_.url));
  }
  if (response->status != 200) {
    const ErrorCode code = response->status == 404   ? ErrorCode::kNotFound
                           : response->status >= 500 ? ErrorCode::kUnavailable
                                                     : ErrorCode::kForbidden;
    return make_error(code, std::string(method) + " " + target + " was answered " +
                                std::to_string(response->status) + " " + problem_code(*response));
  }
  return std::move(response->body);
}

Result<sealing::PublicKey> Shop::sealing_key() {
  ASSIGN_OR_RETURN(const std::string set, request("GET", "/sealing-keys"));
  ASSIGN_OR_RETURN(const auto keys, sealing::read_key_set(set, ""));
  return keys.front();
}

Result<Variant> Shop::find_variant() {
  std::string cursor;
  for (std::size_t page = 0; page < kPagesMax; ++page) {
    std::string target =
        "/products?limit=" + std::to_string(kPageItemsMax) + "&locale=" + options_.locale;
    if (!cursor.empty()) {
      target += "&cursor=" + encoding::percent_encode(cursor);
    }
    ASSIGN_OR_RETURN(const std::string body, request("GET", target));
    ASSIGN_OR_RETURN(const auto document, json::Document::parse(body));
    ASSIGN_OR_RETURN(auto reader, json::ObjectReader::of(document.root()));
    ASSIGN_OR_RETURN(const auto list, reader.required("items"));
    ASSIGN_OR_RETURN(const auto items, list.as_array(kPageItemsMax));
    for (const json::Value& item : items) {
      ASSIGN_OR_RETURN(auto variant, pick_variant(item, options_.sku));
      if (variant.has_value()) {
        return *std::move(variant);
      }
    }
    ASSIGN_OR_RETURN(const auto next, reader.optional_string("next_cursor", kTextBytesMax));
    if (!next.has_value()) {
      break;
    }
    cursor = *next;
  }
  return make_error(ErrorCode::kNotFound, options_.sku.empty()
                                              ? "nothing in this shop is in stock"
                                              : "this shop does not sell " + options_.sku);
}

Result<std::string> Shop::quote(const Variant& variant, const std::string& shipping_method) {
  std::string body;
  json::Writer writer(body);
  writer.object();
  writer.key("lines");
  writer.array();
  writer.object();
  writer.field("variant_id", variant.id);
  writer.field("quantity", options_.quantity);
  writer.end_object();
  writer.end_array();
  writer.key("destination");
  writer.object();
  writer.field("country", options_.shopper.country);
  writer.field("region", options_.shopper.region);
  writer.field("postal_code", options_.shopper.postal_code);
  writer.end_object();
  if (!shipping_method.empty()) {
    writer.field("shipping_method", shipping_method);
  }
  writer.end_object();
  return request("POST", "/quotes", {{"Content-Type", "application/json"}}, body);
}

Result<Terms> Shop::terms(const Variant& variant) {
  Terms terms;
  ASSIGN_OR_RETURN(const std::string offers, quote(variant, ""));
  ASSIGN_OR_RETURN(terms.shipping_method, first_method(offers));
  ASSIGN_OR_RETURN(const std::string quoted, quote(variant, terms.shipping_method));
  ASSIGN_OR_RETURN(const auto document, json::Document::parse(quoted));
  ASSIGN_OR_RETURN(auto reader, json::ObjectReader::of(document.root()));
  ASSIGN_OR_RETURN(terms.quote_id, reader.string("id", kTextBytesMax));
  ASSIGN_OR_RETURN(terms.total, read_money(reader, "total"));
  return terms;
}

Result<OrderState> Shop::order_state(const std::string& order_id, const std::string& access_token) {
  ASSIGN_OR_RETURN(const std::string body, request("GET", "/orders/" + order_id,
                                                   {{"Authorization", "Bearer " + access_token}}));
  ASSIGN_OR_RETURN(const auto document, json::Document::parse(body));
  ASSIGN_OR_RETURN(auto reader, json::ObjectReader::of(document.root()));
  OrderState state;
  ASSIGN_OR_RETURN(state.status, reader.string("status", 64));
  ASSIGN_OR_RETURN(state.payment_status, reader.string("payment_status", 64));
  ASSIGN_OR_RETURN(const auto action, reader.optional_string("payment_action", 64));
  state.payment_action = action.value_or("");
  ASSIGN_OR_RETURN(const auto reason, reader.optional_string("cancel_reason", 256));
  state.cancel_reason = reason.value_or("");
  return state;
}

Result<std::string> Shop::sealed_call(const std::string& box) {
  return request("POST", "/sealed", {{"Content-Type", "application/jose"}}, box);
}

}  // namespace dermaga::buyer

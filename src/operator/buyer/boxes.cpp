#include "boxes.h"

#include "digest/digest.h"
#include "encoding/encoding.h"
#include "json/writer.h"
#include "uuid/uuid.h"

namespace dermaga::buyer {

namespace {

constexpr std::chrono::hours kOrderLifetime{24};
constexpr std::chrono::minutes kCallLifetime{5};
constexpr std::size_t kKeyBytes = 16;
constexpr std::int64_t kCardExpiryYear = 2035;
constexpr std::int64_t kCardExpiryMonth = 12;

void optional_field(json::Writer& writer, std::string_view name, const std::string& value) {
  if (!value.empty()) {
    writer.field(name, value);
  }
}

void write_person(json::Writer& writer, const Shopper& shopper) {
  writer.key("customer");
  writer.object();
  writer.field("name", shopper.name);
  writer.field("email", shopper.email);
  writer.field("phone", shopper.phone);
  writer.end_object();
  writer.key("shipping_address");
  writer.object();
  writer.field("line1", shopper.line1);
  optional_field(writer, "line2", shopper.line2);
  writer.field("city", shopper.city);
  optional_field(writer, "region", shopper.region);
  optional_field(writer, "postal_code", shopper.postal_code);
  writer.field("country", shopper.country);
  writer.end_object();
}

void write_payment(json::Writer& writer, const Shopper& shopper) {
  writer.key("payment");
  writer.object();
  if (shopper.card.empty()) {
    writer.field("provider", "sandbox");
    writer.field("token", shopper.token);
  } else {
    writer.key("card");
    writer.object();
    writer.field("number", shopper.card);
    writer.field("expiry_month", kCardExpiryMonth);
    writer.field("expiry_year", kCardExpiryYear);
    writer.field("cvc", "123");
    writer.end_object();
  }
  writer.end_object();
}

}  // namespace

std::string OrderMaker::order_text(const std::string& idempotency_key) const {
  const Shopper& shopper = parts_.options.shopper;
  sealing::ClearPart clear;
  clear.lines = {{parts_.variant.id, parts_.options.quantity}};
  clear.destination.country = shopper.country;
  clear.destination.region = shopper.region;
  clear.destination.postal_code = shopper.postal_code;
  clear.shipping_method = parts_.terms.shipping_method;
  clear.total = parts_.terms.total;
  std::string text;
  json::Writer writer(text);
  writer.object();
  writer.field("v", std::int64_t{1});
  writer.field("purpose", "order");
  writer.field("idempotency_key", idempotency_key);
  writer.field("clear_hash", sealing::clear_hash(clear));
  writer.field("expires_at", format_rfc3339(clock_.now() + kOrderLifetime));
  writer.field("locale", parts_.options.locale);
  write_person(writer, shopper);
  write_payment(writer, shopper);
  writer.key("reply_key");
  writer.raw(parts_.reply_key.to_jwk_json());
  writer.end_object();
  return text;
}

Result<PreparedOrder> OrderMaker::make() const {
  const Shopper& shopper = parts_.options.shopper;
  PreparedOrder order;
  order.idempotency_key = make_uuid7(clock_.now(), random_);
  ASSIGN_OR_RETURN(const std::string box,
                   sealing::seal(parts_.shop_key, order_text(order.idempotency_key), random_));
  json::Writer writer(order.body);
  writer.object();
  writer.key("lines");
  writer.array();
  writer.object();
  writer.field("variant_id", parts_.variant.id);
  writer.field("quantity", parts_.options.quantity);
  writer.end_object();
  writer.end_array();
  writer.key("destination");
  writer.object();
  writer.field("country", shopper.country);
  optional_field(writer, "region", shopper.region);
  optional_field(writer, "postal_code", shopper.postal_code);
  writer.end_object();
  writer.field("shipping_method", parts_.terms.shipping_method);
  writer.key("total");
  writer.object();
  writer.field("amount", parts_.terms.total.amount());
  writer.field("currency", parts_.terms.total.currency().code());
  writer.end_object();
  // A long run outlives its quote; without one core checks the price of the moment.
  if (parts_.options.count == 1 || parts_.options.quote) {
    writer.field("quote_id", parts_.terms.quote_id);
  }
  writer.field("sealed", box);
  writer.end_object();
  order.body_sha256_hex = encoding::hex(digest::sha256(order.body));
  order.variant_id = parts_.variant.id;
  order.quantity = parts_.options.quantity;
  return order;
}

Result<std::string> seal_call(const CallText& call, const sealing::PublicKey& shop_key,
                              const sealing::PublicKey& reply_key, const Clock& clock,
                              Random& random) {
  std::string text;
  json::Writer writer(text);
  writer.object();
  writer.field("v", std::int64_t{1});
  writer.field("purpose", "call");
  writer.field("method", call.method);
  writer.key("params");
  writer.object();
  writer.field("order_id", call.order_id);
  writer.field("access_token", call.access_token);
  if (!call.code.empty()) {
    writer.field("code", call.code);
  }
  writer.end_object();
  writer.key("reply_key");
  writer.raw(reply_key.to_jwk_json());
  writer.field("nonce", encoding::base64url(random.bytes(kKeyBytes)));
  writer.field("expires_at", format_rfc3339(clock.now() + kCallLifetime));
  writer.end_object();
  return sealing::seal(shop_key, text, random);
}

}  // namespace dermaga::buyer

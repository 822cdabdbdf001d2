#include "order_box/order_box.h"

#include <algorithm>
#include <optional>

#include "fields.h"
#include "json/reader.h"
#include "json/writer.h"

namespace dermaga::order_box {

namespace {

constexpr std::size_t kIdempotencyKeyBytesMax = 255;
constexpr std::size_t kHashTextBytes = 43;
constexpr std::size_t kTimeBytesMax = 40;
constexpr std::size_t kNonceBytesMin = 22;  // 128 bits in base64url
constexpr std::size_t kNonceBytesMax = 64;
constexpr std::size_t kAccessTokenBytesMax = 64;
constexpr std::size_t kCodeBytesMax = 16;

BoxRefusal refusal(std::string_view code, std::string detail) {
  return BoxRefusal{std::string(code), std::move(detail)};
}
BoxRefusal field_invalid(const Error& error) {
  return refusal("box_field_invalid", error.message());
}

std::string_view explain(std::string_view code) {
  if (code == "box_algorithm") return "only ECDH-ES on P-256 with A256GCM is opened";
  if (code == "box_unknown_key") return "the box is for a key that this shop does not have";
  if (code == "box_unreadable") return "the box was changed or sealed to something else";
  return "the box is not a compact JWE of the documented form";
}

// The opened text as JSON, with version and purpose checked.
std::variant<json::Document, BoxRefusal> open_json(const SealingKeyring& keyring,
                                                   std::string_view box, std::string_view purpose) {
  auto text = keyring.open_box(box);
  if (!text.has_value()) {
    const std::string& code = text.error().message();
    return refusal(code, std::string(explain(code)));
  }
  auto document = json::Document::parse(*text);
  vault::wipe(*text);
  if (!document.has_value() || !document->root().is_object()) {
    return refusal("box_malformed", "the sealed text is not a JSON object");
  }
  auto reader = json::ObjectReader::of(document->root());
  if (!reader.has_value() || !reader->integer("v", 1, 1).has_value()) {
    return refusal("box_malformed", "\"v\" must be 1");
  }
  const auto found = reader->string("purpose", 16);
  if (!found.has_value() || *found != purpose) {
    return refusal("box_purpose",
                   "this box is not for a purpose of \"" + std::string(purpose) + "\"");
  }
  return *std::move(document);
}

// A reader of the root that has v and purpose behind it.
json::ObjectReader reader_of(const json::Document& document) {
  json::ObjectReader reader = json::ObjectReader::of(document.root()).value();
  static_cast<void>(reader.required("v").has_value());
  static_cast<void>(reader.required("purpose").has_value());
  return reader;
}

struct Binding {
  std::string idempotency_key;
  std::string clear_hash;
};

Status read_order(json::ObjectReader& reader, OpenedOrder& order, Binding& binding) {
  ASSIGN_OR_RETURN(binding.idempotency_key,
                   reader.string("idempotency_key", kIdempotencyKeyBytesMax));
  ASSIGN_OR_RETURN(binding.clear_hash, reader.string("clear_hash", kHashTextBytes));
  ASSIGN_OR_RETURN(const std::string expires_at, reader.string("expires_at", kTimeBytesMax));
  ASSIGN_OR_RETURN(order.expires_at, parse_rfc3339(expires_at));
  ASSIGN_OR_RETURN(order.locale, reader.string("locale", 2));
  ASSIGN_OR_RETURN(const auto customer, reader.required("customer"));
  ASSIGN_OR_RETURN(order.customer, read_customer(customer));
  ASSIGN_OR_RETURN(const auto address, reader.required("shipping_address"));
  ASSIGN_OR_RETURN(order.shipping_address, read_shipping_address(address));
  ASSIGN_OR_RETURN(const auto payment, reader.required("payment"));
  ASSIGN_OR_RETURN(order.payment, read_payment(payment));
  ASSIGN_OR_RETURN(const auto reply_key, reader.required("reply_key"));
  ASSIGN_OR_RETURN(order.reply_key, read_reply_key(reply_key));
  RETURN_IF_ERROR(reader.finish());
  const bool is_locale =
      order.locale.size() == 2 && std::all_of(order.locale.begin(), order.locale.end(),
                                              [](char c) { return c >= 'a' && c <= 'z'; });
  if (!is_locale) {
    return make_error(ErrorCode::kInvalidArgument, "locale must be two lower-case letters");
  }
  return {};
}

sealing::ClearPart clear_part(const contract::PlaceOrder& order) {
  sealing::ClearPart clear;
  for (const contract::OrderLine& line : order.lines) {
    clear.lines.push_back({line.variant_id.str(), line.quantity});
  }
  clear.destination = order.destination;
  clear.shipping_method = order.shipping_method;
  clear.total = order.total;
  return clear;
}

std::optional<BoxRefusal> check_expiry(UtcTime expires_at, UtcTime received_at,
                                       std::chrono::milliseconds lifetime_max) {
  if (expires_at <= received_at) {
    return refusal("box_expired", "expires_at is not after the time of receipt");
  }
  if (expires_at > received_at + lifetime_max) {
    return refusal("box_field_invalid", "expires_at is too far ahead");
  }
  return std::nullopt;
}

std::optional<BoxRefusal> check_binding(const OpenedOrder& opened, const Binding& binding,
                                        const contract::PlaceOrder& order) {
  if (binding.idempotency_key != order.idempotency_key) {
    return refusal("box_idempotency_key_mismatch",
                   "the box was sealed for another Idempotency-Key");
  }
  if (binding.clear_hash != sealing::clear_hash(clear_part(order))) {
    return refusal("box_clear_mismatch",
                   "lines, destination, shipping method or total are not those of the box");
  }
  const ShippingAddress& address = opened.shipping_address;
  if (address.country.reveal() != order.destination.country ||
      address.region.reveal() != order.destination.region ||
      address.postal_code.reveal() != order.destination.postal_code) {
    return refusal(
        "box_destination_mismatch",
        "country, region and postal code of the sealed address must be the destination's");
  }
  return check_expiry(opened.expires_at, order.received_at, kOrderBoxLifetimeMax);
}

std::optional<CallMethod> method_from(std::string_view text) {
  for (const CallMethod method :
       {CallMethod::kOrderRead, CallMethod::kOrderCancel, CallMethod::kPaymentChallenge}) {
    if (name(method) == text) {
      return method;
    }
  }
  return std::nullopt;
}

bool is_base64url_text(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
           c == '_';
  });
}

Status read_params(const json::Value& value, OpenedCall& call) {
  ASSIGN_OR_RETURN(auto reader, json::ObjectReader::of(value));
  ASSIGN_OR_RETURN(const std::string id, reader.string("order_id", 64));
  ASSIGN_OR_RETURN(call.order_id, OrderId::parse(id));
  ASSIGN_OR_RETURN(std::string token,
                   read_text(reader, value, "access_token", kAccessTokenBytesMax));
  call.access_token = vault::AccessToken(std::move(token));
  if (call.method == CallMethod::kPaymentChallenge) {
    ASSIGN_OR_RETURN(std::string code, read_text(reader, value, "code", kCodeBytesMax));
    call.code = vault::ChallengeCode(std::move(code));
  }
  return reader.finish();
}

Status read_call(json::ObjectReader& reader, OpenedCall& call) {
  ASSIGN_OR_RETURN(const std::string method_text, reader.string("method", 32));
  const auto method = method_from(method_text);
  if (!method.has_value()) {
    return make_error(ErrorCode::kInvalidArgument, "method is not one that this shop knows");
  }
  call.method = *method;
  ASSIGN_OR_RETURN(const auto params, reader.required("params"));
  RETURN_IF_ERROR(read_params(params, call));
  ASSIGN_OR_RETURN(const auto reply_key, reader.required("reply_key"));
  ASSIGN_OR_RETURN(call.reply_key, read_reply_key(reply_key));
  ASSIGN_OR_RETURN(call.nonce, reader.string("nonce", kNonceBytesMax));
  if (call.nonce.size() < kNonceBytesMin || !is_base64url_text(call.nonce)) {
    return make_error(ErrorCode::kInvalidArgument,
                      "nonce must be 22 to 64 characters of base64url");
  }
  ASSIGN_OR_RETURN(const std::string expires_at, reader.string("expires_at", kTimeBytesMax));
  ASSIGN_OR_RETURN(call.expires_at, parse_rfc3339(expires_at));
  return reader.finish();
}

}  // namespace

std::variant<OpenedOrder, BoxRefusal> open_order(const SealingKeyring& keyring,
                                                 const contract::PlaceOrder& order) {
  auto opened = open_json(keyring, order.sealed, "order");
  if (auto* refused = std::get_if<BoxRefusal>(&opened)) {
    return std::move(*refused);
  }
  json::ObjectReader reader = reader_of(std::get<json::Document>(opened));
  OpenedOrder result;
  Binding binding;
  if (const Status read = read_order(reader, result, binding); !read.has_value()) {
    return field_invalid(read.error());
  }
  if (auto refused = check_binding(result, binding, order); refused.has_value()) {
    return *std::move(refused);
  }
  return result;
}

std::string_view name(CallMethod method) {
  switch (method) {
    case CallMethod::kOrderRead:
      return "order.read";
    case CallMethod::kOrderCancel:
      return "order.cancel";
    case CallMethod::kPaymentChallenge:
      return "payment.challenge";
  }
  CHECK(false);
}

std::variant<OpenedCall, BoxRefusal> open_call(const SealingKeyring& keyring, std::string_view box,
                                               UtcTime received_at) {
  auto opened = open_json(keyring, box, "call");
  if (auto* refused = std::get_if<BoxRefusal>(&opened)) {
    return std::move(*refused);
  }
  json::ObjectReader reader = reader_of(std::get<json::Document>(opened));
  OpenedCall call;
  if (const Status read = read_call(reader, call); !read.has_value()) {
    return field_invalid(read.error());
  }
  if (auto refused = check_expiry(call.expires_at, received_at, kCallBoxLifetimeMax);
      refused.has_value()) {
    return *std::move(refused);
  }
  return call;
}

Result<std::string> seal_answer(const sealing::PublicKey& reply_key, CallMethod method,
                                std::string_view result_json, Random& random) {
  std::string json;
  json::Writer writer(json);
  writer.object();
  writer.field("v", std::int64_t{1});
  writer.field("method", name(method));
  writer.key("result");
  writer.raw(result_json);
  writer.end_object();
  auto sealed = sealing::seal(reply_key, json, random);
  vault::wipe(json);
  return sealed;
}

}  // namespace dermaga::order_box

#include "order_box/order_box.h"

#include <algorithm>
#include <optional>

#include "fields.h"
#include "json/reader.h"
#include "opened_text.h"

namespace dermaga::order_box {

namespace {

constexpr std::size_t kIdempotencyKeyBytesMax = 255;
constexpr std::size_t kHashTextBytes = 43;
constexpr std::size_t kSessionBytesMax = 64;

struct Binding {
  std::string idempotency_key;
  std::string clear_hash;
};

Result<vault::SessionSecret> read_session(const json::Value& account) {
  ASSIGN_OR_RETURN(auto reader, json::ObjectReader::of(account));
  ASSIGN_OR_RETURN(std::string secret, read_text(reader, account, "session", kSessionBytesMax));
  RETURN_IF_ERROR(reader.finish());
  return vault::SessionSecret(std::move(secret));
}

Status read_order(json::ObjectReader& reader, OpenedOrder& order, Binding& binding) {
  ASSIGN_OR_RETURN(binding.idempotency_key,
                   reader.string("idempotency_key", kIdempotencyKeyBytesMax));
  ASSIGN_OR_RETURN(binding.clear_hash, reader.string("clear_hash", kHashTextBytes));
  ASSIGN_OR_RETURN(const std::string expires_at, reader.string("expires_at", kTimeBytesMax));
  ASSIGN_OR_RETURN(order.expires_at, parse_rfc3339(expires_at));
  ASSIGN_OR_RETURN(order.locale, read_locale(reader));
  ASSIGN_OR_RETURN(const auto customer, reader.required("customer"));
  ASSIGN_OR_RETURN(order.customer, read_customer(customer));
  ASSIGN_OR_RETURN(const auto address, reader.required("shipping_address"));
  ASSIGN_OR_RETURN(order.shipping_address, read_shipping_address(address));
  ASSIGN_OR_RETURN(const auto payment, reader.required("payment"));
  ASSIGN_OR_RETURN(order.payment, read_payment(payment));
  ASSIGN_OR_RETURN(const auto reply_key, reader.required("reply_key"));
  ASSIGN_OR_RETURN(order.reply_key, read_reply_key(reply_key));
  if (const auto account = reader.optional("account"); account.has_value()) {
    ASSIGN_OR_RETURN(order.session, read_session(*account));
  }
  return reader.finish();
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

}  // namespace dermaga::order_box

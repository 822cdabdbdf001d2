#include "boxes.h"

#include <charconv>
#include <cstdint>
#include <vector>

#include "encoding/encoding.h"

namespace dermaga::simulation {
namespace {

constexpr std::string_view kHead = "c2lt..aXY.";
constexpr std::string_view kTail = ".dGFn";
constexpr std::string_view kPurpose = "order";

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (true) {
    const std::size_t end = text.find('\n');
    lines.push_back(text.substr(0, end));
    if (end == std::string_view::npos) {
      return lines;
    }
    text.remove_prefix(end + 1);
  }
}

sealing::ClearPart clear_of(const contract::PlaceOrder& order) {
  sealing::ClearPart clear;
  for (const contract::OrderLine& line : order.lines) {
    clear.lines.push_back({.variant_id = line.variant_id.str(), .quantity = line.quantity});
  }
  clear.destination = order.destination;
  clear.shipping_method = order.shipping_method;
  clear.total = order.total;
  return clear;
}

order_box::OpenedOrder opened_order(std::string_view token, UtcTime expires_at) {
  order_box::OpenedOrder out;
  out.customer.name = vault::PersonName("Sari Dewi");
  out.customer.email = vault::EmailAddress("sari@example.test");
  out.customer.phone = vault::PhoneNumber("+62 811 000 000");
  out.shipping_address.line1 = vault::StreetAddress("Jalan Melati 5");
  out.shipping_address.city = vault::StreetAddress("Bandung");
  out.shipping_address.country = vault::StreetAddress("ID");
  out.payment = order_box::ProviderToken{.provider = "sandbox",
                                         .token = vault::PaymentToken(std::string(token))};
  out.reply_key = {.kid = "", .point = {.x = std::string(32, 'x'), .y = std::string(32, 'y')}};
  out.locale = "id";
  out.expires_at = expires_at;
  return out;
}

}  // namespace

std::string seal_order(std::string_view idempotency_key, const sealing::ClearPart& clear,
                       std::string_view token, UtcTime expires_at) {
  std::string text(kPurpose);
  text += "\n" + std::string(idempotency_key) + "\n" + sealing::clear_hash(clear) + "\n" +
          std::string(token) + "\n" + std::to_string(to_unix_ms(expires_at));
  return std::string(kHead) + encoding::base64url(text) + std::string(kTail);
}

std::variant<order_box::OpenedOrder, order_box::BoxRefusal> PlainBoxes::open_order(
    const contract::PlaceOrder& order) {
  using order_box::BoxRefusal;
  std::string_view box = order.sealed;
  if (!box.starts_with(kHead) || !box.ends_with(kTail)) {
    return BoxRefusal{.code = "box_malformed", .detail = "not a box of the simulator"};
  }
  box = box.substr(kHead.size(), box.size() - kHead.size() - kTail.size());
  const auto text = encoding::base64url_decode(box);
  const auto lines = text.has_value() ? lines_of(*text) : std::vector<std::string_view>{};
  std::int64_t expires_ms = 0;
  if (lines.size() != 5 ||
      std::from_chars(lines[4].data(), lines[4].data() + lines[4].size(), expires_ms).ec !=
          std::errc()) {
    return BoxRefusal{.code = "box_unreadable", .detail = "the box does not open"};
  }
  if (lines[0] != kPurpose) {
    return BoxRefusal{.code = "box_purpose", .detail = "not an order's box"};
  }
  if (lines[1] != order.idempotency_key) {
    return BoxRefusal{.code = "box_idempotency_key_mismatch", .detail = "sealed for another key"};
  }
  if (lines[2] != sealing::clear_hash(clear_of(order))) {
    return BoxRefusal{.code = "box_clear_mismatch", .detail = "sealed for another clear part"};
  }
  if (from_unix_ms(expires_ms) <= order.received_at) {
    return BoxRefusal{.code = "box_expired", .detail = "the box has expired"};
  }
  return opened_order(lines[3], from_unix_ms(expires_ms));
}

}  // namespace dermaga::simulation

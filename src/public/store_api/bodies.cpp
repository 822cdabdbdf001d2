#include "bodies.h"

#include <algorithm>
#include <unordered_set>

#include "json/reader.h"

namespace dermaga::store_api {
namespace {

constexpr std::size_t kIdBytesMax = 64;
constexpr std::size_t kMethodBytesMax = 64;
constexpr std::size_t kCouponBytesMax = 64;
constexpr std::size_t kRegionBytesMax = 10;
constexpr std::size_t kPostalCodeBytesMax = 16;

bool is_upper_or_digit(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}
bool is_visible(char c) {
  return c > 0x20 && c < 0x7f;
}

Error invalid(const std::string& message) {
  return {ErrorCode::kInvalidArgument, message};
}

Result<std::string> visible_string(json::ObjectReader& reader, std::string_view key,
                                   std::size_t bytes_max) {
  ASSIGN_OR_RETURN(const auto found, reader.optional_string(key, bytes_max));
  const std::string text = found.value_or("");
  if (!std::all_of(text.begin(), text.end(), is_visible)) {
    return std::unexpected(invalid(std::string(key) + " must be visible ASCII characters"));
  }
  return text;
}

Result<pricing::Destination> read_destination(const json::Value& value) {
  ASSIGN_OR_RETURN(auto reader, json::ObjectReader::of(value));
  pricing::Destination destination;
  ASSIGN_OR_RETURN(destination.country, reader.string("country", 2));
  if (destination.country.size() != 2 ||
      !std::all_of(destination.country.begin(), destination.country.end(),
                   [](char c) { return c >= 'A' && c <= 'Z'; })) {
    return std::unexpected(invalid("destination.country must be two upper-case letters"));
  }
  ASSIGN_OR_RETURN(const auto region, reader.optional_string("region", kRegionBytesMax));
  destination.region = region.value_or("");
  if (!std::all_of(destination.region.begin(), destination.region.end(),
                   [](char c) { return is_upper_or_digit(c) || c == '-'; })) {
    return std::unexpected(
        invalid("destination.region must be a subdivision code of ISO 3166-2 such as ID-JK"));
  }
  ASSIGN_OR_RETURN(const auto postal, reader.optional_string("postal_code", kPostalCodeBytesMax));
  destination.postal_code = postal.value_or("");
  if (!std::all_of(destination.postal_code.begin(), destination.postal_code.end(),
                   [](char c) { return is_visible(c) || c == ' '; })) {
    return std::unexpected(invalid("destination.postal_code must be ASCII characters"));
  }
  RETURN_IF_ERROR(reader.finish());
  return destination;
}

Result<std::vector<contract::OrderLine>> read_lines(json::ObjectReader& reader) {
  ASSIGN_OR_RETURN(const auto value, reader.required("lines"));
  ASSIGN_OR_RETURN(const auto items, value.as_array(pricing::kLinesMax));
  if (items.empty()) {
    return std::unexpected(invalid("lines must have at least one item"));
  }
  std::vector<contract::OrderLine> lines;
  for (const json::Value& item : items) {
    ASSIGN_OR_RETURN(auto line_reader, json::ObjectReader::of(item));
    ASSIGN_OR_RETURN(const std::string id, line_reader.string("variant_id", kIdBytesMax));
    auto variant_id = VariantId::parse(id);
    if (!variant_id) {
      return std::unexpected(invalid(item.path() + ".variant_id must be the id of a variant"));
    }
    ASSIGN_OR_RETURN(const auto quantity,
                     line_reader.integer("quantity", 1, pricing::kQuantityMax));
    RETURN_IF_ERROR(line_reader.finish());
    lines.push_back({std::move(*variant_id), quantity});
  }
  return lines;
}

Result<Money> read_money(json::ObjectReader& parent, std::string_view key) {
  ASSIGN_OR_RETURN(const auto value, parent.required(key));
  ASSIGN_OR_RETURN(auto reader, json::ObjectReader::of(value));
  ASSIGN_OR_RETURN(const auto amount, reader.integer("amount", 0, Money::kAmountMax));
  ASSIGN_OR_RETURN(const std::string code, reader.string("currency", 3));
  const auto currency = Currency::parse(code);
  if (!currency) {
    return std::unexpected(
        invalid(value.path() + ".currency must be three upper-case letters (ISO 4217)"));
  }
  RETURN_IF_ERROR(reader.finish());
  return Money(amount, *currency);
}

Result<OrderBody> read_order(const json::Value& root) {
  ASSIGN_OR_RETURN(auto reader, json::ObjectReader::of(root));
  OrderBody order;
  ASSIGN_OR_RETURN(order.lines, read_lines(reader));
  ASSIGN_OR_RETURN(const auto destination, reader.required("destination"));
  ASSIGN_OR_RETURN(order.destination, read_destination(destination));
  ASSIGN_OR_RETURN(order.shipping_method, reader.string("shipping_method", kMethodBytesMax));
  ASSIGN_OR_RETURN(order.coupon, visible_string(reader, "coupon", kCouponBytesMax));
  ASSIGN_OR_RETURN(order.quote, visible_string(reader, "quote_id", kQuoteTokenBytesMax));
  ASSIGN_OR_RETURN(order.total, read_money(reader, "total"));
  ASSIGN_OR_RETURN(order.sealed, reader.string("sealed", kSealedOrderBytesMax));
  RETURN_IF_ERROR(reader.finish());
  return order;
}

Result<pricing::Basket> read_basket(const json::Value& root) {
  ASSIGN_OR_RETURN(auto reader, json::ObjectReader::of(root));
  pricing::Basket basket;
  ASSIGN_OR_RETURN(const auto lines, read_lines(reader));
  for (const contract::OrderLine& line : lines) {
    basket.lines.push_back({line.variant_id, line.quantity});
  }
  if (const auto destination = reader.optional("destination")) {
    ASSIGN_OR_RETURN(basket.destination, read_destination(*destination));
  }
  ASSIGN_OR_RETURN(basket.shipping_method,
                   visible_string(reader, "shipping_method", kMethodBytesMax));
  ASSIGN_OR_RETURN(basket.coupon, visible_string(reader, "coupon", kCouponBytesMax));
  RETURN_IF_ERROR(reader.finish());
  return basket;
}

template <typename Line>
std::optional<BodyRefusal> check_distinct(const std::vector<Line>& lines) {
  std::unordered_set<VariantId> seen;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (!seen.insert(lines[i].variant_id).second) {
      return BodyRefusal{422, "duplicate_line",
                         "lines[" + std::to_string(i) + "] repeats a variant: add up quantities"};
    }
  }
  return std::nullopt;
}

template <typename T>
std::variant<T, BodyRefusal> parse(std::string_view body, Result<T> (*read)(const json::Value&)) {
  const auto document = json::Document::parse(body);
  if (!document) {
    return BodyRefusal{400, "malformed_json", document.error().message()};
  }
  auto value = read(document->root());
  if (!value) {
    return BodyRefusal{400, "invalid_request", value.error().message()};
  }
  if (auto refusal = check_distinct(value->lines)) {
    return std::move(*refusal);
  }
  return std::move(*value);
}

}  // namespace

std::variant<OrderBody, BodyRefusal> parse_order(std::string_view body) {
  auto parsed = parse<OrderBody>(body, read_order);
  if (const auto* order = std::get_if<OrderBody>(&parsed);
      order != nullptr && !looks_like_compact_jwe(order->sealed)) {
    return BodyRefusal{422, "box_malformed", "sealed must be a compact JWE"};
  }
  return parsed;
}

std::variant<pricing::Basket, BodyRefusal> parse_quote(std::string_view body) {
  return parse<pricing::Basket>(body, read_basket);
}

bool looks_like_compact_jwe(std::string_view text) {
  std::size_t part = 0;
  std::size_t part_bytes = 0;
  for (const char c : text) {
    if (c == '.') {
      // Only the encrypted key is empty, and with direct agreement it always is.
      if ((part == 1) != (part_bytes == 0)) {
        return false;
      }
      ++part;
      part_bytes = 0;
      continue;
    }
    const bool is_base64url = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                              (c >= '0' && c <= '9') || c == '-' || c == '_';
    if (!is_base64url) {
      return false;
    }
    ++part_bytes;
  }
  return part == 4 && part_bytes > 0;
}

bool is_idempotency_key(std::string_view text) {
  return !text.empty() && text.size() <= 255 && std::all_of(text.begin(), text.end(), is_visible);
}

}  // namespace dermaga::store_api

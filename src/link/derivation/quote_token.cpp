#include <limits>

#include "derivation/derivation.h"
#include "digest/digest.h"
#include "encoding/encoding.h"
#include "json/reader.h"
#include "json/writer.h"

namespace dermaga::derivation {

namespace {

constexpr std::string_view kPrefix = "q1.";
constexpr std::string_view kLabel = "quote";
constexpr std::size_t kTokenBytesMax = 32 * 1024;
constexpr std::int64_t kAmountMax = Money::kAmountMax;

using QuoteClaims = Derivation::QuoteClaims;

// Every amount of a quote is in one currency, which is written once.
void write_lines(json::Writer& writer, const std::vector<pricing::QuotedLine>& lines) {
  writer.key("lines");
  writer.array();
  for (const pricing::QuotedLine& line : lines) {
    writer.object();
    writer.field("v", line.variant_id.str());
    writer.field("q", line.quantity);
    writer.field("u", line.unit_price.amount());
    writer.field("t", line.line_total.amount());
    writer.end_object();
  }
  writer.end_array();
}

std::string write_claims(const QuoteClaims& claims) {
  const pricing::Quote& quote = claims.quote;
  std::string json;
  json::Writer writer(json);
  writer.object();
  writer.field("currency", quote.total.currency().code());
  write_lines(writer, quote.lines);
  writer.field("subtotal", quote.subtotal.amount());
  writer.field("discount", quote.discount.amount());
  writer.field("shipping", quote.shipping.amount());
  writer.field("tax", quote.tax.amount());
  writer.field_bool("tax_included", quote.tax_included);
  writer.field("tax_name", quote.tax_name);
  writer.field("total", quote.total.amount());
  if (claims.destination.has_value()) {
    writer.key("destination");
    writer.object();
    writer.field("country", claims.destination->country);
    writer.field("region", claims.destination->region);
    writer.field("postal_code", claims.destination->postal_code);
    writer.end_object();
  }
  writer.field("method", claims.shipping_method);
  writer.field("coupon", claims.coupon);
  writer.field("catalog", static_cast<std::int64_t>(claims.catalog_version));
  writer.field("expires_ms", to_unix_ms(claims.expires_at));
  writer.end_object();
  return json;
}

Result<Money> read_amount(json::ObjectReader& reader, std::string_view key, Currency currency) {
  ASSIGN_OR_RETURN(const std::int64_t amount, reader.integer(key, -kAmountMax, kAmountMax));
  return Money(amount, currency);
}

Result<pricing::QuotedLine> read_line(const json::Value& value, Currency currency) {
  ASSIGN_OR_RETURN(auto reader, json::ObjectReader::of(value));
  pricing::QuotedLine line;
  ASSIGN_OR_RETURN(const std::string id, reader.string("v", 64));
  ASSIGN_OR_RETURN(line.variant_id, VariantId::parse(id));
  ASSIGN_OR_RETURN(line.quantity, reader.integer("q", 1, pricing::kQuantityMax));
  ASSIGN_OR_RETURN(line.unit_price, read_amount(reader, "u", currency));
  ASSIGN_OR_RETURN(line.line_total, read_amount(reader, "t", currency));
  RETURN_IF_ERROR(reader.finish());
  return line;
}

Status read_quote(json::ObjectReader& reader, pricing::Quote& quote) {
  ASSIGN_OR_RETURN(const std::string code, reader.string("currency", 3));
  ASSIGN_OR_RETURN(const Currency currency, Currency::parse(code));
  ASSIGN_OR_RETURN(const auto lines_value, reader.required("lines"));
  ASSIGN_OR_RETURN(const auto lines, lines_value.as_array(pricing::kLinesMax));
  for (const json::Value& value : lines) {
    ASSIGN_OR_RETURN(pricing::QuotedLine line, read_line(value, currency));
    quote.lines.push_back(std::move(line));
  }
  ASSIGN_OR_RETURN(quote.subtotal, read_amount(reader, "subtotal", currency));
  ASSIGN_OR_RETURN(quote.discount, read_amount(reader, "discount", currency));
  ASSIGN_OR_RETURN(quote.shipping, read_amount(reader, "shipping", currency));
  ASSIGN_OR_RETURN(quote.tax, read_amount(reader, "tax", currency));
  ASSIGN_OR_RETURN(const auto tax_included, reader.required("tax_included"));
  ASSIGN_OR_RETURN(quote.tax_included, tax_included.as_boolean());
  ASSIGN_OR_RETURN(quote.tax_name, reader.string("tax_name", 256));
  ASSIGN_OR_RETURN(quote.total, read_amount(reader, "total", currency));
  return {};
}

Result<pricing::Destination> read_destination(const json::Value& value) {
  ASSIGN_OR_RETURN(auto reader, json::ObjectReader::of(value));
  pricing::Destination destination;
  ASSIGN_OR_RETURN(destination.country, reader.string("country", 64));
  ASSIGN_OR_RETURN(destination.region, reader.string("region", 64));
  ASSIGN_OR_RETURN(destination.postal_code, reader.string("postal_code", 64));
  RETURN_IF_ERROR(reader.finish());
  return destination;
}

Result<QuoteClaims> read_claims(std::string_view json) {
  ASSIGN_OR_RETURN(const auto document, json::Document::parse(json));
  ASSIGN_OR_RETURN(auto reader, json::ObjectReader::of(document.root()));
  QuoteClaims claims;
  RETURN_IF_ERROR(read_quote(reader, claims.quote));
  if (const auto destination = reader.optional("destination"); destination.has_value()) {
    ASSIGN_OR_RETURN(claims.destination, read_destination(*destination));
  }
  ASSIGN_OR_RETURN(claims.shipping_method, reader.string("method", 256));
  ASSIGN_OR_RETURN(claims.coupon, reader.string("coupon", 256));
  constexpr std::int64_t kIntegerMax = std::numeric_limits<std::int64_t>::max();
  ASSIGN_OR_RETURN(const auto version, reader.integer("catalog", 0, kIntegerMax));
  claims.catalog_version = static_cast<std::uint64_t>(version);
  ASSIGN_OR_RETURN(const auto expires_ms, reader.integer("expires_ms", 0, kIntegerMax));
  claims.expires_at = from_unix_ms(expires_ms);
  RETURN_IF_ERROR(reader.finish());
  return claims;
}

}  // namespace

std::string Derivation::quote_token(const QuoteClaims& claims) const {
  const std::string json = write_claims(claims);
  return std::string(kPrefix) + encoding::base64url(json) + "." +
         encoding::base64url(mac(kLabel, json));
}

Result<Derivation::QuoteClaims> Derivation::open_quote(std::string_view token) const {
  const auto foreign = [] {
    return make_error(ErrorCode::kInvalidArgument, "the quote is not one of this shop's");
  };
  const std::size_t dot = token.rfind('.');
  if (token.size() > kTokenBytesMax || !token.starts_with(kPrefix) || dot < kPrefix.size()) {
    return foreign();
  }
  const auto json = encoding::base64url_decode(token.substr(kPrefix.size(), dot - kPrefix.size()));
  const auto tag = encoding::base64url_decode(token.substr(dot + 1));
  if (!json.has_value() || !tag.has_value() ||
      !digest::equal_constant_time(mac(kLabel, *json), *tag)) {
    return foreign();
  }
  auto claims = read_claims(*json);
  if (!claims.has_value()) {
    return foreign();  // signed by a newer program whose claims we do not know
  }
  return claims;
}

}  // namespace dermaga::derivation

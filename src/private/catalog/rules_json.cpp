#include <utility>

#include "json/reader.h"
#include "json/writer.h"
#include "versions.h"

namespace dermaga::catalog {

namespace {

constexpr std::size_t kTextBytesMax = 255;
constexpr std::size_t kRulesMax = 1'000;
constexpr std::int64_t kWeightMax = Money::kAmountMax;

void write_texts(json::Writer& writer, std::string_view name,
                 const std::vector<std::string>& texts) {
  writer.key(name);
  writer.array();
  for (const std::string& text : texts) {
    writer.string(text);
  }
  writer.end_array();
}

void write_shipping(json::Writer& writer, const pricing::ShippingRule& rule) {
  writer.object();
  writer.field("method", rule.method);
  write_texts(writer, "countries", rule.countries);
  write_texts(writer, "regions", rule.regions);
  writer.field("weight_grams_max", rule.weight_grams_max);
  writer.field("price", rule.price.amount());
  if (rule.free_from.has_value()) {
    writer.field("free_from", rule.free_from->amount());
  }
  writer.end_object();
}

Result<std::vector<std::string>> read_texts(json::ObjectReader& reader, std::string_view name) {
  ASSIGN_OR_RETURN(const json::Value list, reader.required(name));
  ASSIGN_OR_RETURN(const auto values, list.as_array(kRulesMax));
  std::vector<std::string> texts;
  for (const json::Value& value : values) {
    ASSIGN_OR_RETURN(const std::string_view text, value.as_string(kTextBytesMax));
    texts.emplace_back(text);
  }
  return texts;
}

Result<pricing::ShippingRule> read_shipping(const json::Value& value, const Currency& currency) {
  ASSIGN_OR_RETURN(auto reader, json::ObjectReader::of(value));
  pricing::ShippingRule rule;
  ASSIGN_OR_RETURN(rule.method, reader.string("method", kTextBytesMax));
  ASSIGN_OR_RETURN(rule.countries, read_texts(reader, "countries"));
  ASSIGN_OR_RETURN(rule.regions, read_texts(reader, "regions"));
  ASSIGN_OR_RETURN(rule.weight_grams_max, reader.integer("weight_grams_max", 0, kWeightMax));
  ASSIGN_OR_RETURN(const std::int64_t price, reader.integer("price", 0, Money::kAmountMax));
  rule.price = Money(price, currency);
  if (const auto free_from = reader.optional("free_from"); free_from.has_value()) {
    ASSIGN_OR_RETURN(const std::int64_t amount, free_from->as_integer(0, Money::kAmountMax));
    rule.free_from = Money(amount, currency);
  }
  RETURN_IF_ERROR(reader.finish());
  return rule;
}

Result<pricing::TaxRule> read_tax(const json::Value& value) {
  ASSIGN_OR_RETURN(auto reader, json::ObjectReader::of(value));
  pricing::TaxRule rule;
  ASSIGN_OR_RETURN(rule.country, reader.string("country", kTextBytesMax));
  ASSIGN_OR_RETURN(rule.name, reader.string("name", kTextBytesMax));
  ASSIGN_OR_RETURN(rule.basis_points, reader.integer("basis_points", 0, 1'000'000));
  ASSIGN_OR_RETURN(const json::Value included, reader.required("included_in_prices"));
  ASSIGN_OR_RETURN(rule.included_in_prices, included.as_boolean());
  RETURN_IF_ERROR(reader.finish());
  return rule;
}

}  // namespace

std::string rules_to_json(const pricing::Rules& rules) {
  std::string out;
  json::Writer writer(out);
  writer.object();
  writer.field("currency", rules.currency.code());
  writer.key("shipping");
  writer.array();
  for (const pricing::ShippingRule& rule : rules.shipping) {
    write_shipping(writer, rule);
  }
  writer.end_array();
  writer.key("taxes");
  writer.array();
  for (const pricing::TaxRule& rule : rules.taxes) {
    writer.object();
    writer.field("country", rule.country);
    writer.field("name", rule.name);
    writer.field("basis_points", rule.basis_points);
    writer.field_bool("included_in_prices", rule.included_in_prices);
    writer.end_object();
  }
  writer.end_array();
  writer.end_object();
  return out;
}

Result<pricing::Rules> rules_from_json(std::string_view text) {
  ASSIGN_OR_RETURN(const auto document, json::Document::parse(text));
  ASSIGN_OR_RETURN(auto reader, json::ObjectReader::of(document.root()));
  pricing::Rules rules;
  ASSIGN_OR_RETURN(const std::string code, reader.string("currency", 3));
  ASSIGN_OR_RETURN(rules.currency, Currency::parse(code));
  ASSIGN_OR_RETURN(const json::Value shipping, reader.required("shipping"));
  ASSIGN_OR_RETURN(const auto shipping_values, shipping.as_array(kRulesMax));
  for (const json::Value& value : shipping_values) {
    ASSIGN_OR_RETURN(auto rule, read_shipping(value, rules.currency));
    rules.shipping.push_back(std::move(rule));
  }
  ASSIGN_OR_RETURN(const json::Value taxes, reader.required("taxes"));
  ASSIGN_OR_RETURN(const auto tax_values, taxes.as_array(kRulesMax));
  for (const json::Value& value : tax_values) {
    ASSIGN_OR_RETURN(auto rule, read_tax(value));
    rules.taxes.push_back(std::move(rule));
  }
  RETURN_IF_ERROR(reader.finish());
  return rules;
}

}  // namespace dermaga::catalog

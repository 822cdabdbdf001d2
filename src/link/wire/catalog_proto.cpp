#include "catalog_proto.h"

#include "pricing/pricing.h"
#include "product/product.h"
#include "wire/limits.h"

namespace dermaga::wire {

namespace {

using google::protobuf::RepeatedPtrField;
using TextField = RepeatedPtrField<v1::LocalizedText>;
constexpr std::int64_t kWeightGramsMax = 1'000'000'000;
constexpr std::int64_t kPixelsMax = 1'000'000;

void put_text(const product::LocalizedText& text, TextField* out) {
  for (const auto& [locale, words] : text) {
    v1::LocalizedText* to = out->Add();
    to->set_locale(locale);
    to->set_text(words);
  }
}

product::LocalizedText read_text(std::string_view field, const TextField& in, Checker& checker) {
  product::LocalizedText text;
  checker.count(field, in.size(), 0, kLocalesMax);
  for (const v1::LocalizedText& one : in) {
    const bool added = text.emplace(checker.text(field, one.locale(), kWordBytesMax, 1),
                                    checker.text(field, one.text(), kCatalogTextBytesMax))
                           .second;
    checker.require(added, field, "a locale stands twice");
    if (!checker.ok()) {
      break;
    }
  }
  return text;
}

void put_words(const std::vector<std::string>& words, RepeatedPtrField<std::string>* out) {
  out->Reserve(static_cast<int>(words.size()));
  for (const std::string& word : words) {
    *out->Add() = word;
  }
}

std::vector<std::string> read_words(std::string_view field, const RepeatedPtrField<std::string>& in,
                                    std::size_t count_max, std::size_t bytes_max,
                                    Checker& checker) {
  checker.count(field, in.size(), 0, count_max);
  std::vector<std::string> words;
  for (int i = 0; i < in.size() && checker.ok(); ++i) {
    words.push_back(checker.text(field, in.Get(i), bytes_max, 1));
  }
  return words;
}

void put_rules(const pricing::Rules& rules, v1::PriceRules* out) {
  out->set_currency(std::string(rules.currency.code()));
  for (const auto& rule : rules.shipping) {
    v1::ShippingRule* to = out->add_shipping();
    to->set_method(rule.method);
    put_words(rule.countries, to->mutable_countries());
    put_words(rule.regions, to->mutable_regions());
    to->set_weight_grams_max(rule.weight_grams_max);
    put_money(rule.price, to->mutable_price());
    if (rule.free_from.has_value()) {
      put_money(*rule.free_from, to->mutable_free_from());
    }
  }
  for (const auto& tax : rules.taxes) {
    v1::TaxRule* to = out->add_taxes();
    to->set_country(tax.country);
    to->set_name(tax.name);
    to->set_basis_points(tax.basis_points);
    to->set_included_in_prices(tax.included_in_prices);
  }
}

pricing::ShippingRule read_shipping_rule(const v1::ShippingRule& in, Checker& checker) {
  pricing::ShippingRule rule;
  rule.method = checker.text("shipping.method", in.method(), kWordBytesMax, 1);
  rule.countries =
      read_words("shipping.countries", in.countries(), kRulesMax, kWordBytesMax, checker);
  rule.regions = read_words("shipping.regions", in.regions(), kRulesMax, kWordBytesMax, checker);
  rule.weight_grams_max =
      checker.number("shipping.weight_grams_max", in.weight_grams_max(), 0, kWeightGramsMax);
  rule.price = checker.money("shipping.price", in.has_price(), in.price());
  if (in.has_free_from()) {
    rule.free_from = checker.money("shipping.free_from", true, in.free_from());
  }
  return rule;
}

pricing::Rules read_rules(const v1::PriceRules& in, Checker& checker) {
  constexpr std::int64_t kBasisPointsMax = 100'000;
  pricing::Rules rules;
  rules.currency = checker.currency("rules.currency", in.currency());
  checker.count("rules.shipping", in.shipping_size(), 0, kRulesMax);
  checker.count("rules.taxes", in.taxes_size(), 0, kRulesMax);
  for (int i = 0; i < in.shipping_size() && checker.ok(); ++i) {
    rules.shipping.push_back(read_shipping_rule(in.shipping(i), checker));
  }
  for (int i = 0; i < in.taxes_size() && checker.ok(); ++i) {
    const v1::TaxRule& tax = in.taxes(i);
    rules.taxes.push_back(
        {.country = checker.text("taxes.country", tax.country(), kWordBytesMax, 1),
         .name = checker.text("taxes.name", tax.name(), kWordBytesMax),
         .basis_points =
             checker.number("taxes.basis_points", tax.basis_points(), 0, kBasisPointsMax),
         .included_in_prices = tax.included_in_prices()});
  }
  return rules;
}

void put_variant(const product::Variant& variant, v1::Variant* out) {
  out->set_id(variant.id.str());
  out->set_sku(variant.sku);
  out->mutable_option_values()->Add(variant.option_values.begin(), variant.option_values.end());
  put_money(variant.price, out->mutable_price());
  if (variant.compare_at_price.has_value()) {
    put_money(*variant.compare_at_price, out->mutable_compare_at_price());
  }
  out->set_weight_grams(variant.weight_grams);
  out->set_taxable(variant.taxable);
  out->set_requires_shipping(variant.requires_shipping);
  out->set_image_number(variant.image_index.has_value() ? *variant.image_index + 1 : 0);
}

// `product` is read but for its variants, so that indexes can be checked.
product::Variant read_variant(const v1::Variant& in, const product::Product& product,
                              Checker& checker) {
  product::Variant variant;
  variant.id = checker.id<VariantId>("variant.id", in.id());
  variant.sku = checker.text("variant.sku", in.sku(), kTokenBytesMax);
  checker.count("variant.option_values", in.option_values_size(), product.options.size(),
                product.options.size());
  for (int i = 0; i < in.option_values_size() && checker.ok(); ++i) {
    const auto values = product.options[static_cast<std::size_t>(i)].values.size();
    variant.option_values.push_back(static_cast<int>(checker.number(
        "variant.option_values", in.option_values(i), 0, static_cast<std::int64_t>(values) - 1)));
  }
  variant.price = checker.money("variant.price", in.has_price(), in.price());
  if (in.has_compare_at_price()) {
    variant.compare_at_price =
        checker.money("variant.compare_at_price", true, in.compare_at_price());
  }
  variant.weight_grams =
      checker.number("variant.weight_grams", in.weight_grams(), 0, kWeightGramsMax);
  variant.taxable = in.taxable();
  variant.requires_shipping = in.requires_shipping();
  checker.number("variant.image_number", in.image_number(), 0,
                 static_cast<std::int64_t>(product.images.size()));
  if (in.image_number() > 0) {
    variant.image_index = in.image_number() - 1;
  }
  return variant;
}

void put_image(const product::Image& image, v1::Image* out) {
  out->set_sha256_hex(image.sha256_hex);
  out->set_content_type(image.content_type);
  out->set_remote_url(image.remote_url);
  put_text(image.alt, out->mutable_alt());
  out->set_width_px(image.width_px);
  out->set_height_px(image.height_px);
}

product::Image read_image(const v1::Image& in, Checker& checker) {
  product::Image image;
  image.sha256_hex = checker.text("image.sha256_hex", in.sha256_hex(), kWordBytesMax);
  image.content_type = checker.text("image.content_type", in.content_type(), kWordBytesMax);
  image.remote_url = checker.text("image.remote_url", in.remote_url(), kTokenBytesMax);
  image.alt = read_text("image.alt", in.alt(), checker);
  image.width_px = static_cast<int>(checker.number("image.width_px", in.width_px(), 0, kPixelsMax));
  image.height_px =
      static_cast<int>(checker.number("image.height_px", in.height_px(), 0, kPixelsMax));
  return image;
}

void put_product(const product::Product& product, v1::Product* out) {
  out->set_id(product.id.str());
  out->set_handle(product.handle);
  put_text(product.title, out->mutable_title());
  put_text(product.description_html, out->mutable_description_html());
  put_text(product.seo_title, out->mutable_seo_title());
  put_text(product.seo_description, out->mutable_seo_description());
  out->set_vendor(product.vendor);
  out->set_category_id(product.category.has_value() ? product.category->str() : std::string());
  put_words(product.tags, out->mutable_tags());
  for (const auto& option : product.options) {
    v1::ProductOption* to = out->add_options();
    put_text(option.name, to->mutable_name());
    for (const auto& value : option.values) {
      put_text(value, to->add_values()->mutable_text());
    }
  }
  for (const auto& variant : product.variants) {
    put_variant(variant, out->add_variants());
  }
  for (const auto& image : product.images) {
    put_image(image, out->add_images());
  }
}

product::Option read_option(const v1::ProductOption& in, Checker& checker) {
  product::Option option;
  option.name = read_text("option.name", in.name(), checker);
  checker.count("option.values", in.values_size(), 1, kProductPartsMax);
  for (int i = 0; i < in.values_size() && checker.ok(); ++i) {
    option.values.push_back(read_text("option.values", in.values(i).text(), checker));
  }
  return option;
}

product::Product read_product(const v1::Product& in, Checker& checker) {
  product::Product product;
  product.id = checker.id<ProductId>("product.id", in.id());
  product.handle = checker.text("product.handle", in.handle(), kTokenBytesMax, 1);
  product.title = read_text("product.title", in.title(), checker);
  product.description_html = read_text("product.description_html", in.description_html(), checker);
  product.seo_title = read_text("product.seo_title", in.seo_title(), checker);
  product.seo_description = read_text("product.seo_description", in.seo_description(), checker);
  product.vendor = checker.text("product.vendor", in.vendor(), kTokenBytesMax);
  if (!in.category_id().empty()) {
    product.category = checker.id<CategoryId>("product.category_id", in.category_id());
  }
  product.tags = read_words("product.tags", in.tags(), kProductPartsMax, kTokenBytesMax, checker);
  checker.count("product.options", in.options_size(), 0, kProductPartsMax);
  checker.count("product.images", in.images_size(), 0, kProductPartsMax);
  checker.count("product.variants", in.variants_size(), 1, kProductPartsMax);
  for (int i = 0; i < in.options_size() && checker.ok(); ++i) {
    product.options.push_back(read_option(in.options(i), checker));
  }
  for (int i = 0; i < in.images_size() && checker.ok(); ++i) {
    product.images.push_back(read_image(in.images(i), checker));
  }
  for (int i = 0; i < in.variants_size() && checker.ok(); ++i) {
    product.variants.push_back(read_variant(in.variants(i), product, checker));
  }
  return product;
}

}  // namespace

void put_snapshot(const contract::CatalogSnapshot& snapshot, v1::CatalogSnapshot* out) {
  out->set_version(snapshot.version);
  out->set_shop_id(snapshot.shop_id);
  out->set_shop_name(snapshot.shop_name);
  put_words(snapshot.locales, out->mutable_locales());
  put_rules(snapshot.rules, out->mutable_rules());
  for (const auto& method : snapshot.shipping_methods) {
    v1::ShippingMethod* to = out->add_shipping_methods();
    to->set_method(method.method);
    put_text(method.title, to->mutable_title());
  }
  out->set_quote_minutes(snapshot.quote_minutes);
  for (const auto& category : snapshot.assortment.categories) {
    v1::Category* to = out->add_categories();
    to->set_id(category.id.str());
    to->set_handle(category.handle);
    put_text(category.title, to->mutable_title());
  }
  for (const auto& product : snapshot.assortment.products) {
    put_product(product, out->add_products());
  }
}

contract::CatalogSnapshot read_snapshot(const v1::CatalogSnapshot& in, Checker& checker) {
  constexpr std::int64_t kWeekMinutes = 7 * 24 * 60;
  contract::CatalogSnapshot snapshot;
  checker.require(in.version() > 0, "version", "missing");
  snapshot.version = in.version();
  snapshot.shop_id = checker.text("shop_id", in.shop_id(), kWordBytesMax, 1);
  snapshot.shop_name = checker.text("shop_name", in.shop_name(), kTokenBytesMax);
  snapshot.locales = read_words("locales", in.locales(), kLocalesMax, kWordBytesMax, checker);
  snapshot.rules = read_rules(in.rules(), checker);
  checker.count("shipping_methods", in.shipping_methods_size(), 0, kRulesMax);
  checker.count("categories", in.categories_size(), 0, kCategoriesMax);
  checker.count("products", in.products_size(), 0, kProductsMax);
  for (int i = 0; i < in.shipping_methods_size() && checker.ok(); ++i) {
    const v1::ShippingMethod& method = in.shipping_methods(i);
    snapshot.shipping_methods.push_back(
        {.method = checker.text("shipping_methods.method", method.method(), kWordBytesMax, 1),
         .title = read_text("shipping_methods.title", method.title(), checker)});
  }
  snapshot.quote_minutes = checker.number("quote_minutes", in.quote_minutes(), 1, kWeekMinutes);
  for (int i = 0; i < in.categories_size() && checker.ok(); ++i) {
    const v1::Category& category = in.categories(i);
    snapshot.assortment.categories.push_back(
        {.id = checker.id<CategoryId>("category.id", category.id()),
         .handle = checker.text("category.handle", category.handle(), kTokenBytesMax, 1),
         .title = read_text("category.title", category.title(), checker)});
  }
  for (int i = 0; i < in.products_size() && checker.ok(); ++i) {
    snapshot.assortment.products.push_back(read_product(in.products(i), checker));
  }
  return snapshot;
}

}  // namespace dermaga::wire

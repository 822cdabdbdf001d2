#include "publish.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "digest/digest.h"
#include "encoding/encoding.h"
#include "json/writer.h"
#include "product_rows.h"
#include "versions.h"

namespace dermaga::catalog {

namespace {

using store::Row;

struct AssetFacts {
  std::string content_type;
  int width_px = 0;
  int height_px = 0;
};

// Translations and assets by the keys that products name them with.
struct Texts {
  std::map<std::tuple<std::string, std::string, std::string>, std::string>
      product;  // id, field, locale
  std::map<std::tuple<std::string, std::string, std::string>, product::LocalizedText>
      option;  // id, name, value
  std::map<std::string, AssetFacts> assets;
};

Result<Texts> load_texts(store::Connection& connection) {
  Texts texts;
  RETURN_IF_ERROR(connection.query(
      "SELECT product_id, field, locale, text FROM product_texts", {},
      [&texts](const Row& row) -> Status {
        texts.product.emplace(std::tuple(row.text(0), row.text(1), row.text(2)), row.text(3));
        return {};
      }));
  RETURN_IF_ERROR(
      connection.query("SELECT product_id, option_name, value, locale, text FROM option_texts", {},
                       [&texts](const Row& row) -> Status {
                         texts
                             .option[std::tuple(std::string(row.text(0)), std::string(row.text(1)),
                                                std::string(row.text(2)))]
                             .emplace(row.text(3), row.text(4));
                         return {};
                       }));
  RETURN_IF_ERROR(connection.query("SELECT sha256, content_type, width_px, height_px FROM assets",
                                   {}, [&texts](const Row& row) -> Status {
                                     texts.assets.emplace(
                                         row.text(0),
                                         AssetFacts{.content_type = std::string(row.text(1)),
                                                    .width_px = static_cast<int>(row.integer(2)),
                                                    .height_px = static_cast<int>(row.integer(3))});
                                     return {};
                                   }));
  return texts;
}

// Makes the API's form of one stored product.
class ProductBuilder {
 public:
  ProductBuilder(const config::Shop& shop, const Texts& texts, const ProductRecord& record)
      : shop_(shop), texts_(texts), record_(record) {}

  product::Product build() const {
    product::Product out;
    out.id = record_.id;
    out.handle = record_.handle;
    out.title = localized("title", record_.title);
    out.description_html = localized("description_html", record_.description_html);
    out.seo_title = localized("seo_title", record_.seo_title);
    out.seo_description = localized("seo_description", record_.seo_description);
    out.vendor = record_.vendor;
    if (!record_.category_handle.empty()) {
      out.category = category_id(record_.category_handle);
    }
    out.tags = record_.tags;
    for (std::size_t i = 0; i < record_.images.size(); ++i) {
      out.images.push_back(image(i));
    }
    std::vector<std::vector<std::string>> values(record_.option_names.size());
    for (const VariantRecord& record : record_.variants) {
      if (record.currency == shop_.currency.code()) {
        out.variants.push_back(variant(record, values));
      }
    }
    for (std::size_t i = 0; i < values.size(); ++i) {
      out.options.push_back(option(record_.option_names[i], values[i]));
    }
    return out;
  }

 private:
  const std::string& default_locale() const { return shop_.locales.front(); }

  product::LocalizedText localized(const std::string& field, const std::string& text) const {
    product::LocalizedText out = {{default_locale(), text}};
    for (const std::string& locale : shop_.locales) {
      const auto found = texts_.product.find({record_.id.str(), field, locale});
      if (found != texts_.product.end()) {
        out.emplace(locale, found->second);
      }
    }
    return out;
  }

  product::LocalizedText option_text(const std::string& name, const std::string& value) const {
    product::LocalizedText out = {{default_locale(), value.empty() ? name : value}};
    const auto found = texts_.option.find({record_.id.str(), name, value});
    for (const auto& [locale, text] :
         found == texts_.option.end() ? product::LocalizedText{} : found->second) {
      if (std::ranges::find(shop_.locales, locale) != shop_.locales.end()) {
        out.emplace(locale, text);
      }
    }
    return out;
  }

  product::Option option(const std::string& name, const std::vector<std::string>& values) const {
    product::Option out{.name = option_text(name, ""), .values = {}};
    for (const std::string& value : values) {
      out.values.push_back(option_text(name, value));
    }
    return out;
  }

  product::Image image(std::size_t index) const {
    const ImageRecord& record = record_.images[index];
    product::Image out{.sha256_hex = record.sha256_hex, .remote_url = record.remote_url};
    out.alt = index == 0 ? localized("image_alt", record.alt)
                         : product::LocalizedText{{default_locale(), record.alt}};
    if (const auto asset = texts_.assets.find(record.sha256_hex); asset != texts_.assets.end()) {
      out.content_type = asset->second.content_type;
      out.width_px = asset->second.width_px;
      out.height_px = asset->second.height_px;
    }
    return out;
  }

  // `values` collects each option's values in order of appearance.
  product::Variant variant(const VariantRecord& record,
                           std::vector<std::vector<std::string>>& values) const {
    product::Variant out{.id = record.id, .sku = record.sku};
    for (std::size_t i = 0; i < values.size(); ++i) {
      auto known = std::ranges::find(values[i], record.options[i]);
      if (known == values[i].end()) {
        known = values[i].insert(values[i].end(), record.options[i]);
      }
      out.option_values.push_back(static_cast<int>(known - values[i].begin()));
    }
    out.price = Money(record.price, shop_.currency);
    if (record.compare_at_price.has_value()) {
      out.compare_at_price = Money(*record.compare_at_price, shop_.currency);
    }
    out.weight_grams = record.weight_grams;
    out.taxable = record.taxable;
    out.requires_shipping = record.requires_shipping;
    if (record.image_position.has_value()) {
      out.image_index = static_cast<int>(*record.image_position);
    }
    return out;
  }

  const config::Shop& shop_;
  const Texts& texts_;
  const ProductRecord& record_;
};

Result<std::map<CategoryId, product::Category>> load_categories(store::Connection& connection,
                                                                const config::Shop& shop) {
  std::map<CategoryId, product::Category> categories;
  const auto take_category = [&](const Row& row) -> Status {
    ASSIGN_OR_RETURN(auto id, CategoryId::parse(row.text(0)));
    categories.emplace(
        id, product::Category{.id = id,
                              .handle = std::string(row.text(1)),
                              .title = {{shop.locales.front(), std::string(row.text(2))}}});
    return {};
  };
  RETURN_IF_ERROR(connection.query("SELECT id, handle, title FROM categories", {}, take_category));
  const auto take_text = [&](const Row& row) -> Status {
    ASSIGN_OR_RETURN(const auto id, CategoryId::parse(row.text(0)));
    const std::string locale(row.text(1));
    const auto category = categories.find(id);
    if (category != categories.end() &&
        std::ranges::find(shop.locales, locale) != shop.locales.end()) {
      category->second.title.emplace(locale, row.text(2));
    }
    return {};
  };
  RETURN_IF_ERROR(
      connection.query("SELECT category_id, locale, title FROM category_texts", {}, take_text));
  return categories;
}

}  // namespace

pricing::Rules rules_of(const config::Shop& shop) {
  pricing::Rules rules{.currency = shop.currency, .shipping = {}, .taxes = {}};
  for (const config::ShippingRate& rate : shop.shipping) {
    rules.shipping.push_back(
        {.method = rate.method,
         .countries = rate.countries,
         .regions = rate.regions,
         .weight_grams_max = rate.weight_grams_max,
         .price = rate.price,
         .free_from = rate.free_from.amount() > 0 ? std::optional(rate.free_from) : std::nullopt});
  }
  for (const config::TaxRate& rate : shop.taxes) {
    rules.taxes.push_back({.country = rate.country,
                           .name = rate.name,
                           .basis_points = rate.basis_points,
                           .included_in_prices = rate.included_in_prices});
  }
  return rules;
}

contract::CatalogSnapshot snapshot_head(const config::Shop& shop) {
  contract::CatalogSnapshot head{.shop_id = shop.id,
                                 .shop_name = shop.name,
                                 .locales = shop.locales,
                                 .rules = rules_of(shop),
                                 .quote_minutes = shop.quote_minutes};
  for (const config::ShippingRate& rate : shop.shipping) {
    const auto known =
        std::ranges::find(head.shipping_methods, rate.method, &contract::ShippingMethod::method);
    if (known == head.shipping_methods.end()) {
      head.shipping_methods.push_back({.method = rate.method, .title = rate.titles});
    }
  }
  return head;
}

std::string shop_digest(const config::Shop& shop) {
  const contract::CatalogSnapshot head = snapshot_head(shop);
  std::string text;
  json::Writer writer(text);
  writer.array();
  writer.string(head.shop_id);
  writer.string(head.shop_name);
  for (const std::string& locale : head.locales) {
    writer.string(locale);
  }
  writer.integer(head.quote_minutes);
  writer.raw(rules_to_json(head.rules));
  for (const contract::ShippingMethod& method : head.shipping_methods) {
    writer.object();
    writer.field("", method.method);
    for (const auto& [locale, title] : method.title) {
      writer.field(locale, title);
    }
    writer.end_object();
  }
  writer.end_array();
  return encoding::hex(digest::sha256(text));
}

Result<product::Assortment> load_assortment(store::Connection& connection,
                                            const config::Shop& shop) {
  ASSIGN_OR_RETURN(const auto products, load_products(connection, std::nullopt));
  ASSIGN_OR_RETURN(const Texts texts, load_texts(connection));
  ASSIGN_OR_RETURN(auto categories, load_categories(connection, shop));
  product::Assortment assortment;
  for (const auto& [id, stored] : products) {
    if (!stored.record.is_public()) {
      continue;
    }
    product::Product built = ProductBuilder(shop, texts, stored.record).build();
    if (built.variants.empty()) {
      continue;
    }
    if (const auto category = built.category ? categories.find(*built.category) : categories.end();
        category != categories.end()) {
      assortment.categories.push_back(std::move(category->second));
      categories.erase(category);
    }
    assortment.products.push_back(std::move(built));
  }
  std::ranges::sort(assortment.categories, {}, &product::Category::handle);
  std::ranges::sort(assortment.products, {}, &product::Product::handle);
  return assortment;
}

}  // namespace dermaga::catalog

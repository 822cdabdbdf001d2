#include "product_json.h"

#include <algorithm>

#include "catalog_view/view.h"
#include "json/writer.h"

namespace dermaga::catalog_view {
namespace {

class ProductWriter {
 public:
  ProductWriter(const product::Product& product, const ProductContext& context)
      : product_(product), context_(context), writer_(out_) {}

  std::string write() {
    writer_.object();
    writer_.field("id", product_.id.str());
    writer_.field("handle", product_.handle);
    writer_.field("locale", context_.locale);
    writer_.field("title", text(product_.title));
    writer_.field("description_html", text(product_.description_html));
    writer_.field("vendor", product_.vendor);
    write_category();
    writer_.key("tags");
    writer_.array();
    for (const std::string& tag : product_.tags) {
      writer_.string(tag);
    }
    writer_.end_array();
    writer_.field("availability", name(best()));
    write_options();
    write_variants();
    write_images();
    writer_.key("seo");
    writer_.object();
    writer_.field("title", text(product_.seo_title));
    writer_.field("description", text(product_.seo_description));
    writer_.end_object();
    writer_.end_object();
    return std::move(out_);
  }

 private:
  const std::string& text(const product::LocalizedText& localized) const {
    return product::text_in(localized, context_.locale, context_.fallback_locale);
  }

  contract::Availability best() const {
    auto found = contract::Availability::kSoldOut;
    for (std::size_t i = 0; i < product_.variants.size(); ++i) {
      found = std::min(found, context_.availability(i));
    }
    return found;
  }

  void write_category() {
    writer_.key("category");
    if (context_.category == nullptr) {
      return writer_.null();
    }
    writer_.object();
    writer_.field("id", context_.category->id.str());
    writer_.field("handle", context_.category->handle);
    writer_.field("title", text(context_.category->title));
    writer_.end_object();
  }

  void write_options() {
    writer_.key("options");
    writer_.array();
    for (const product::Option& option : product_.options) {
      writer_.object();
      writer_.field("name", text(option.name));
      writer_.key("values");
      writer_.array();
      for (const product::LocalizedText& value : option.values) {
        writer_.string(text(value));
      }
      writer_.end_array();
      writer_.end_object();
    }
    writer_.end_array();
  }

  void write_money(const Money& money) {
    writer_.object();
    writer_.field("amount", money.amount());
    writer_.field("currency", money.currency().code());
    writer_.end_object();
  }

  std::vector<std::string_view> values_of(const product::Variant& variant) const {
    std::vector<std::string_view> values;
    for (std::size_t i = 0; i < variant.option_values.size() && i < product_.options.size(); ++i) {
      const auto& all = product_.options[i].values;
      const auto index = static_cast<std::size_t>(variant.option_values[i]);
      values.push_back(index < all.size() ? std::string_view(text(all[index]))
                                          : std::string_view());
    }
    return values;
  }

  void write_variants() {
    writer_.key("variants");
    writer_.array();
    for (std::size_t i = 0; i < product_.variants.size(); ++i) {
      const product::Variant& variant = product_.variants[i];
      const std::vector<std::string_view> values = values_of(variant);
      std::string title;
      for (const std::string_view value : values) {
        title += (title.empty() ? "" : " / ") + std::string(value);
      }
      writer_.object();
      writer_.field("id", variant.id.str());
      writer_.field("sku", variant.sku);
      writer_.field("title", title.empty() ? text(product_.title) : title);
      writer_.key("option_values");
      writer_.array();
      for (const std::string_view value : values) {
        writer_.string(value);
      }
      writer_.end_array();
      writer_.key("price");
      write_money(variant.price);
      writer_.key("compare_at_price");
      variant.compare_at_price ? write_money(*variant.compare_at_price) : writer_.null();
      writer_.field("availability", name(context_.availability(i)));
      writer_.field("weight_grams", variant.weight_grams);
      writer_.key("image_index");
      variant.image_index ? writer_.integer(*variant.image_index) : writer_.null();
      writer_.end_object();
    }
    writer_.end_array();
  }

  void write_images() {
    writer_.key("images");
    writer_.array();
    for (const product::Image& image : product_.images) {
      writer_.object();
      writer_.field("url", image_url(image));
      writer_.field("alt", text(image.alt));
      write_size("width", image.width_px);
      write_size("height", image.height_px);
      writer_.end_object();
    }
    writer_.end_array();
  }

  void write_size(std::string_view key, int pixels) {
    writer_.key(key);
    pixels > 0 ? writer_.integer(pixels) : writer_.null();
  }

  const product::Product& product_;
  const ProductContext& context_;
  std::string out_;
  json::Writer writer_;
};

}  // namespace

std::string_view image_extension(std::string_view content_type) {
  static constexpr std::pair<std::string_view, std::string_view> kExtensions[] = {
      {"image/svg+xml", "svg"}, {"image/webp", "webp"}, {"image/png", "png"},
      {"image/jpeg", "jpg"},    {"image/avif", "avif"}, {"image/gif", "gif"}};
  for (const auto& [type, extension] : kExtensions) {
    if (type == content_type) {
      return extension;
    }
  }
  return {};
}

std::string image_url(const product::Image& image) {
  const std::string_view extension = image_extension(image.content_type);
  if (image.sha256_hex.empty() || extension.empty()) {
    return image.remote_url;
  }
  return "/assets/catalog/" + image.sha256_hex + "." + std::string(extension);
}

std::string_view name(contract::Availability availability) {
  switch (availability) {
    case contract::Availability::kInStock:
      return "in_stock";
    case contract::Availability::kLow:
      return "low";
    case contract::Availability::kSoldOut:
      return "sold_out";
  }
  return "in_stock";
}

std::string write_product(const product::Product& product, const ProductContext& context) {
  return ProductWriter(product, context).write();
}

std::string write_categories(const contract::CatalogSnapshot& snapshot, const std::string& locale,
                             const std::function<std::size_t(const product::Category&)>& count) {
  std::string out;
  json::Writer writer(out);
  writer.object();
  writer.key("items");
  writer.array();
  for (const product::Category& category : snapshot.assortment.categories) {
    writer.object();
    writer.field("id", category.id.str());
    writer.field("handle", category.handle);
    writer.field("locale", locale);
    writer.field("title", product::text_in(category.title, locale, snapshot.locales.front()));
    writer.field("product_count", static_cast<std::int64_t>(count(category)));
    writer.end_object();
  }
  writer.end_array();
  writer.key("next_cursor");
  writer.null();
  writer.end_object();
  return out;
}

}  // namespace dermaga::catalog_view

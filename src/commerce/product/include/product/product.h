#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "ids/ids.h"
#include "money/money.h"

namespace dermaga::product {

// Text by locale ("id", "en"). The shop's default locale is always present.
using LocalizedText = std::map<std::string, std::string>;

// The text in `locale`, else in any other (default locale first is the caller's business).
const std::string& text_in(const LocalizedText& text, const std::string& locale,
                           const std::string& fallback_locale);

struct Image {
  std::string sha256_hex;    // content address of a file the shop holds; empty for remote ones
  std::string content_type;  // "image/svg+xml", "image/webp", …; empty for remote ones
  std::string remote_url;    // https address when the file is elsewhere; empty otherwise
  LocalizedText alt;
  int width_px = 0;  // 0: unknown
  int height_px = 0;
};

struct Option {
  LocalizedText name;                 // "Ukuran" / "Size"
  std::vector<LocalizedText> values;  // in display order
};

struct Variant {
  VariantId id;
  std::string sku;                 // may be empty
  std::vector<int> option_values;  // one index per product option, into Option::values
  Money price;
  std::optional<Money> compare_at_price;
  std::int64_t weight_grams = 0;
  bool taxable = true;
  bool requires_shipping = true;
  std::optional<int> image_index;  // into Product::images
};

struct Product {
  ProductId id;
  std::string handle;
  LocalizedText title;
  LocalizedText description_html;  // sanitised by core: only the allowed tags, no attributes
  LocalizedText seo_title;
  LocalizedText seo_description;
  std::string vendor;
  std::optional<CategoryId> category;
  std::vector<std::string> tags;
  std::vector<Option> options;    // empty for products with one plain variant
  std::vector<Variant> variants;  // at least one
  std::vector<Image> images;
};

struct Category {
  CategoryId id;
  std::string handle;
  LocalizedText title;
};

// What the public zone knows of the assortment: only published products.
struct Assortment {
  std::vector<Category> categories;  // by handle
  std::vector<Product> products;     // by handle
};

}  // namespace dermaga::product

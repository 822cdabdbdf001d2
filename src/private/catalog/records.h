#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ids/ids.h"

namespace dermaga::catalog {

// Products as a file states them and as the tables hold them: texts in the shop's default locale.
// An import compares the two; equal records mean that there is nothing to do.

struct ImageRecord {
  std::string sha256_hex;  // either this …
  std::string remote_url;  // … or this
  std::string alt;
  friend bool operator==(const ImageRecord&, const ImageRecord&) = default;
};

struct VariantRecord {
  VariantId id;
  std::string sku;
  std::string barcode;
  std::array<std::string, 3> options;  // one per option name, empty beyond
  std::string currency;
  std::int64_t price = 0;
  std::optional<std::int64_t> compare_at_price;
  std::int64_t weight_grams = 0;
  bool taxable = true;
  bool requires_shipping = true;
  std::optional<std::int64_t> image_position;
  std::optional<std::int64_t> quantity;  // as the last import named it; none: never named
  friend bool operator==(const VariantRecord&, const VariantRecord&) = default;
};

struct ProductRecord {
  ProductId id;
  std::string handle;
  std::string title;
  std::string description_html;
  std::string seo_title;
  std::string seo_description;
  std::string vendor;
  std::string category_handle;    // empty: none
  std::string status = "active";  // "active", "draft" or "archived"
  bool published = true;
  bool gift_card = false;
  std::vector<std::string> tags;
  std::vector<std::string> option_names;  // at most 3
  std::vector<ImageRecord> images;
  std::vector<VariantRecord> variants;  // those that are not archived, in order
  friend bool operator==(const ProductRecord&, const ProductRecord&) = default;

  bool is_public() const { return status == "active" && published; }
};

ProductId product_id(std::string_view handle);
CategoryId category_id(std::string_view handle);
// Stable across imports: derived from the product's handle and the variant's option values.
VariantId variant_id(std::string_view handle, const std::array<std::string, 3>& options);

}  // namespace dermaga::catalog

#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "csv.h"
#include "result/result.h"

namespace dermaga::catalog {

// The columns of a Shopify product CSV that an import reads.
enum class Column : std::size_t {
  kHandle,
  kTitle,
  kBody,
  kVendor,
  kProductCategory,
  kType,
  kTags,
  kPublished,
  kStatus,
  kOption1Name,
  kOption1Value,
  kOption2Name,
  kOption2Value,
  kOption3Name,
  kOption3Value,
  kSku,
  kGrams,
  kWeight,
  kWeightUnit,
  kInventoryTracker,
  kInventoryQuantity,
  kInventoryPolicy,
  kPrice,
  kCompareAtPrice,
  kRequiresShipping,
  kTaxable,
  kBarcode,
  kImageSource,
  kImagePosition,
  kImageAlt,
  kVariantImage,
  kGiftCard,
  kSeoTitle,
  kSeoDescription,
  kCount,
};

// Where the columns are in one file. Headings are known in the classic export's spelling ("Variant
// SKU") and in the template's of 2025 ("SKU"), whatever their case.
class ProductHeader {
 public:
  // True when the headings look like a product file at all.
  static bool recognises(const CsvRecord& heading);
  // kInvalidArgument naming what is missing or there twice.
  static Result<ProductHeader> read(const CsvRecord& heading);

  // White space trimmed off; empty when the file lacks the column.
  std::string_view field(const CsvRecord& record, Column column) const;
  // As the file spells it; empty when the file lacks the column.
  const std::string& heading(Column column) const;
  std::size_t width() const { return width_; }
  const std::vector<std::string>& ignored() const { return ignored_; }

 private:
  static constexpr std::size_t kAbsent = static_cast<std::size_t>(-1);
  std::array<std::size_t, static_cast<std::size_t>(Column::kCount)> index_{};
  std::array<std::string, static_cast<std::size_t>(Column::kCount)> headings_;
  std::size_t width_ = 0;
  std::vector<std::string> ignored_;
};

std::string_view trimmed(std::string_view text);
std::string ascii_lowered(std::string_view text);

}  // namespace dermaga::catalog

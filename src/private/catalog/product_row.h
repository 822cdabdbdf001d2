#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "csv.h"
#include "money/money.h"
#include "product_header.h"
#include "report_builder.h"

namespace dermaga::catalog {

// Typed access to one row's cells. A cell that cannot be read is reported with its column and makes
// the row bad; reading goes on, so that every bad cell is named.
class ProductRow {
 public:
  ProductRow(const ProductHeader& header, const CsvRecord& record, ReportBuilder& report)
      : header_(header), record_(record), report_(report) {}

  std::int64_t line() const { return record_.line; }
  bool bad() const { return bad_; }
  std::string_view raw(Column column) const { return header_.field(record_, column); }
  bool blank(Column column) const { return raw(column).empty(); }

  // One line of text without control characters; line breaks become spaces.
  std::string text(Column column, std::size_t bytes_max);
  std::string required_text(Column column, std::size_t bytes_max);
  bool flag(Column column, bool when_blank);
  std::optional<std::int64_t> integer(Column column, std::int64_t min, std::int64_t max);
  // In minor units. Shopify writes two decimals for every currency: they are rounded where the
  // shop's currency has none.
  std::optional<std::int64_t> price(Column column, const Currency& currency);
  std::int64_t weight_grams();

  void refuse(Column column, std::string reason);
  void note(const std::string& text) { report_.note(text); }

 private:
  const ProductHeader& header_;
  const CsvRecord& record_;
  ReportBuilder& report_;
  bool bad_ = false;
};

}  // namespace dermaga::catalog

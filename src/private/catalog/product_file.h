#pragma once

#include <functional>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "csv.h"
#include "money/money.h"
#include "product_header.h"
#include "product_row.h"
#include "records.h"
#include "report_builder.h"
#include "result/result.h"

namespace dermaga::catalog {

// Stores a picture that a product file names by a relative path; answers its SHA-256 in
// hexadecimal.
using PictureIntake = std::function<Result<std::string>(const std::string& path)>;

struct ParsedProduct {
  ProductRecord record;
  std::string category_title;
  bool partial = false;  // some of its rows were bad: what it lacks may be among them
};

// Turns the rows of a Shopify product CSV into products, in the order of their first rows; bad rows
// go to the report. See docs/reference/catalog-import.md for the rules.
class ProductFile {
 public:
  ProductFile(ProductHeader header, Currency currency, PictureIntake intake, ReportBuilder& report)
      : header_(std::move(header)),
        currency_(currency),
        intake_(std::move(intake)),
        report_(report) {}

  void add(const CsvRecord& record);
  std::vector<ParsedProduct> finish();

 private:
  struct Picture {
    std::int64_t order;
    std::size_t arrival;
    std::string source;
    ImageRecord record;
  };
  struct Draft {
    ParsedProduct product;
    std::vector<Picture> pictures;
    std::vector<std::string> variant_pictures;  // source by variant
    std::map<std::array<std::string, 3>, std::int64_t> lines_by_options;
  };

  void add_first_row(ProductRow& row, const std::string& handle);
  void add_later_row(ProductRow& row, Draft& draft);
  ProductRecord read_product(ProductRow& row, const std::string& handle,
                             std::string& category_title);
  void read_options(ProductRow& row, ProductRecord& product);
  bool add_variant(ProductRow& row, Draft& draft);
  std::array<std::string, 3> read_option_values(ProductRow& row, const ProductRecord& product);
  VariantRecord read_variant(ProductRow& row, const ProductRecord& product);
  void add_pictures(ProductRow& row, Draft& draft, bool with_variant);
  bool add_picture(ProductRow& row, Draft& draft, Column column, std::int64_t order);
  void place_pictures(Draft& draft);

  ProductHeader header_;
  Currency currency_;
  PictureIntake intake_;
  ReportBuilder& report_;
  std::vector<Draft> drafts_;
  std::unordered_map<std::string, std::size_t> draft_by_handle_;
  std::unordered_map<std::string, std::int64_t> refused_line_by_handle_;
  bool unreadable_rows_ = false;  // rows that could belong to any product
};

}  // namespace dermaga::catalog

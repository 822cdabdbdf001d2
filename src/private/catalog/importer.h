#pragma once

#include <map>
#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "image_file.h"
#include "product_file.h"
#include "product_rows.h"
#include "report_builder.h"
#include "translation_file.h"
#include "versions.h"

namespace dermaga::catalog {

// Takes pictures into the assets folder while a product file is read.
class AssetIntake {
 public:
  // `source_folder`: where the CSV lies.
  AssetIntake(std::string source_folder, std::string assets_directory)
      : source_folder_(std::move(source_folder)), assets_directory_(std::move(assets_directory)) {}

  // Reads, judges and stores the picture, durably; answers its SHA-256 in hexadecimal.
  Result<std::string> take(const std::string& path);
  // Rows for the pictures taken since the last call.
  Status save_rows(store::Connection& connection);

 private:
  struct Taken {
    ImageFacts facts;
    std::int64_t size_bytes = 0;
  };
  std::string source_folder_;
  std::string assets_directory_;
  std::map<std::string, std::string> hash_by_path_;
  std::map<std::string, Taken> taken_;
};

// One import over one connection.
class Importer {
 public:
  Importer(store::Connection& connection, StockSink& stock, const Clock& clock,
           const CatalogOptions& options)
      : connection_(connection), stock_(stock), clock_(clock), options_(options) {}

  Result<ImportReport> run(const std::string& path);

 private:
  using Stored = std::map<ProductId, StoredProduct>;

  Status import_products(CsvReader& reader, const CsvRecord& heading, ImportReport& report);
  Status import_translations(CsvReader& reader, const CsvRecord& heading, ImportReport& report);
  Status apply_products(std::span<ParsedProduct> products, ImportReport& report);
  // True when more than quantities changed.
  Result<bool> apply_product(ParsedProduct& product, const StoredProduct* stored,
                             ImportReport& report);
  void note_quantities(const ProductRecord& product, const StoredProduct* stored);
  Status apply_quantities();
  Status apply_translations(std::span<const Translation> translations, ReportBuilder& builder,
                            ImportReport& report);
  Status apply_translation(const Translation& translation, const Stored& products,
                           ReportBuilder& builder, ImportReport& report);
  Status publish(const std::vector<PricePoint>& prices, ImportReport& report);

  store::Connection& connection_;
  StockSink& stock_;
  const Clock& clock_;
  const CatalogOptions& options_;
  std::map<VariantId, std::int64_t> quantities_;  // of the batch in hand
};

}  // namespace dermaga::catalog

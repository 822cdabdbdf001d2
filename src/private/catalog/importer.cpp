#include "importer.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "files/files.h"
#include "publish.h"

namespace dermaga::catalog {

namespace {

constexpr std::uint64_t kFileBytesMax = std::uint64_t{64} << 20;
// Orders wait while a batch of an import commits, so batches are small.
constexpr std::size_t kProductsPerBatch = 250;

ProductRecord without_quantities(ProductRecord record) {
  for (VariantRecord& variant : record.variants) {
    variant.quantity.reset();
  }
  return record;
}

const VariantRecord* find_variant(const StoredProduct* stored, const VariantId& id) {
  if (stored == nullptr) {
    return nullptr;
  }
  for (const auto* list : {&stored->record.variants, &stored->archived}) {
    const auto found = std::ranges::find(*list, id, &VariantRecord::id);
    if (found != list->end()) {
      return &*found;
    }
  }
  return nullptr;
}

// What the file does not say stays as it is: quantities that it leaves blank and, where bad rows
// may hide variants, those that it seems to lack.
void keep_what_is_not_said(ParsedProduct& product, const StoredProduct& stored) {
  ProductRecord& record = product.record;
  for (VariantRecord& variant : record.variants) {
    const VariantRecord* known = find_variant(&stored, variant.id);
    if (known != nullptr && !variant.quantity.has_value()) {
      variant.quantity = known->quantity;
    }
  }
  if (!product.partial || record.option_names != stored.record.option_names) {
    return;
  }
  for (const VariantRecord& known : stored.record.variants) {
    if (std::ranges::find(record.variants, known.id, &VariantRecord::id) == record.variants.end()) {
      record.variants.push_back(known);
      const auto images = static_cast<std::int64_t>(record.images.size());
      if (known.image_position.value_or(-1) >= images) {
        record.variants.back().image_position.reset();
      }
    }
  }
}

void add_prices(const ProductRecord& product, const StoredProduct* stored,
                std::vector<PricePoint>& prices) {
  for (const VariantRecord& variant : product.variants) {
    prices.push_back(price_point(product, variant, false));
  }
  if (stored == nullptr) {
    return;
  }
  for (const VariantRecord& variant : stored->record.variants) {
    if (std::ranges::find(product.variants, variant.id, &VariantRecord::id) ==
        product.variants.end()) {
      prices.push_back(price_point(product, variant, true));
    }
  }
}

}  // namespace

Result<ImportReport> Importer::run(const std::string& path) {
  auto bytes = files::read_file(path, kFileBytesMax);
  if (!bytes.has_value()) {
    return std::unexpected(std::move(bytes).error().with_context("import"));
  }
  ImportReport report{.file = path};
  CsvReader reader(*bytes);
  CsvRecord heading;
  const bool any = reader.next(heading);
  if (any && TranslationFile::recognises(heading)) {
    report.kind = "translations";
    auto status = import_translations(reader, heading, report);
    return status.has_value() ? Result<ImportReport>(std::move(report))
                              : std::unexpected(std::move(status).error().with_context(path));
  }
  if (any && (ProductHeader::recognises(heading) || !heading.problem.empty())) {
    report.kind = "products";
    auto status = import_products(reader, heading, report);
    return status.has_value() ? Result<ImportReport>(std::move(report))
                              : std::unexpected(std::move(status).error().with_context(path));
  }
  return make_error(
      ErrorCode::kInvalidArgument,
      path + ": line 1: these are not the headings of a Shopify product or translation CSV");
}

Status Importer::import_products(CsvReader& reader, const CsvRecord& heading,
                                 ImportReport& report) {
  ASSIGN_OR_RETURN(auto header, ProductHeader::read(heading));
  ReportBuilder builder(report);
  if (!header.ignored().empty()) {
    std::string names;
    for (const std::string& name : header.ignored()) {
      names += (names.empty() ? "" : ", ") + name;
    }
    builder.note("columns without a use here: " + names);
  }
  AssetIntake assets(std::filesystem::path(report.file).parent_path().string(),
                     options_.assets_directory);
  ProductFile file(
      std::move(header), options_.shop.currency,
      [&assets](const std::string& path) { return assets.take(path); }, builder);
  CsvRecord record;
  while (reader.next(record)) {
    ++report.rows;
    file.add(record);
  }
  std::vector<ParsedProduct> products = file.finish();
  builder.finish();
  {
    ASSIGN_OR_RETURN(auto transaction, store::Transaction::begin(connection_));
    RETURN_IF_ERROR(assets.save_rows(connection_));
    RETURN_IF_ERROR(transaction.commit());
  }
  for (std::size_t start = 0; start < products.size(); start += kProductsPerBatch) {
    const std::size_t size = std::min(kProductsPerBatch, products.size() - start);
    RETURN_IF_ERROR(apply_products(std::span(products).subspan(start, size), report));
  }
  return {};
}

Status Importer::apply_products(std::span<ParsedProduct> products, ImportReport& report) {
  ASSIGN_OR_RETURN(auto transaction, store::Transaction::begin(connection_));
  quantities_.clear();
  std::vector<ProductId> ids;
  for (const ParsedProduct& product : products) {
    ids.push_back(product.record.id);
  }
  ASSIGN_OR_RETURN(const Stored stored,
                   load_products(connection_, std::span<const ProductId>(ids)));
  std::vector<PricePoint> prices;
  bool changed = false;
  for (ParsedProduct& product : products) {
    const auto found = stored.find(product.record.id);
    const StoredProduct* known = found == stored.end() ? nullptr : &found->second;
    ASSIGN_OR_RETURN(const bool product_changed, apply_product(product, known, report));
    if (product_changed) {
      changed = true;
      add_prices(product.record, known, prices);
    }
  }
  RETURN_IF_ERROR(apply_quantities());
  if (changed) {
    RETURN_IF_ERROR(publish(prices, report));
  }
  return transaction.commit();
}

Result<bool> Importer::apply_product(ParsedProduct& product, const StoredProduct* stored,
                                     ImportReport& report) {
  ProductRecord& record = product.record;
  if (stored != nullptr) {
    keep_what_is_not_said(product, *stored);
    if (record == stored->record) {
      ++report.unchanged;
      return false;
    }
  }
  ++(stored == nullptr ? report.created : report.updated);
  const bool only_quantities =
      stored != nullptr && without_quantities(record) == without_quantities(stored->record);
  if (only_quantities) {
    RETURN_IF_ERROR(save_quantities(connection_, record));
  } else {
    RETURN_IF_ERROR(save_product(connection_, record, product.category_title, stored));
  }
  note_quantities(record, stored);
  return !only_quantities;
}

void Importer::note_quantities(const ProductRecord& product, const StoredProduct* stored) {
  for (const VariantRecord& variant : product.variants) {
    const VariantRecord* known = find_variant(stored, variant.id);
    if (variant.quantity.has_value() && (known == nullptr || known->quantity != variant.quantity)) {
      quantities_.insert_or_assign(variant.id, *variant.quantity);
    }
  }
}

// By variant, the order in which whoever places orders locks stock: neither waits for the other.
Status Importer::apply_quantities() {
  const LocationId location = location_id(options_.shop.default_location);
  for (const auto& [variant, quantity] : std::exchange(quantities_, {})) {
    RETURN_IF_ERROR(stock_.apply_import_quantity(connection_, variant, location, quantity));
  }
  return {};
}

Status Importer::publish(const std::vector<PricePoint>& prices, ImportReport& report) {
  ASSIGN_OR_RETURN(report.catalog_version,
                   add_version(connection_, clock_.now(), rules_to_json(rules_of(options_.shop)),
                               shop_digest(options_.shop)));
  report.published = true;
  return record_prices(connection_, report.catalog_version, prices);
}

}  // namespace dermaga::catalog

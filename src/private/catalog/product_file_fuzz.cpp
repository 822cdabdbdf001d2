#include <cstddef>
#include <cstdint>

#include "product_file.h"
#include "translation_file.h"

namespace {

using namespace dermaga;
using namespace dermaga::catalog;

void read_products(CsvReader& reader, const CsvRecord& heading, ReportBuilder& builder) {
  auto header = ProductHeader::read(heading);
  if (!header.has_value()) {
    return;
  }
  ProductFile file(
      *std::move(header), *Currency::parse("IDR"),
      [](const std::string& path) -> Result<std::string> {
        if (path.size() > 20) {
          return make_error(ErrorCode::kInvalidArgument, "no such picture");
        }
        return path;
      },
      builder);
  CsvRecord record;
  while (reader.next(record)) {
    file.add(record);
  }
  for (const ParsedProduct& product : file.finish()) {
    CHECK(!product.record.handle.empty() && !product.record.title.empty());
    CHECK(!product.record.variants.empty());
    for (const VariantRecord& variant : product.record.variants) {
      CHECK(variant.price >= 0 && variant.weight_grams >= 0);
      CHECK(variant.image_position.value_or(-1) <
            static_cast<std::int64_t>(product.record.images.size()));
    }
  }
}

void read_translations(CsvReader& reader, const CsvRecord& heading, ReportBuilder& builder) {
  auto file = TranslationFile::open(heading, {"id", "en"}, builder);
  if (!file.has_value()) {
    return;
  }
  CsvRecord record;
  while (reader.next(record)) {
    file->add(record);
  }
  for (const Translation& translation : file->finish()) {
    CHECK(!translation.handle.empty() && !translation.text.empty() && translation.locale != "id");
  }
}

}  // namespace

// Any bytes as a product or translation file: what comes out keeps its promises.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  CsvReader reader({reinterpret_cast<const char*>(data), size});
  CsvRecord heading;
  if (!reader.next(heading)) {
    return 0;
  }
  ImportReport report;
  ReportBuilder builder(report);
  if (TranslationFile::recognises(heading)) {
    read_translations(reader, heading, builder);
  } else {
    read_products(reader, heading, builder);
  }
  builder.finish();
  CHECK(report.problems.size() <= ImportReport::kProblemsMax);
  return 0;
}

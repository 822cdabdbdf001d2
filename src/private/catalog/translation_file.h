#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "csv.h"
#include "report_builder.h"
#include "result/result.h"

namespace dermaga::catalog {

// One translated text, checked for form; whether its product exists is for the tables to say.
struct Translation {
  enum class Kind { kProduct, kCategory, kOption, kOptionValue };
  std::int64_t line = 0;
  Kind kind = Kind::kProduct;
  std::string handle;  // of the product or category
  std::string option;  // name in the default locale; kOption and kOptionValue
  std::string value;   // in the default locale; kOptionValue
  std::string field;   // "title", "description_html", "seo_title", "seo_description",
                       // "image_alt"; empty for options
  std::string locale;
  std::string text;
};

// Reads Shopify's translation CSV (Type, Identification, Field, Locale, Market, Status, Default
// content, Translated content). Bad rows go to the report.
class TranslationFile {
 public:
  static bool recognises(const CsvRecord& heading);
  static Result<TranslationFile> open(const CsvRecord& heading,
                                      const std::vector<std::string>& locales,
                                      ReportBuilder& report);

  void add(const CsvRecord& record);
  std::vector<Translation> finish() { return std::move(translations_); }

  // The heading, for problems found later.
  static constexpr std::string_view kIdentification = "Identification";

 private:
  enum Column { kType, kIdentificationColumn, kField, kLocale, kMarket, kTranslated, kColumns };
  TranslationFile(std::array<std::size_t, kColumns> index, std::size_t width,
                  std::vector<std::string> locales, ReportBuilder& report)
      : index_(index), width_(width), locales_(std::move(locales)), report_(report) {}

  std::string_view cell(const CsvRecord& record, Column column) const;
  bool read_identification(const CsvRecord& record, Translation& translation);
  bool read_locale(const CsvRecord& record, Translation& translation);
  bool read_text(const CsvRecord& record, Translation& translation);

  std::array<std::size_t, kColumns> index_;
  std::size_t width_;
  std::vector<std::string> locales_;  // the shop's; the first is the default
  ReportBuilder& report_;
  std::vector<Translation> translations_;
};

}  // namespace dermaga::catalog

#include "translation_file.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "html.h"
#include "product_header.h"

namespace dermaga::catalog {

namespace {

constexpr std::size_t kTextBytesMax = std::size_t{512} << 10;
constexpr std::size_t kLineBytesMax = 2'048;
constexpr std::array<std::string_view, 6> kHeadings = {
    "Type", "Identification", "Field", "Locale", "Market", "Translated content"};

struct FieldName {
  std::string_view in_file;
  std::string_view ours;
};
constexpr std::array<FieldName, 5> kProductFields = {{{"title", "title"},
                                                      {"body_html", "description_html"},
                                                      {"meta_title", "seo_title"},
                                                      {"meta_description", "seo_description"},
                                                      {"image_alt", "image_alt"}}};

std::optional<Translation::Kind> kind_of(std::string_view type) {
  if (type == "PRODUCT") return Translation::Kind::kProduct;
  if (type == "COLLECTION") return Translation::Kind::kCategory;
  if (type == "PRODUCT_OPTION") return Translation::Kind::kOption;
  if (type == "PRODUCT_OPTION_VALUE") return Translation::Kind::kOptionValue;
  return std::nullopt;
}

// The column's name inside Dermaga; nullopt for fields that are not translated here.
std::optional<std::string> field_of(Translation::Kind kind, std::string_view field) {
  switch (kind) {
    case Translation::Kind::kProduct: {
      const auto known = std::ranges::find(kProductFields, field, &FieldName::in_file);
      return known == kProductFields.end() ? std::nullopt : std::optional(std::string(known->ours));
    }
    case Translation::Kind::kCategory:
      return field == "title" ? std::optional<std::string>("title") : std::nullopt;
    case Translation::Kind::kOption:
    case Translation::Kind::kOptionValue:
      return field == "name" ? std::optional<std::string>("") : std::nullopt;
  }
  return std::nullopt;
}

// "id", "en", "pt-BR".
bool is_locale(std::string_view text) {
  const std::size_t dash = std::min(text.find('-'), text.size());
  const auto lower = [](char c) { return c >= 'a' && c <= 'z'; };
  const auto letter_or_digit = [&](char c) {
    return lower(c) || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  };
  const std::string_view region = text.substr(std::min(dash + 1, text.size()));
  return (dash == 2 || dash == 3) && std::ranges::all_of(text.substr(0, dash), lower) &&
         (dash == text.size() || (region.size() >= 2 && region.size() <= 8 &&
                                  std::ranges::all_of(region, letter_or_digit)));
}

}  // namespace

bool TranslationFile::recognises(const CsvRecord& heading) {
  return std::ranges::any_of(heading.fields, [](const std::string& field) {
    return ascii_lowered(trimmed(field)) == "translated content";
  });
}

Result<TranslationFile> TranslationFile::open(const CsvRecord& heading,
                                              const std::vector<std::string>& locales,
                                              ReportBuilder& report) {
  std::array<std::size_t, kColumns> index{};
  for (std::size_t column = 0; column < kColumns; ++column) {
    const auto found = std::ranges::find_if(heading.fields, [column](const std::string& field) {
      return ascii_lowered(trimmed(field)) == ascii_lowered(kHeadings[column]);
    });
    index[column] = static_cast<std::size_t>(found - heading.fields.begin());
    if (found == heading.fields.end() && column != kMarket) {
      return make_error(ErrorCode::kInvalidArgument,
                        "line 1: the column '" + std::string(kHeadings[column]) + "' is missing");
    }
  }
  return TranslationFile(index, heading.fields.size(), locales, report);
}

std::string_view TranslationFile::cell(const CsvRecord& record, Column column) const {
  return index_[column] < record.fields.size() ? trimmed(record.fields[index_[column]])
                                               : std::string_view{};
}

void TranslationFile::add(const CsvRecord& record) {
  if (!record.problem.empty()) {
    report_.problem(record.line, "", record.problem);
    return;
  }
  if (record.fields.size() != width_) {
    report_.problem(record.line, "",
                    "the row has " + std::to_string(record.fields.size()) +
                        " columns, the heading has " + std::to_string(width_));
    return;
  }
  const auto kind = kind_of(cell(record, kType));
  if (!kind.has_value()) {
    report_.note("texts of type '" + std::string(cell(record, kType).substr(0, 60)) +
                 "' are not used");
    return;
  }
  auto field = field_of(*kind, cell(record, kField));
  if (!field.has_value()) {
    report_.note("the field '" + std::string(cell(record, kField).substr(0, 60)) + "' of " +
                 std::string(cell(record, kType)) + " is not translated here");
    return;
  }
  if (!cell(record, kMarket).empty()) {
    report_.note("texts for a single market are not used");
    return;
  }
  // The export has a row for every text; those without a translation yet are not meant as empty
  // ones.
  if (cell(record, kTranslated).empty()) {
    return;
  }
  Translation translation{.line = record.line, .kind = *kind, .field = *std::move(field)};
  const bool named = read_identification(record, translation);
  const bool placed = read_locale(record, translation);
  if (read_text(record, translation) && named && placed) {
    translations_.push_back(std::move(translation));
  }
}

// "<handle>", "<handle>/<option>" or "<handle>/<option>/<value>"; a value may hold a slash.
bool TranslationFile::read_identification(const CsvRecord& record, Translation& translation) {
  std::string_view rest = cell(record, kIdentificationColumn);
  const auto take = [&rest] {
    const std::size_t slash = std::min(rest.find('/'), rest.size());
    const std::string part(rest.substr(0, slash));
    rest.remove_prefix(std::min(slash + 1, rest.size()));
    return part;
  };
  const bool option = translation.kind == Translation::Kind::kOption;
  const bool value = translation.kind == Translation::Kind::kOptionValue;
  translation.handle = ascii_lowered(take());
  if (option) {
    translation.option = std::exchange(rest, std::string_view{});
  } else if (value) {
    translation.option = take();
    translation.value = std::exchange(rest, std::string_view{});
  }
  if (translation.handle.empty() || !rest.empty() ||
      ((option || value) && translation.option.empty()) || (value && translation.value.empty())) {
    report_.problem(record.line, std::string(kIdentification),
                    value    ? "must be <product handle>/<option>/<value>"
                    : option ? "must be <product handle>/<option>"
                             : "must be the handle of a product or category");
    return false;
  }
  return true;
}

bool TranslationFile::read_locale(const CsvRecord& record, Translation& translation) {
  translation.locale = cell(record, kLocale);
  if (!is_locale(translation.locale)) {
    report_.problem(record.line, "Locale", "must be a locale such as en or pt-BR");
    return false;
  }
  if (translation.locale == locales_.front()) {
    report_.problem(record.line, "Locale",
                    "texts in the shop's default locale come from the product file");
    return false;
  }
  if (std::ranges::find(locales_, translation.locale) == locales_.end()) {
    report_.note("the shop does not show the locale " + translation.locale + " yet");
  }
  return true;
}

bool TranslationFile::read_text(const CsvRecord& record, Translation& translation) {
  const std::string_view text = cell(record, kTranslated);
  const bool html = translation.field == "description_html";
  const std::size_t bytes_max = html ? kTextBytesMax : kLineBytesMax;
  if (text.size() > bytes_max) {
    report_.problem(record.line, "Translated content",
                    "longer than " + std::to_string(bytes_max) + " bytes");
    return false;
  }
  if (html) {
    translation.text = sanitise_html(text);
    return true;
  }
  translation.text = text;
  std::ranges::replace_if(
      translation.text, [](char c) { return c == '\n' || c == '\r' || c == '\t'; }, ' ');
  if (std::ranges::any_of(translation.text, [](char c) {
        return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
      })) {
    report_.problem(record.line, "Translated content", "contains a control character");
    return false;
  }
  return true;
}

}  // namespace dermaga::catalog

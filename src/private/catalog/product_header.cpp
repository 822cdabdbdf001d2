#include "product_header.h"

#include <algorithm>
#include <utility>

namespace dermaga::catalog {

namespace {

struct Spelling {
  std::string_view classic;
  std::string_view template_2025;
};

// In the order of Column.
constexpr std::array<Spelling, static_cast<std::size_t>(Column::kCount)> kSpellings = {{
    {"Handle", "URL handle"},
    {"Title", ""},
    {"Body (HTML)", "Description"},
    {"Vendor", ""},
    {"Product Category", ""},
    {"Type", ""},
    {"Tags", ""},
    {"Published", "Published on online store"},
    {"Status", ""},
    {"Option1 Name", ""},
    {"Option1 Value", ""},
    {"Option2 Name", ""},
    {"Option2 Value", ""},
    {"Option3 Name", ""},
    {"Option3 Value", ""},
    {"Variant SKU", "SKU"},
    {"Variant Grams", "Weight value (grams)"},
    {"Variant Weight", ""},
    {"Variant Weight Unit", "Weight unit for display"},
    {"Variant Inventory Tracker", "Inventory tracker"},
    {"Variant Inventory Qty", "Inventory quantity"},
    {"Variant Inventory Policy", "Continue selling when out of stock"},
    {"Variant Price", "Price"},
    {"Variant Compare At Price", "Compare-at price"},
    {"Variant Requires Shipping", "Requires shipping"},
    {"Variant Taxable", "Charge tax"},
    {"Variant Barcode", "Barcode"},
    {"Image Src", "Product image URL"},
    {"Image Position", ""},
    {"Image Alt Text", "Image alt text"},
    {"Variant Image", "Variant image URL"},
    {"Gift Card", ""},
    {"SEO Title", ""},
    {"SEO Description", ""},
}};

constexpr std::array kRequired = {Column::kHandle, Column::kTitle, Column::kPrice};

Column column_of(std::string_view heading) {
  const std::string name = ascii_lowered(trimmed(heading));
  const auto found = std::ranges::find_if(kSpellings, [&name](const Spelling& spelling) {
    return name == ascii_lowered(spelling.classic) ||
           (!spelling.template_2025.empty() && name == ascii_lowered(spelling.template_2025));
  });
  return static_cast<Column>(found - kSpellings.begin());
}

}  // namespace

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n\f\v";
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) {
    return {};
  }
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

std::string ascii_lowered(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  return out;
}

bool ProductHeader::recognises(const CsvRecord& heading) {
  return std::ranges::any_of(heading.fields, [](const std::string& field) {
    const Column column = column_of(field);
    return column == Column::kHandle || column == Column::kPrice;
  });
}

Result<ProductHeader> ProductHeader::read(const CsvRecord& heading) {
  if (!heading.problem.empty()) {
    return make_error(ErrorCode::kInvalidArgument, "line 1: " + heading.problem);
  }
  ProductHeader header;
  header.index_.fill(kAbsent);
  header.width_ = heading.fields.size();
  for (std::size_t i = 0; i < heading.fields.size(); ++i) {
    const Column column = column_of(heading.fields[i]);
    const std::string name(trimmed(heading.fields[i]));
    if (column == Column::kCount) {
      header.ignored_.push_back(name);
      continue;
    }
    std::size_t& index = header.index_[static_cast<std::size_t>(column)];
    if (index != kAbsent) {
      return make_error(ErrorCode::kInvalidArgument,
                        "line 1: the column '" + name + "' is there twice");
    }
    index = i;
    header.headings_[static_cast<std::size_t>(column)] = name;
  }
  for (const Column column : kRequired) {
    if (header.index_[static_cast<std::size_t>(column)] == kAbsent) {
      return make_error(ErrorCode::kInvalidArgument,
                        "line 1: the column '" +
                            std::string(kSpellings[static_cast<std::size_t>(column)].classic) +
                            "' is missing");
    }
  }
  return header;
}

std::string_view ProductHeader::field(const CsvRecord& record, Column column) const {
  const std::size_t index = index_[static_cast<std::size_t>(column)];
  return index < record.fields.size() ? trimmed(record.fields[index]) : std::string_view{};
}

const std::string& ProductHeader::heading(Column column) const {
  return headings_[static_cast<std::size_t>(column)];
}

}  // namespace dermaga::catalog

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "importer.h"

namespace dermaga::catalog {

namespace {

using store::Parameter;

constexpr std::size_t kTextsPerBatch = 2'000;

// Where a translation is kept: its table, and its key columns with their values.
struct Place {
  std::string table;
  std::string text_column;
  std::vector<std::string> key_columns;
  std::vector<std::string> key;
};

Place place_of(const Translation& translation) {
  const std::string product = product_id(translation.handle).str();
  switch (translation.kind) {
    case Translation::Kind::kProduct:
      return {"product_texts",
              "text",
              {"product_id", "field", "locale"},
              {product, translation.field, translation.locale}};
    case Translation::Kind::kCategory:
      return {"category_texts",
              "title",
              {"category_id", "locale"},
              {category_id(translation.handle).str(), translation.locale}};
    case Translation::Kind::kOption:
    case Translation::Kind::kOptionValue:
      break;
  }
  return {"option_texts",
          "text",
          {"product_id", "option_name", "value", "locale"},
          {product, translation.option, translation.value, translation.locale}};
}

std::vector<Parameter> parameters_of(const Place& place) {
  std::vector<Parameter> parameters;
  for (const std::string& key : place.key) {
    parameters.emplace_back(std::string_view(key));
  }
  return parameters;
}

Result<std::optional<std::string>> present_text(store::Connection& connection, const Place& place) {
  std::string sql = "SELECT " + place.text_column + " FROM " + place.table + " WHERE ";
  for (std::size_t i = 0; i < place.key_columns.size(); ++i) {
    sql += (i > 0 ? " AND " : "") + place.key_columns[i] + " = $" + std::to_string(i + 1);
  }
  std::optional<std::string> text;
  RETURN_IF_ERROR(
      connection.query(sql, parameters_of(place), [&text](const store::Row& row) -> Status {
        text = row.text(0);
        return {};
      }));
  return text;
}

Status save_text(store::Connection& connection, const Place& place, const std::string& text) {
  std::string columns;
  std::string numbers;
  for (std::size_t i = 0; i < place.key_columns.size(); ++i) {
    columns += (i > 0 ? ", " : "") + place.key_columns[i];
    numbers += "$" + std::to_string(i + 1) + ", ";
  }
  std::vector<Parameter> parameters = parameters_of(place);
  parameters.emplace_back(std::string_view(text));
  RETURN_IF_ERROR(connection.execute(
      "INSERT INTO " + place.table + " (" + columns + ", " + place.text_column + ") VALUES (" +
          numbers + "$" + std::to_string(parameters.size()) + ") ON CONFLICT (" + columns +
          ") DO UPDATE SET " + place.text_column + " = excluded." + place.text_column,
      parameters));
  return {};
}

Result<bool> category_exists(store::Connection& connection, const std::string& handle) {
  bool exists = false;
  const Parameter key[] = {std::string_view(handle)};
  RETURN_IF_ERROR(connection.query("SELECT 1 FROM categories WHERE handle = $1", key,
                                   [&exists](const store::Row&) -> Status {
                                     exists = true;
                                     return {};
                                   }));
  return exists;
}

// Why a product cannot take the translation; empty when it can.
std::string mismatch(const Translation& translation, const ProductRecord& product) {
  if (translation.kind == Translation::Kind::kProduct) {
    return "";
  }
  const auto option = std::ranges::find(product.option_names, translation.option);
  if (option == product.option_names.end()) {
    return "the product has no option '" + translation.option + "'";
  }
  const auto index = static_cast<std::size_t>(option - product.option_names.begin());
  const bool known = translation.kind == Translation::Kind::kOption ||
                     std::ranges::any_of(product.variants, [&](const VariantRecord& variant) {
                       return variant.options[index] == translation.value;
                     });
  return known ? "" : "the option has no value '" + translation.value + "'";
}

}  // namespace

Status Importer::import_translations(CsvReader& reader, const CsvRecord& heading,
                                     ImportReport& report) {
  ReportBuilder builder(report);
  if (!heading.problem.empty()) {
    return make_error(ErrorCode::kInvalidArgument, "line 1: " + heading.problem);
  }
  ASSIGN_OR_RETURN(auto file, TranslationFile::open(heading, options_.shop.locales, builder));
  CsvRecord record;
  while (reader.next(record)) {
    ++report.rows;
    file.add(record);
  }
  const std::vector<Translation> translations = file.finish();
  for (std::size_t start = 0; start < translations.size(); start += kTextsPerBatch) {
    const std::size_t size = std::min(kTextsPerBatch, translations.size() - start);
    RETURN_IF_ERROR(
        apply_translations(std::span(translations).subspan(start, size), builder, report));
  }
  // Unknown products are noticed after the rows' own problems.
  std::ranges::sort(report.problems, {}, [](const ImportProblem& problem) {
    return std::pair(problem.line, std::string_view(problem.column));
  });
  builder.finish();
  return {};
}

Status Importer::apply_translations(std::span<const Translation> translations,
                                    ReportBuilder& builder, ImportReport& report) {
  ASSIGN_OR_RETURN(auto transaction, store::Transaction::begin(connection_));
  std::set<ProductId> named;
  for (const Translation& translation : translations) {
    named.insert(product_id(translation.handle));
  }
  const std::vector<ProductId> ids(named.begin(), named.end());
  ASSIGN_OR_RETURN(const Stored products,
                   load_products(connection_, std::span<const ProductId>(ids)));
  const std::int64_t changed_before = report.created + report.updated;
  for (const Translation& translation : translations) {
    RETURN_IF_ERROR(apply_translation(translation, products, builder, report));
  }
  if (report.created + report.updated > changed_before) {
    RETURN_IF_ERROR(publish({}, report));
  }
  return transaction.commit();
}

Status Importer::apply_translation(const Translation& translation, const Stored& products,
                                   ReportBuilder& builder, ImportReport& report) {
  const std::string column(TranslationFile::kIdentification);
  if (translation.kind == Translation::Kind::kCategory) {
    ASSIGN_OR_RETURN(const bool exists, category_exists(connection_, translation.handle));
    if (!exists) {
      builder.problem(translation.line, column,
                      "there is no category '" + translation.handle + "'");
      return {};
    }
  } else {
    const auto product = products.find(product_id(translation.handle));
    std::string why = product == products.end() ? "there is no product '" + translation.handle + "'"
                                                : mismatch(translation, product->second.record);
    if (!why.empty()) {
      builder.problem(translation.line, column, std::move(why));
      return {};
    }
  }
  const Place place = place_of(translation);
  ASSIGN_OR_RETURN(const auto present, present_text(connection_, place));
  if (present == translation.text) {
    ++report.unchanged;
    return {};
  }
  ++(present.has_value() ? report.updated : report.created);
  return save_text(connection_, place, translation.text);
}

}  // namespace dermaga::catalog

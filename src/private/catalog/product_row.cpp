#include "product_row.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace dermaga::catalog {

namespace {

constexpr std::int64_t kWeightGramsMax = 100'000'000;
constexpr std::size_t kDecimalsMax = 6;

// A cell as an error message quotes it.
std::string in_quotes(std::string_view cell) {
  constexpr std::size_t kShown = 60;
  std::size_t size = std::min(cell.size(), kShown);
  while (size > 0 && size < cell.size() &&
         (static_cast<unsigned char>(cell[size]) & 0xC0) == 0x80) {
    --size;
  }
  return "'" + std::string(cell.substr(0, size)) + (size < cell.size() ? "…'" : "'");
}

bool all_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// "12.5" times `scale`, rounded half up; at most 12 digits before the point.
std::optional<std::int64_t> scaled_decimal(std::string_view text, std::int64_t numerator,
                                           std::int64_t denominator) {
  const std::size_t point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  const std::string_view fraction = point == std::string_view::npos ? "" : text.substr(point + 1);
  if (!all_digits(whole) || whole.size() > 12 || fraction.size() > kDecimalsMax ||
      (point != std::string_view::npos && !all_digits(fraction))) {
    return std::nullopt;
  }
  __int128 value = 0;
  for (const char c : std::string(whole) + std::string(fraction)) {
    value = value * 10 + (c - '0');
  }
  __int128 divisor = denominator;
  for (std::size_t i = 0; i < fraction.size(); ++i) {
    divisor *= 10;
  }
  return static_cast<std::int64_t>((value * numerator * 2 + divisor) / (divisor * 2));
}

}  // namespace

void ProductRow::refuse(Column column, std::string reason) {
  bad_ = true;
  report_.problem(record_.line, header_.heading(column), std::move(reason));
}

std::string ProductRow::text(Column column, std::size_t bytes_max) {
  std::string value(raw(column));
  std::ranges::replace_if(value, [](char c) { return c == '\n' || c == '\r' || c == '\t'; }, ' ');
  if (value.size() > bytes_max) {
    refuse(column, "longer than " + std::to_string(bytes_max) + " bytes");
  } else if (std::ranges::any_of(
                 value, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; })) {
    refuse(column, "contains a control character");
  }
  return value;
}

std::string ProductRow::required_text(Column column, std::size_t bytes_max) {
  if (blank(column)) {
    refuse(column, "must not be empty here");
  }
  return text(column, bytes_max);
}

bool ProductRow::flag(Column column, bool when_blank) {
  const std::string value = ascii_lowered(raw(column));
  if (value.empty()) {
    return when_blank;
  }
  constexpr std::array<std::string_view, 3> kTrue = {"true", "yes", "1"};
  constexpr std::array<std::string_view, 3> kFalse = {"false", "no", "0"};
  if (std::ranges::find(kTrue, value) != kTrue.end()) {
    return true;
  }
  if (std::ranges::find(kFalse, value) == kFalse.end()) {
    refuse(column, in_quotes(raw(column)) + " is neither TRUE nor FALSE");
  }
  return false;
}

std::optional<std::int64_t> ProductRow::integer(Column column, std::int64_t min, std::int64_t max) {
  const std::string_view cell = raw(column);
  if (cell.empty()) {
    return std::nullopt;
  }
  std::int64_t value = 0;
  const auto [end, failed] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  if (failed != std::errc() || end != cell.data() + cell.size() || value < min || value > max) {
    refuse(column, in_quotes(cell) + " is not a whole number from " + std::to_string(min) + " to " +
                       std::to_string(max));
    return std::nullopt;
  }
  return value;
}

std::optional<std::int64_t> ProductRow::price(Column column, const Currency& currency) {
  const std::string_view cell = raw(column);
  if (cell.empty()) {
    return std::nullopt;
  }
  if (const auto exact = Money::parse_major(cell, currency); exact.has_value()) {
    return exact->amount();
  }
  const std::size_t point = cell.find('.');
  const bool two_decimals = point != std::string_view::npos && cell.size() - point <= 3;
  const auto rounded =
      two_decimals && currency.minor_digits() == 0 ? scaled_decimal(cell, 1, 1) : std::nullopt;
  if (!rounded.has_value()) {
    refuse(column, in_quotes(cell) + " is not an amount in " + std::string(currency.code()));
    return std::nullopt;
  }
  note("prices were rounded to whole " + std::string(currency.code()));
  return *rounded;
}

std::int64_t ProductRow::weight_grams() {
  struct Unit {
    std::string_view name;
    std::int64_t numerator;  // grams × 100,000 in one unit
  };
  constexpr std::array<Unit, 4> kUnits = {
      {{"g", 100'000}, {"kg", 100'000'000}, {"oz", 2'834'952}, {"lb", 45'359'237}}};
  const bool in_grams = !blank(Column::kGrams);
  const Column column = in_grams ? Column::kGrams : Column::kWeight;
  if (blank(column)) {
    return 0;
  }
  const std::string name = in_grams ? "g" : ascii_lowered(raw(Column::kWeightUnit));
  const auto unit =
      std::ranges::find(kUnits, name.empty() ? "g" : std::string_view(name), &Unit::name);
  if (unit == kUnits.end()) {
    refuse(Column::kWeightUnit, in_quotes(name) + " is none of g, kg, oz, lb");
    return 0;
  }
  const auto grams = scaled_decimal(raw(column), unit->numerator, 100'000);
  if (!grams.has_value() || *grams > kWeightGramsMax) {
    refuse(column, in_quotes(raw(column)) + " is not a weight from 0 to " +
                       std::to_string(kWeightGramsMax) + " grams");
    return 0;
  }
  return *grams;
}

}  // namespace dermaga::catalog

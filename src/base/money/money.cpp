#include "money/money.h"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace dermaga {

namespace {

constexpr std::array<std::string_view, 17> kNoMinorUnit = {"BIF", "CLP", "DJF", "GNF", "IDR", "ISK",
                                                           "JPY", "KMF", "KRW", "PYG", "RWF", "UGX",
                                                           "VND", "VUV", "XAF", "XOF", "XPF"};
constexpr std::array<std::string_view, 7> kThreeDigits = {"BHD", "IQD", "JOD", "KWD",
                                                          "LYD", "OMR", "TND"};

std::int64_t minor_per_major(Currency currency) {
  std::int64_t factor = 1;
  for (int i = 0; i < currency.minor_digits(); ++i) {
    factor *= 10;
  }
  return factor;
}

Result<Money> checked(__int128 amount, Currency currency) {
  if (amount > Money::kAmountMax || amount < -Money::kAmountMax) {
    return make_error(ErrorCode::kInvalidArgument, "the amount of money is too large");
  }
  return Money(static_cast<std::int64_t>(amount), currency);
}

Status same_currency(const Money& left, const Money& right) {
  if (left.currency() != right.currency()) {
    return make_error(ErrorCode::kInvalidArgument,
                      "currencies differ: " + std::string(left.currency().code()) + " and " +
                          std::string(right.currency().code()));
  }
  return {};
}

std::string grouped(std::int64_t value, char separator) {
  std::string digits = std::to_string(value);
  for (std::ptrdiff_t i = static_cast<std::ptrdiff_t>(digits.size()) - 3; i > 0; i -= 3) {
    digits.insert(static_cast<std::size_t>(i), 1, separator);
  }
  return digits;
}

std::string symbol(Currency currency, std::string_view locale) {
  const std::string_view code = currency.code();
  if (code == "IDR") return locale == "id" ? "Rp\u00a0" : "IDR\u00a0";
  if (code == "USD") return "$";
  if (code == "EUR") return "€";
  if (code == "GBP") return "£";
  return std::string(code) + "\u00a0";
}

}  // namespace

Result<Currency> Currency::parse(std::string_view code) {
  if (code.size() != 3 ||
      !std::all_of(code.begin(), code.end(), [](char c) { return c >= 'A' && c <= 'Z'; })) {
    return make_error(ErrorCode::kInvalidArgument,
                      "a currency is three upper-case letters (ISO 4217)");
  }
  Currency currency;
  std::copy(code.begin(), code.end(), currency.code_);
  return currency;
}

int Currency::minor_digits() const {
  if (std::ranges::find(kNoMinorUnit, code()) != kNoMinorUnit.end()) return 0;
  if (std::ranges::find(kThreeDigits, code()) != kThreeDigits.end()) return 3;
  return 2;
}

Result<Money> Money::parse_major(std::string_view text, Currency currency) {
  const auto refuse = [&] {
    return make_error(
        ErrorCode::kInvalidArgument,
        "'" + std::string(text) + "' is not an amount in " + std::string(currency.code()));
  };
  const std::size_t point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  std::string_view fraction = point == std::string_view::npos ? "" : text.substr(point + 1);
  if (whole.empty() || whole.size() > 15 || (point != std::string_view::npos && fraction.empty())) {
    return refuse();
  }
  __int128 amount = 0;
  const auto append = [&amount](char c) {
    if (c < '0' || c > '9') return false;
    amount = amount * 10 + (c - '0');
    return true;
  };
  if (!std::all_of(whole.begin(), whole.end(), append)) {
    return refuse();
  }
  const auto digits = static_cast<std::size_t>(currency.minor_digits());
  while (fraction.size() > digits && fraction.ends_with('0')) {
    fraction.remove_suffix(1);
  }
  if (fraction.size() > digits || !std::all_of(fraction.begin(), fraction.end(), append)) {
    return refuse();
  }
  for (std::size_t i = fraction.size(); i < digits; ++i) {
    amount *= 10;
  }
  return checked(amount, currency);
}

Result<Money> Money::plus(const Money& other) const {
  RETURN_IF_ERROR(same_currency(*this, other));
  return checked(static_cast<__int128>(amount_) + other.amount_, currency_);
}

Result<Money> Money::minus(const Money& other) const {
  RETURN_IF_ERROR(same_currency(*this, other));
  return checked(static_cast<__int128>(amount_) - other.amount_, currency_);
}

Result<Money> Money::times(std::int64_t factor) const {
  return checked(static_cast<__int128>(amount_) * factor, currency_);
}

Result<Money> scaled(const Money& money, std::int64_t numerator, std::int64_t denominator) {
  CHECK(denominator > 0);
  const __int128 product = static_cast<__int128>(money.amount()) * numerator;
  const __int128 half = denominator / 2 + (denominator % 2);
  const __int128 magnitude = product < 0 ? -product : product;
  const __int128 quotient = magnitude / denominator;
  const __int128 rounded = magnitude % denominator >= half ? quotient + 1 : quotient;
  return checked(product < 0 ? -rounded : rounded, money.currency());
}

std::string format_money(const Money& money, std::string_view locale) {
  const bool indonesian = locale == "id";
  const std::int64_t factor = minor_per_major(money.currency());
  const std::int64_t magnitude = std::llabs(money.amount());
  std::string text = money.amount() < 0 ? "-" : "";
  text += symbol(money.currency(), locale);
  text += grouped(magnitude / factor, indonesian ? '.' : ',');
  if (factor > 1) {
    std::string fraction = std::to_string(magnitude % factor + factor).substr(1);
    text += (indonesian ? "," : ".") + fraction;
  }
  return text;
}

}  // namespace dermaga

#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "result/result.h"

namespace dermaga {

// ISO 4217 code, three upper-case letters. Value type.
class Currency {
 public:
  Currency() = default;  // "XXX", no currency
  static Result<Currency> parse(std::string_view code);

  std::string_view code() const { return {code_, 3}; }
  // Digits after the point in the minor unit: 2 for most; 0 for JPY, KRW, VND …; rupiah has 0 here,
  // since no sen circulates and every payment provider takes whole rupiah.
  int minor_digits() const;

  friend bool operator==(const Currency&, const Currency&) = default;

 private:
  char code_[3] = {'X', 'X', 'X'};
};

// An amount in integer minor units of one currency; never floating point. |amount| is at most
// kAmountMax, so that sums of 1,000 lines cannot overflow unnoticed: every operation is checked.
class Money {
 public:
  static constexpr std::int64_t kAmountMax = 1'000'000'000'000'000;

  Money() = default;
  Money(std::int64_t amount, Currency currency) : amount_(amount), currency_(currency) {}

  // "185000" or "12.50" in the currency's major unit, as catalogs write prices. Refuses signs,
  // exponents, grouping, more fraction digits than the currency has (unless they are zeros).
  static Result<Money> parse_major(std::string_view text, Currency currency);

  std::int64_t amount() const { return amount_; }
  Currency currency() const { return currency_; }

  // kInvalidArgument on different currencies or when the result leaves ±kAmountMax.
  Result<Money> plus(const Money& other) const;
  Result<Money> minus(const Money& other) const;
  Result<Money> times(std::int64_t factor) const;

  friend bool operator==(const Money&, const Money&) = default;

 private:
  std::int64_t amount_ = 0;
  Currency currency_;
};

// amount × numerator / denominator, rounded half away from zero (how PPN invoices round).
// Needs denominator > 0.
Result<Money> scaled(const Money& money, std::int64_t numerator, std::int64_t denominator);

// For people, by locale "id" or "en": "Rp 185.000", "IDR 185,000", "$12.50".
std::string format_money(const Money& money, std::string_view locale);

}  // namespace dermaga

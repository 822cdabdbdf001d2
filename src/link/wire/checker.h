#pragma once

#include <link.pb.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "clock/clock.h"
#include "ids/ids.h"
#include "money/money.h"
#include "result/result.h"

namespace dermaga::wire {

namespace v1 = ::dermaga::link::v1;

// Remembers the first thing that is wrong with a message, so that a parser reads as a list of
// fields. After a failure every getter still returns something harmless.
class Checker {
 public:
  bool ok() const { return problem_.empty(); }
  Status status() const {
    if (!ok()) {
      return make_error(ErrorCode::kInvalidArgument, problem_);
    }
    return {};
  }

  void fail(std::string_view field, std::string_view what) {
    if (ok()) {
      problem_.append(field).append(": ").append(what);
    }
  }
  void require(bool condition, std::string_view field, std::string_view what) {
    if (!condition) {
      fail(field, what);
    }
  }

  const std::string& text(std::string_view field, const std::string& value, std::size_t bytes_max,
                          std::size_t bytes_min = 0) {
    require(value.size() <= bytes_max, field, "too long");
    require(value.size() >= bytes_min, field, bytes_min == 1 ? "missing" : "too short");
    return value;
  }
  std::int64_t number(std::string_view field, std::int64_t value, std::int64_t least,
                      std::int64_t most) {
    require(value >= least && value <= most, field, "out of range");
    return value;
  }
  void count(std::string_view field, int size, std::size_t least, std::size_t most) {
    require(static_cast<std::size_t>(size) >= least, field, "too few");
    require(static_cast<std::size_t>(size) <= most, field, "too many");
  }
  UtcTime time(std::string_view field, std::int64_t unix_ms) {
    constexpr std::int64_t kYear10000 = 253'402'300'800'000;
    return from_unix_ms(number(field, unix_ms, 0, kYear10000));
  }
  template <typename IdType>
  IdType id(std::string_view field, const std::string& text) {
    auto parsed = IdType::parse(text);
    if (!parsed.has_value()) {
      fail(field, parsed.error().message());
      return IdType();
    }
    return *std::move(parsed);
  }
  // The enumerators are 0 to `last`, the same numbers on both sides.
  template <typename Enum>
  Enum enumerator(std::string_view field, int value, Enum last) {
    require(value >= 0 && value <= static_cast<int>(last), field, "unknown value");
    return ok() ? static_cast<Enum>(value) : Enum{};
  }
  Currency currency(std::string_view field, const std::string& code) {
    auto parsed = Currency::parse(code);
    if (!parsed.has_value()) {
      fail(field, "not a currency");
      return Currency();
    }
    return *parsed;
  }
  Money money(std::string_view field, bool present, const v1::Money& value) {
    require(present, field, "missing");
    if (!ok()) {
      return Money();
    }
    number(field, value.amount(), -Money::kAmountMax, Money::kAmountMax);
    return Money(value.amount(), currency(field, value.currency()));
  }

 private:
  std::string problem_;
};

inline void put_money(const Money& money, v1::Money* out) {
  out->set_amount(money.amount());
  out->set_currency(std::string(money.currency().code()));
}

}  // namespace dermaga::wire

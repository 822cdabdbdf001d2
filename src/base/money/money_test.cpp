#include "money/money.h"

#include <gtest/gtest.h>

namespace dermaga {
namespace {

const Currency kIdr = Currency::parse("IDR").value();
const Currency kUsd = Currency::parse("USD").value();

TEST(Money, ParsesMajorUnits) {
  EXPECT_EQ(Money::parse_major("185000", kIdr).value().amount(), 185000);
  EXPECT_EQ(Money::parse_major("185000.00", kIdr).value().amount(), 185000);
  EXPECT_EQ(Money::parse_major("12.5", kUsd).value().amount(), 1250);
  EXPECT_EQ(Money::parse_major("0.05", kUsd).value().amount(), 5);
}

TEST(Money, RefusesWhatIsNotAnAmount) {
  for (const char* text :
       {"", "-1", "+1", "1e3", "1,000", ".5", "1.", "1.005", "abc", "1 ", "9999999999999999"}) {
    EXPECT_FALSE(Money::parse_major(text, kUsd).has_value()) << text;
  }
  EXPECT_FALSE(Money::parse_major("1.50", kIdr).has_value());
}

TEST(Money, ArithmeticIsChecked) {
  EXPECT_EQ(Money(2, kUsd).plus(Money(3, kUsd)).value(), Money(5, kUsd));
  EXPECT_FALSE(Money(2, kUsd).plus(Money(3, kIdr)).has_value());
  EXPECT_FALSE(Money(Money::kAmountMax, kUsd).times(2).has_value());
  EXPECT_FALSE(Money(Money::kAmountMax, kUsd).plus(Money(1, kUsd)).has_value());
}

TEST(Money, ScalesHalfAwayFromZero) {
  EXPECT_EQ(scaled(Money(5, kIdr), 1, 10).value().amount(), 1);
  EXPECT_EQ(scaled(Money(4, kIdr), 1, 10).value().amount(), 0);
  EXPECT_EQ(scaled(Money(-5, kIdr), 1, 10).value().amount(), -1);
  EXPECT_EQ(scaled(Money(185000, kIdr), 1100, 10000).value().amount(), 20350);
  EXPECT_EQ(scaled(Money(1, kIdr), 1, 3).value().amount(), 0);
  EXPECT_EQ(scaled(Money(2, kIdr), 1, 3).value().amount(), 1);
}

TEST(Money, ReadsWellInBothLanguages) {
  EXPECT_EQ(format_money(Money(1850000, kIdr), "id"), "Rp\u00a01.850.000");
  EXPECT_EQ(format_money(Money(1850000, kIdr), "en"), "IDR\u00a01,850,000");
  EXPECT_EQ(format_money(Money(-125005, kUsd), "en"), "-$1,250.05");
}

TEST(Currency, IsThreeUpperCaseLetters) {
  for (const char* code : {"", "ID", "idr", "IDRR", "1DR"}) {
    EXPECT_FALSE(Currency::parse(code).has_value()) << code;
  }
}

}  // namespace
}  // namespace dermaga

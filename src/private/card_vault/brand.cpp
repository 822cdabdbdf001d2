#include "brand.h"

#include <charconv>
#include <cstddef>

namespace dermaga::card_vault {
namespace {

// Numbers whose first digits lie from `first` to `last`, both with as many digits.
struct Range {
  int first;
  int last;
  std::size_t digits;
  std::string_view brand;
};

// The narrower ones first.
constexpr Range kRanges[] = {
    {3528, 3589, 4, "jcb"},    {2221, 2720, 4, "mastercard"}, {6011, 6011, 4, "discover"},
    {644, 649, 3, "discover"}, {34, 34, 2, "amex"},           {37, 37, 2, "amex"},
    {51, 55, 2, "mastercard"}, {62, 62, 2, "unionpay"},       {65, 65, 2, "discover"},
    {4, 4, 1, "visa"},
};

int prefix_of(std::string_view number, std::size_t digits) {
  const std::string_view text = number.substr(0, digits);
  int prefix = -1;
  std::from_chars(text.data(), text.data() + text.size(), prefix);
  return prefix;
}

}  // namespace

std::string_view brand_of(std::string_view number) {
  for (const Range& range : kRanges) {
    const int prefix = prefix_of(number, range.digits);
    if (number.size() > range.digits && prefix >= range.first && prefix <= range.last) {
      return range.brand;
    }
  }
  return "other";
}

}  // namespace dermaga::card_vault

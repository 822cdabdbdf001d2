#pragma once

#include <string_view>

namespace dermaga::card_vault {

// Whose card it is, by the first digits of its number (ISO/IEC 7812): "visa", "mastercard",
// "amex", "jcb", "unionpay", "discover", "other".
std::string_view brand_of(std::string_view number);

}  // namespace dermaga::card_vault

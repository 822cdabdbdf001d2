#include "product/product.h"

namespace dermaga::product {

const std::string& text_in(const LocalizedText& text, const std::string& locale,
                           const std::string& fallback_locale) {
  static const std::string kNone;
  for (const std::string* wanted : {&locale, &fallback_locale}) {
    const auto found = text.find(*wanted);
    if (found != text.end() && !found->second.empty()) {
      return found->second;
    }
  }
  for (const auto& [other_locale, value] : text) {
    if (!value.empty()) {
      return value;
    }
  }
  return kNone;
}

}  // namespace dermaga::product

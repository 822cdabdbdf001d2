#include "best_locale.h"

#include "weighted.h"

namespace dermaga::catalog_view {

const std::string& best_locale(const std::vector<std::string>& locales,
                               std::string_view accept_language) {
  const std::string* best = &locales.front();
  int best_weight = 0;
  for (const Weighted& item : parse_weighted(accept_language)) {
    const std::string primary = item.name.substr(0, item.name.find('-'));
    for (const std::string& locale : locales) {
      if ((locale == item.name || locale == primary) && item.thousandths > best_weight) {
        best = &locale;
        best_weight = item.thousandths;
      }
    }
  }
  return *best;
}

}  // namespace dermaga::catalog_view

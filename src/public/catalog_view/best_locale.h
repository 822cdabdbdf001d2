#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dermaga::catalog_view {

// The shop's locale that suits Accept-Language best (RFC 9110 12.5.4, primary subtags only); the
// first one when none does. `locales` is not empty.
const std::string& best_locale(const std::vector<std::string>& locales,
                               std::string_view accept_language);

}  // namespace dermaga::catalog_view

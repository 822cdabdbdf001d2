#pragma once

#include <string>
#include <string_view>

namespace dermaga::passwords {

// ASCII letters only: Unicode's need tables that nothing else here needs.
inline std::string lower_case(std::string_view text) {
  std::string lowered(text);
  for (char& c : lowered) {
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return lowered;
}

}  // namespace dermaga::passwords

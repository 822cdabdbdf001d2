#pragma once

#include <optional>
#include <string_view>

namespace dermaga::sealing {

// Reads the small JSON objects of which JWE headers consist: members whose values are plain strings
// or objects of the same kind. Escapes, control characters and bytes above 0x7e are refused: no
// header that we accept needs them. Every function answers nullopt or false on anything else.
class HeaderScanner {
 public:
  explicit HeaderScanner(std::string_view text) : rest_(text) {}

  // Skips white space, then takes this character.
  bool take(char c);
  // A quoted string, without its quotes.
  std::optional<std::string_view> string();
  // Only white space is left.
  bool at_end();

 private:
  void skip_space();
  std::string_view rest_;
};

// Calls on_member(name, scanner) with the scanner at each value of one object; the callback takes
// the value and answers false to stop. False when stopped or malformed.
template <typename OnMember>
bool scan_object(HeaderScanner& scanner, OnMember on_member) {
  if (!scanner.take('{')) {
    return false;
  }
  do {
    const std::optional<std::string_view> name = scanner.string();
    if (!name.has_value() || !scanner.take(':') || !on_member(*name, scanner)) {
      return false;
    }
  } while (scanner.take(','));
  return scanner.take('}');
}

}  // namespace dermaga::sealing

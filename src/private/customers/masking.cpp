#include "masking.h"

#include <algorithm>
#include <cstddef>

namespace dermaga::customers {
namespace {

constexpr std::string_view kDots = "•••";
constexpr std::string_view kPhoneDots = "••••";
constexpr std::size_t kNameWordsMax = 4;
constexpr std::size_t kPhoneDigitsShown = 3;
// Of a number with fewer digits nothing is shown: it would be most of it.
constexpr std::size_t kPhoneDigitsMin = 7;

// The first character, in UTF-8, of a text that is not empty.
std::string_view first_of(std::string_view text) {
  std::size_t end = 1;
  while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) {
    ++end;
  }
  return text.substr(0, end);
}

std::string masked_word(std::string_view word) {
  return word.empty() ? std::string() : std::string(first_of(word)).append(kDots);
}

}  // namespace

std::string masked_name(std::string_view name) {
  std::string masked;
  for (std::size_t words = 0; !name.empty() && words < kNameWordsMax;) {
    const std::size_t end = std::min(name.find(' '), name.size());
    if (end > 0) {
      masked.append(masked.empty() ? "" : " ").append(masked_word(name.substr(0, end)));
      ++words;
    }
    name.remove_prefix(std::min(end + 1, name.size()));
  }
  return masked;
}

std::string masked_email(std::string_view email) {
  const std::size_t at = email.rfind('@');
  if (at == std::string_view::npos) {
    return masked_word(email);
  }
  const std::string_view domain = email.substr(at + 1);
  const std::size_t dot = domain.rfind('.');
  return masked_word(email.substr(0, at)) + "@" + masked_word(domain.substr(0, dot)) +
         (dot == std::string_view::npos ? "" : std::string(domain.substr(dot)));
}

std::string masked_phone(std::string_view phone) {
  std::string digits(phone);
  std::erase_if(digits, [](char character) { return character < '0' || character > '9'; });
  if (digits.size() < kPhoneDigitsMin) {
    return digits.empty() ? std::string() : std::string(kPhoneDots);
  }
  return std::string(kPhoneDots)
      .append(" ")
      .append(digits.substr(digits.size() - kPhoneDigitsShown));
}

}  // namespace dermaga::customers

#include "passwords/policy.h"

#include <algorithm>
#include <vector>

#include "encoding/encoding.h"
#include "lower_case.h"

namespace dermaga::passwords {
namespace {

constexpr std::size_t kWordCharactersMin = 4;

bool begins_character(char c) {
  return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
}

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, begins_character));
}

// Of text in lower case. Whatever is beyond ASCII counts as a letter.
bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80;
}

// "siti.rahayu@example.com" as it is, without its punctuation, and its pieces "siti", "rahayu",
// "example"; "com" is too short to mean anything.
std::vector<std::string> words_of(std::string_view about) {
  const std::string whole = lower_case(about);
  std::vector<std::string> words = {whole};
  std::string joined;
  std::string piece;
  for (const char c : whole) {
    if (is_letter_or_digit(c)) {
      joined += c;
      piece += c;
    } else {
      words.push_back(piece);
      piece.clear();
    }
  }
  words.push_back(piece);
  words.push_back(joined);
  std::erase_if(words,
                [](const std::string& word) { return characters(word) < kWordCharactersMin; });
  return words;
}

// Whether words of `about` make up two thirds of the letters and digits, whatever stands between.
bool is_about(std::string_view password, std::span<const std::string> about) {
  const vault::SecretText lowered(lower_case(password));
  const std::string_view text = lowered.reveal();
  std::vector<bool> told(text.size(), false);
  for (const std::string& one : about) {
    for (const std::string& word : words_of(one)) {
      for (std::size_t at = text.find(word); at != std::string_view::npos;
           at = text.find(word, at + 1)) {
        std::fill_n(told.begin() + static_cast<std::ptrdiff_t>(at), word.size(), true);
      }
    }
  }
  std::size_t all = 0;
  std::size_t covered = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_letter_or_digit(text[i]) && begins_character(text[i])) {
      all += 1;
      covered += told[i] ? 1 : 0;
    }
  }
  return covered > 0 && covered * 3 >= all * 2;
}

}  // namespace

Result<std::optional<Refusal>> refusal_of(const vault::Password& password,
                                          const BreachedList& breached,
                                          std::span<const std::string> about) {
  const std::string_view text = password.reveal();
  if (!encoding::is_utf8(text)) {
    return Refusal{.code = "password_malformed", .detail = "The password is not valid UTF-8."};
  }
  if (characters(text) < kCharactersMin) {
    return Refusal{.code = "password_too_short",
                   .detail = "A password has at least 10 characters; several words are good."};
  }
  if (characters(text) > kCharactersMax) {
    return Refusal{.code = "password_too_long", .detail = "A password has at most 128 characters."};
  }
  if (is_about(text, about)) {
    return Refusal{.code = "password_is_about_you",
                   .detail =
                       "The password is mostly your name, your e-mail address or the shop's "
                       "name, which others try first."};
  }
  ASSIGN_OR_RETURN(const bool known, breached.contains(password));
  if (known) {
    return Refusal{.code = "password_breached",
                   .detail =
                       "The password is commonly used or known from a breach; others try "
                       "such passwords first."};
  }
  return std::nullopt;
}

}  // namespace dermaga::passwords

#include "common_words.h"

#include <algorithm>
#include <string>
#include <vector>

#include "lower_case.h"
#include "vault/secret.h"
#include "words_embedded.h"

namespace dermaga::passwords {
namespace {

constexpr std::size_t kUnitBytesMax = 4;

std::vector<std::string_view> sorted_words() {
  std::vector<std::string_view> words;
  for (const EmbeddedText& file : kEmbeddedTexts) {
    std::string_view rest = file.text;
    for (std::size_t end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
      words.push_back(rest.substr(0, end));
      rest.remove_prefix(end + 1);
    }
  }
  std::ranges::sort(words);
  return words;
}

bool is_word(std::string_view text) {
  static const std::vector<std::string_view> kWords = sorted_words();
  return std::ranges::binary_search(kWords, text);
}

bool is_word_backwards(std::string_view text) {
  const vault::SecretText reversed(std::string(text.rbegin(), text.rend()));
  return is_word(reversed.reveal());
}

bool is_repetition(std::string_view text) {
  for (std::size_t unit = 1; unit <= text.size() / 2; ++unit) {
    if (text.substr(unit) == text.substr(0, text.size() - unit) &&
        (unit <= kUnitBytesMax || is_word(text.substr(0, unit)))) {
      return true;
    }
  }
  return false;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// 1 or -1 where `right` comes just after or before `left`; 0 comes after 9.
int step(char left, char right) {
  if (is_digit(left) && is_digit(right)) {
    const int distance = (right - left + 10) % 10;
    return distance == 9 ? -1 : distance;
  }
  return right - left;
}

bool is_run(std::string_view text) {
  if (text.size() < 2) {
    return false;
  }
  const int first = step(text[0], text[1]);
  for (std::size_t i = 2; i < text.size(); ++i) {
    if (step(text[i - 1], text[i]) != first) {
      return false;
    }
  }
  return first == 1 || first == -1;
}

bool is_ascii_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool may_trail(char c) {
  return static_cast<unsigned char>(c) < 0x80 && !is_ascii_letter(c);
}

}  // namespace

bool is_common(std::string_view password) {
  const vault::SecretText lowered(lower_case(password));
  const std::string_view whole = lowered.reveal();
  std::string_view core = whole;
  while (!core.empty() && core.size() * 2 >= whole.size()) {
    if (is_word(core) || is_word_backwards(core) || is_repetition(core) || is_run(core)) {
      return true;
    }
    if (!may_trail(core.back())) {
      return false;
    }
    core.remove_suffix(1);
  }
  return false;
}

}  // namespace dermaga::passwords

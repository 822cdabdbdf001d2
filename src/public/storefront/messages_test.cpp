#include "messages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace dermaga::storefront {
namespace {

std::multiset<std::string> placeholders(std::string_view text) {
  std::multiset<std::string> names;
  for (std::size_t at = text.find('{'); at != std::string_view::npos; at = text.find('{', at + 1)) {
    names.emplace(text.substr(at, text.find('}', at) - at));
  }
  return names;
}

TEST(Messages, StandInBothLanguagesWithTheSameValues) {
  for (int i = 0; i < static_cast<int>(Message::kCount); ++i) {
    const auto message = static_cast<Message>(i);
    const std::string_view indonesian = say(Language::kIndonesian, message);
    const std::string_view english = say(Language::kEnglish, message);
    EXPECT_FALSE(indonesian.empty());
    EXPECT_FALSE(english.empty());
    EXPECT_EQ(placeholders(indonesian), placeholders(english)) << english;
    EXPECT_EQ(indonesian.find("<"), std::string_view::npos) << indonesian;
  }
}

TEST(Messages, PutValuesIn) {
  EXPECT_EQ(say(Language::kEnglish, Message::kPageOf, {{"page", "2"}, {"pages", "9"}}),
            "Page 2 of 9");
  EXPECT_EQ(say(Language::kIndonesian, Message::kPageOf, {{"pages", "{page}"}, {"page", "2"}}),
            "Halaman 2 dari {page}");
  EXPECT_EQ(say(Language::kEnglish, Message::kHome, {{"page", "2"}}), "Home");
}

TEST(Messages, EveryOtherLocaleReadsEnglish) {
  EXPECT_EQ(language_of("id"), Language::kIndonesian);
  EXPECT_EQ(language_of("en"), Language::kEnglish);
  EXPECT_EQ(language_of("nl"), Language::kEnglish);
}

}  // namespace
}  // namespace dermaga::storefront

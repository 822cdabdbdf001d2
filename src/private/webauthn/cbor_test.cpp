#include "cbor.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace dermaga::webauthn {
namespace {

// Text in which NULs count.
template <std::size_t n>
std::string raw(const char (&text)[n]) {
  return {text, n - 1};
}

TEST(CborReader, TakesItemsOffTheFront) {
  const std::string bytes = raw("\xa2\x61k\x42\x00\xff\x20\x19\x01\x00rest");
  CborReader reader(bytes);
  EXPECT_EQ(reader.map().value(), 2u);
  EXPECT_EQ(reader.text().value(), "k");
  EXPECT_EQ(reader.bytes().value(), raw("\x00\xff"));
  EXPECT_EQ(reader.integer().value(), -1);
  EXPECT_EQ(reader.integer().value(), 256);
  EXPECT_EQ(reader.rest(), "rest");
}

TEST(CborReader, ReadsIntegersOfEverySize) {
  const std::pair<std::string, std::int64_t> cases[] = {
      {raw("\x17"), 23},
      {raw("\x18\xff"), 255},
      {raw("\x39\x01\x00"), -257},
      {raw("\x1a\xff\xff\xff\xff"), 0xffffffff},
      {raw("\x1b\x7f\xff\xff\xff\xff\xff\xff\xff"), std::numeric_limits<std::int64_t>::max()},
      {raw("\x3b\x7f\xff\xff\xff\xff\xff\xff\xff"), std::numeric_limits<std::int64_t>::min()}};
  for (const auto& [bytes, value] : cases) {
    EXPECT_EQ(CborReader(bytes).integer().value(), value);
  }
  for (const std::string& bytes : {raw(""), raw("\x18"), raw("\x41x"), raw("\xf4"),
                                   raw("\x1b\x80\x00\x00\x00\x00\x00\x00\x00")}) {
    EXPECT_FALSE(CborReader(bytes).integer().has_value());
  }
}

TEST(CborReader, RefusesWhatIsOfAnotherKind) {
  EXPECT_FALSE(CborReader("\x61x").map().has_value());
  EXPECT_FALSE(CborReader("\x61x").bytes().has_value());
  EXPECT_FALSE(CborReader("\x41x").text().has_value());
  EXPECT_FALSE(CborReader("\x81\x01").map().has_value());
}

TEST(CborReader, SkipsAnyOneItem) {
  for (const std::string& item :
       {raw("\x00"), raw("\x38\x20"),
        raw("\x43"
            "abc"),
        raw("\x62hi"), raw("\x80"), raw("\x82\x01\x81\x02"), raw("\xa1\x61k\xa1\x01\x02"),
        raw("\xc1\x00"), raw("\xf5"), raw("\xf6"), raw("\xfb\x3f\xf0\x00\x00\x00\x00\x00\x00"),
        std::string(8, '\x81') + raw("\x00")}) {
    const std::string bytes = item + "rest";
    CborReader reader(bytes);
    EXPECT_TRUE(reader.skip().has_value()) << item;
    EXPECT_EQ(reader.rest(), "rest");
    for (std::size_t size = 0; size < item.size(); ++size) {
      EXPECT_FALSE(CborReader(std::string_view(item).substr(0, size)).skip().has_value());
    }
  }
}

TEST(CborReader, TrustsNoLength) {
  const std::string padding(256, '\0');  // so that nothing is merely cut short
  for (const std::string& bytes :
       {raw("\x5f\x40\xff") + padding,                          // of unknown length
        raw("\x7c") + padding, raw("\xbf") + padding,           // reserved, of unknown length
        std::string(9, '\x81') + padding,                       // too deep
        raw("\x9b\x80\x00\x00\x00\x00\x00\x00\x00") + padding,  // twice that is nothing at all
        raw("\xbb\x80\x00\x00\x00\x00\x00\x00\x00") + padding,
        raw("\x5b\xff\xff\xff\xff\xff\xff\xff\xff") + padding}) {
    EXPECT_FALSE(CborReader(bytes).skip().has_value());
    EXPECT_FALSE(CborReader(bytes).map().has_value());
  }
}

}  // namespace
}  // namespace dermaga::webauthn

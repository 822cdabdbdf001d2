#include "encoding/encoding.h"

#include <gtest/gtest.h>

namespace dermaga::encoding {
namespace {

TEST(Base64Url, KnownVectors) {
  // RFC 4648 §10 without padding, and RFC 7515 appendix C.
  const std::pair<std::string, std::string> vectors[] = {
      {"", ""},        {"f", "Zg"},        {"fo", "Zm8"},
      {"foo", "Zm9v"}, {"foob", "Zm9vYg"}, {std::string("\x03\xec\xff\xe0\xc1", 5), "A-z_4ME"}};
  for (const auto& [bytes, text] : vectors) {
    EXPECT_EQ(base64url(bytes), text);
    EXPECT_EQ(base64url_decode(text).value(), bytes);
  }
}

// RFC 4648 §10.
TEST(Base64, KnownVectors) {
  const std::pair<std::string, std::string> vectors[] = {{"", ""},
                                                         {"f", "Zg=="},
                                                         {"fo", "Zm8="},
                                                         {"foo", "Zm9v"},
                                                         {"foob", "Zm9vYg=="},
                                                         {"fooba", "Zm9vYmE="},
                                                         {"foobar", "Zm9vYmFy"},
                                                         {"\xfb\xff", "+/8="}};
  for (const auto& [bytes, text] : vectors) {
    EXPECT_EQ(base64(bytes), text);
    EXPECT_EQ(base64_decode(text).value(), bytes) << text;
  }
}

TEST(Base64, RefusesWhatIsNotCanonical) {
  for (const char* text : {"Zg", "Zg=", "Zg===", "=", "====", "Z===", "Zh==", "Zm9v=", "Zm8=Zm8=",
                           "-_8=", "Zm 8", "Zm8\n", "Zm9v===="}) {
    EXPECT_FALSE(base64_decode(text).has_value()) << text;
  }
}

TEST(Base64Url, RefusesWhatIsNotCanonical) {
  for (const char* text : {"A", "Zg==", "Zh", "Z g", "Zm9+", "Zm9v\n", "Zm9!Zm9v", "Z\xffm9Zm9v",
                           "Zm9vZm9", "Zm9vA", "Zm9vZ="}) {
    EXPECT_FALSE(base64url_decode(text).has_value()) << text;
  }
}

TEST(Base32, KnownVectors) {
  EXPECT_EQ(base32_lower("foobar"), "mzxw6ytboi");
  EXPECT_EQ(base32_lower("fooba"), "mzxw6ytb");
}

TEST(Hex, RoundTripAndRefusals) {
  EXPECT_EQ(hex(std::string("\x00\xff\x10", 3)), "00ff10");
  EXPECT_EQ(hex_decode("00fF10").value(), std::string("\x00\xff\x10", 3));
  EXPECT_FALSE(hex_decode("0").has_value());
  EXPECT_FALSE(hex_decode("0g").has_value());
}

TEST(Percent, DecodesPathsAndQueries) {
  EXPECT_EQ(percent_decode("kopi%20gayo+x", false).value(), "kopi gayo+x");
  EXPECT_EQ(percent_decode("kopi+gayo", true).value(), "kopi gayo");
  for (const char* text : {"%", "%2", "%zz", "%00", "%ff"}) {
    EXPECT_FALSE(percent_decode(text, false).has_value()) << text;
  }
  EXPECT_EQ(percent_encode("a b/é"), "a%20b%2F%C3%A9");
}

TEST(Utf8, AcceptsOnlyWellFormedText) {
  EXPECT_TRUE(is_utf8("batik 😀 é"));
  for (const char* text : {"\x80", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82"}) {
    EXPECT_FALSE(is_utf8(text));
  }
}

TEST(Html, EscapesEveryMarkupCharacter) {
  EXPECT_EQ(html_escape("<a href=\"x\">'&'</a>"),
            "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;");
}

TEST(Slug, KeepsLettersAndDigits) {
  EXPECT_EQ(slug("  Kopi & Teh, 250 g "), "kopi-teh-250-g");
  EXPECT_EQ(slug("—"), "");
}

}  // namespace
}  // namespace dermaga::encoding

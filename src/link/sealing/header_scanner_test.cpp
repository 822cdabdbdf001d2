#include "header_scanner.h"

#include <gtest/gtest.h>

#include <string>

namespace dermaga::sealing {
namespace {

bool scans(std::string_view text) {
  HeaderScanner scanner(text);
  const bool whole = scan_object(
      scanner, [](std::string_view, HeaderScanner& value) { return value.string().has_value(); });
  return whole && scanner.at_end();
}

TEST(HeaderScanner, TakesObjectsOfPlainStrings) {
  for (const std::string_view text :
       {R"({"a":"b"})", R"({"a":""})", R"({"":""})", " { \"a\" :\t\"b\" ,\r\n\"c\":\"d\"} "}) {
    EXPECT_TRUE(scans(text)) << text;
  }
}

TEST(HeaderScanner, RefusesEverythingElse) {
  for (const std::string_view text : {"",
                                      "{",
                                      "}",
                                      "{}",
                                      "[]",
                                      "\"a\"",
                                      R"({"a"})",
                                      R"({"a":})",
                                      R"({"a":1})",
                                      R"({"a":null})",
                                      R"({"a":["b"]})",
                                      R"({"a":"b",})",
                                      R"({,"a":"b"})",
                                      R"({"a":"b"}})",
                                      R"({"a":"b"} x)",
                                      R"({"a":"b)",
                                      R"({"a)",
                                      R"({"a":"\u0062"})",
                                      R"({"a":"\""})",
                                      "{\"a\":\"\x01\"}",
                                      "{\"a\":\"\xc3\xa9\"}",
                                      "{\"a\":\"b\"\"c\":\"d\"}",
                                      "{\"a\"\"b\"}",
                                      "{a:\"b\"}"}) {
    EXPECT_FALSE(scans(text)) << text;
  }
}

}  // namespace
}  // namespace dermaga::sealing

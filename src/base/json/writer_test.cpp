#include "json/writer.h"

#include <gtest/gtest.h>

namespace dermaga::json {
namespace {

TEST(JsonWriter, PlacesCommasAndNests) {
  std::string out;
  Writer writer(out);
  writer.object();
  writer.field("id", "ord_1");
  writer.key("lines");
  writer.array();
  writer.integer(1);
  writer.object();
  writer.field("quantity", std::int64_t{-2});
  writer.end_object();
  writer.null();
  writer.end_array();
  writer.field_bool("open", true);
  writer.key("raw");
  writer.raw(R"({"a":1})");
  writer.key("empty");
  writer.object();
  writer.end_object();
  writer.end_object();
  EXPECT_EQ(
      out,
      R"({"id":"ord_1","lines":[1,{"quantity":-2},null],"open":true,"raw":{"a":1},"empty":{}})");
}

TEST(JsonWriter, EscapesAsJsonStringifyDoes) {
  std::string out;
  Writer(out).string(std::string_view("\"\\/\b\f\n\r\t\x01\x1f\x7f\0 é 🛍 \u2028", 24));
  EXPECT_EQ(out, "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001f\x7f\\u0000 é 🛍 \u2028\"");
}

TEST(JsonWriter, NumbersAsEcmaScriptWritesThem) {
  // RFC 8785 appendix B and the switches between the notations.
  const std::pair<double, std::string_view> cases[] = {
      {0, "0"},
      {-0.0, "0"},
      {1, "1"},
      {-1.5, "-1.5"},
      {0.1, "0.1"},
      {100, "100"},
      {1e20, "100000000000000000000"},
      {1e21, "1e+21"},
      {1.5e300, "1.5e+300"},
      {0.000001, "0.000001"},
      {1e-7, "1e-7"},
      {333333333.33333329, "333333333.3333333"},
      {9007199254740992.0, "9007199254740992"},
      {5e-324, "5e-324"},
      {1.7976931348623157e308, "1.7976931348623157e+308"},
  };
  for (const auto& [value, text] : cases) {
    std::string out;
    Writer(out).number(value);
    EXPECT_EQ(out, text);
  }
}

TEST(JsonWriterDeathTest, RefusesWhatIsNotUtf8OrFinite) {
  std::string out;
  EXPECT_DEATH(Writer(out).string("\xff"), "CHECK failed");
  EXPECT_DEATH(Writer(out).number(1.0 / 0.0), "CHECK failed");
}

}  // namespace
}  // namespace dermaga::json

#include "json/reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dermaga::json {
namespace {

using ::testing::HasSubstr;

std::string refusal(std::string_view text) {
  const auto document = Document::parse(text);
  if (document.has_value()) {
    return "accepted";
  }
  EXPECT_EQ(document.error().code(), ErrorCode::kInvalidArgument);
  return document.error().message();
}

TEST(JsonReader, RefusesWhatIsNotStrictJson) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"", "incomplete"},
      {"{", "incomplete"},
      {"nul", "incomplete"},
      {"{\"a\":1}x", "extra data"},
      {"[1] [2]", "extra data"},
      {"{\"a\":1,\"a\":2}", "duplicate key"},
      {"{\"a\":1,\"\\u0061\":2}", "duplicate key"},
      {"{\"x\":{\"b\":1,\"c\":2,\"b\":3}}", "duplicate key"},
      {"[1,]", "syntax"},
      {"[01]", "not valid JSON"},
      {"// note\n1", "not valid JSON"},
      {"NaN", "not valid JSON"},
      {"{'a':1}", "not valid JSON"},
      {"\"\xff\"", "not valid JSON"},
      {"\"\xc0\xaf\"", "not valid JSON"},
      {"\"\\ud800\"", "not valid JSON"},
      {"\"\n\"", "not valid JSON"},
      {"1e999", "not valid JSON"},
  };
  for (const auto& [text, reason] : cases) {
    EXPECT_THAT(refusal(text), HasSubstr(reason)) << text;
  }
}

TEST(JsonReader, NestingEndsAtSixteen) {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_EQ(refusal(nested(16)), "accepted");
  EXPECT_THAT(refusal(nested(17)), HasSubstr("too deep"));
}

TEST(JsonReader, ReadsEveryKind) {
  const auto document =
      Document::parse(R"( {"text":"h\u00e9\ud83d\ude00","n":-5,"x":0.1,"big":18446744073709551615,)"
                      R"("yes":true,"none":null,"items":[1,"two"]} )");
  ASSERT_TRUE(document.has_value());
  auto reader = ObjectReader::of(document->root()).value();
  EXPECT_EQ(reader.string("text", 16).value(), "hé😀");
  EXPECT_EQ(reader.integer("n", -5, 5).value(), -5);
  EXPECT_EQ(reader.required("n")->as_number().value(), -5.0);
  EXPECT_EQ(reader.required("x")->as_number().value(), 0.1);
  EXPECT_EQ(reader.required("big")->as_number().value(), 18446744073709551615.0);
  EXPECT_TRUE(reader.required("yes")->as_boolean().value());
  EXPECT_FALSE(reader.optional("none").has_value());
  EXPECT_FALSE(reader.optional_string("absent", 5).value().has_value());
  EXPECT_EQ(reader.optional_string("text", 16).value(), "hé😀");
  const auto items = reader.required("items")->as_array(2).value();
  EXPECT_EQ(items[1].path(), "items[1]");
  EXPECT_EQ(items[1].as_string(3).value(), "two");
  EXPECT_TRUE(reader.finish().has_value());
}

TEST(JsonReader, DoublesAreExact) {
  for (const std::string_view text : {"0.1", "1.7976931348623157e+308", "333333333.3333333",
                                      "5e-324", "123456789012345680", "0.30000000000000004"}) {
    EXPECT_EQ(Document::parse(text)->root().dump(), text);
  }
}

TEST(JsonReader, ErrorsNameThePlace) {
  const auto document =
      Document::parse(R"({"lines":[{"quantity":0,"sku":"abcdef","x":1.0}],"id":7,"none":null})");
  ASSERT_TRUE(document.has_value());
  const Value root = document->root();
  auto reader = ObjectReader::of(root).value();
  EXPECT_EQ(reader.integer("none", 0, 1).error().message(), "none is missing");
  EXPECT_EQ(reader.string("id", 9).error().message(), "id must be a string of at most 9 bytes");
  EXPECT_EQ(reader.optional_string("id", 9).error().message(),
            "id must be a string of at most 9 bytes");
  EXPECT_EQ(root.as_array(1).error().message(),
            "the JSON document must be an array of at most 1 items");
  EXPECT_EQ(reader.required("lines")->as_array(0).error().message(),
            "lines must be an array of at most 0 items");
  const Value line = reader.required("lines")->as_array(1).value()[0];
  auto line_reader = ObjectReader::of(line).value();
  EXPECT_EQ(line_reader.integer("quantity", 1, 1000).error().message(),
            "lines[0].quantity must be an integer from 1 to 1000");
  EXPECT_EQ(line_reader.integer("x", 0, 9).error().message(),
            "lines[0].x must be an integer from 0 to 9");
  EXPECT_EQ(line_reader.finish().error().message(), "lines[0].sku is not a known member");
  EXPECT_EQ(line_reader.required("sku")->as_boolean().error().message(),
            "lines[0].sku must be true or false");
  EXPECT_EQ(line_reader.required("sku")->as_number().error().message(),
            "lines[0].sku must be a number");
  EXPECT_EQ(ObjectReader::of(line_reader.required("sku").value()).error().message(),
            "lines[0].sku must be an object");
}

TEST(JsonReader, LongUnknownKeysAreCutBetweenCharacters) {
  const std::string key = std::string(63, 'k') + "éé";
  const auto document = Document::parse("{\"" + key + "\":1}");
  const auto reader = ObjectReader::of(document->root()).value();
  EXPECT_EQ(reader.finish().error().message(), std::string(63, 'k') + "… is not a known member");
}

TEST(JsonReader, MembersWhoseKeysAreData) {
  const auto document = Document::parse(R"({"titles":{"id":"Kopi","en":"Coffee"}})");
  const auto titles = ObjectReader::of(document->root())->required("titles").value();
  const auto members = titles.as_members(2).value();
  ASSERT_EQ(members.size(), 2U);
  EXPECT_EQ(members[0].first, "id");
  EXPECT_EQ(members[1].second.as_string(10).value(), "Coffee");
  EXPECT_EQ(members[1].second.path(), "titles.en");
  EXPECT_EQ(titles.as_members(1).error().message(),
            "titles must be an object of at most 1 members");
  EXPECT_FALSE(members[0].second.as_members(1).has_value());
}

TEST(JsonReader, DumpIsCompactAndReadsBack) {
  const std::string text = R"({"b":[1,-2.5,"x\n",null,true,{}],"a":{"k":"é"}})";
  EXPECT_EQ(Document::parse(" " + text + "\n")->root().dump(), text);
}

TEST(JsonReader, DocumentsMove) {
  auto first = Document::parse("[1]");
  Document second = std::move(*first);
  EXPECT_TRUE(second.root().is_array());
  EXPECT_FALSE(second.root().is_object());
}

}  // namespace
}  // namespace dermaga::json

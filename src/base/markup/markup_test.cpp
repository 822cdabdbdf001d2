#include "markup/markup.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dermaga::markup {
namespace {

using ::testing::HasSubstr;

std::string page(std::string_view body) {
  return "<!doctype html>\n<html lang=\"id\">" + std::string(body) + "</html>\n";
}

TEST(MarkupTest, GivesElementsInOrder) {
  const auto elements =
      read_page(page("<head><meta charset=\"utf-8\"><title>A</title></head>\n<body hidden>"
                     "<svg viewBox=\"0 0\"><path d=\"M1\"/></svg><p class=\"a &amp; &lt;b&gt; "
                     "&quot;&#39;\"> \n</p>"
                     "</body>"))
          .value();
  ASSERT_EQ(elements.size(), 8U);
  const char* const names[] = {"html", "head", "meta", "title", "body", "svg", "path", "p"};
  const std::size_t parents[] = {0, 0, 1, 1, 0, 4, 5, 4};
  for (std::size_t i = 0; i < elements.size(); ++i) {
    EXPECT_EQ(elements[i].name, names[i]);
    EXPECT_EQ(elements[i].parent, parents[i]) << names[i];
    EXPECT_EQ(elements[i].has_text, elements[i].name == "title") << names[i];
  }
  EXPECT_EQ(elements[4].find("hidden")->value, "");
  EXPECT_EQ(elements[4].find("style"), nullptr);
  EXPECT_EQ(elements[7].find("class")->value, "a & <b> \"'");
}

TEST(MarkupTest, RefusesWhatBrowsersReadInTheirOwnWays) {
  for (const std::string_view body : {"<p>x",
                                      "<p><b>x</p></b>",
                                      "</p>",
                                      "<p class=a>x</p>",
                                      "<p a=\"1\" a=\"2\">x</p>",
                                      "<p  a=\"1\">x</p>",
                                      "<p\ta=\"1\">x</p>",
                                      "<p a='1'>x</p>",
                                      "<p a =\"1\">x</p>",
                                      "<!-- x -->",
                                      "<![CDATA[x]]>",
                                      "<!doctype html>",
                                      "<?x?>",
                                      "a > b",
                                      "a < b",
                                      "<>",
                                      "< p>",
                                      "<p a=\"<\">x</p>",
                                      "<p a=\">\">x</p>",
                                      "<p a=\"&#x41;\">x</p>",
                                      "<p a=\"&\">x</p>",
                                      "<p a=\"x",
                                      "<p a=\"1\"b=\"2\">x</p>",
                                      "<p /a>x</p>",
                                      "<script>if (a < b) x()</script>",
                                      "<p \x01=\"1\">x</p>",
                                      "<1>x</1>"}) {
    EXPECT_EQ(read_page(page(body)).error().code(), ErrorCode::kCorrupt) << body;
  }
  EXPECT_FALSE(read_page("").has_value());
  EXPECT_FALSE(read_page("<html></html>").has_value());
  EXPECT_FALSE(read_page("<!doctype html>\n").has_value());
  EXPECT_FALSE(read_page("<!doctype html>\n<p></p>").has_value());
  EXPECT_FALSE(read_page("<!doctype html>\n<html>").has_value());
  EXPECT_FALSE(read_page(page("") + "<p></p>").has_value());
  EXPECT_FALSE(read_page(page("") + "x").has_value());
  EXPECT_FALSE(read_page(page(std::string("\0", 1))).has_value());
  EXPECT_FALSE(read_page(page("\xff")).has_value());
  EXPECT_THAT(read_page(page("<p a=1></p>")).error().message(), HasSubstr("byte 37: "));
}

TEST(MarkupTest, IsBounded) {
  const auto repeated = [](std::string_view text, int times) {
    std::string out;
    for (int i = 0; i < times; ++i) {
      out += text;
    }
    return out;
  };
  EXPECT_TRUE(read_page(page(repeated("<br>", 19'999))).has_value());
  EXPECT_FALSE(read_page(page(repeated("<br>", 20'000))).has_value());
  EXPECT_TRUE(read_page(page(repeated("<b>", 63) + repeated("</b>", 63))).has_value());
  EXPECT_FALSE(read_page(page(repeated("<b>", 64) + repeated("</b>", 64))).has_value());
  std::string many = "<p";
  for (int i = 0; i < 33; ++i) {
    many += " a" + std::to_string(i);
  }
  EXPECT_FALSE(read_page(page(many + "></p>")).has_value());
  EXPECT_FALSE(read_page(page(std::string(1024 * 1024, 'x'))).has_value());
}

}  // namespace
}  // namespace dermaga::markup

#include "html.h"

#include <gtest/gtest.h>

namespace dermaga::storefront {
namespace {

TEST(Html, EscapesTextsAndAttributeValues) {
  Html html;
  html.element("p", {{"title", "\"><script>alert(1)</script>"}}, "<b> & 'x'");
  EXPECT_EQ(html.take(),
            "<p title=\"&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;\">"
            "&lt;b&gt; &amp; &#39;x&#39;</p>");
}

TEST(Html, ClosesElementsAndLeavesLeavesOpen) {
  Html html;
  html.element("ul", {}, [&] {
    html.element("li", {{"class", "a"}}, [&] { html.leaf("img", {{"src", "/x"}}); });
    html.raw("<hr>");
  });
  EXPECT_EQ(html.take(), "<ul><li class=\"a\"><img src=\"/x\"></li><hr></ul>");
}

TEST(Html, WritesBooleanAttributesOnlyWhenTheyHold) {
  Html html;
  html.leaf("input", {{"required", true}, {"disabled", false}, {"value", ""}});
  EXPECT_EQ(html.take(), "<input required value=\"\">");
}

struct RichCase {
  std::string_view markup;
  bool is_rich;
};

TEST(RichText, TakesBalancedPlainTagsAndNothingElse) {
  const RichCase cases[] = {
      {"", true},
      {"just words &amp; more", true},
      {"<p>One <strong>two</strong></p><ul><li>three</li></ul>", true},
      {"<p>line<br>line<br/>line<br /></p>", true},
      {"<table><tbody><tr><td>x</td></tr></tbody></table>", true},
      {"<script>alert(1)</script>", false},
      {"<p onclick=\"alert(1)\">x</p>", false},
      {"<a href=\"javascript:x\">x</a>", false},
      {"<img src=x>", false},
      {"<P>x</P>", false},
      {"<p>x", false},
      {"x</p>", false},
      {"<p><b>x</p></b>", false},
      {"a < b", false},
      {"<", false},
      {"<>", false},
      {"<!-- x -->", false},
      {"</p/>", false},
  };
  for (const RichCase& one : cases) {
    EXPECT_EQ(is_rich_text(one.markup), one.is_rich) << one.markup;
  }
  std::string deep;
  for (int i = 0; i < 40; ++i) deep += "<div>";
  for (int i = 0; i < 40; ++i) deep += "</div>";
  EXPECT_FALSE(is_rich_text(deep));
}

TEST(RichText, WhatIsNotRichIsShownAsText) {
  Html html;
  html.rich_text("<script>alert(1)</script>");
  EXPECT_EQ(html.take(), "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>");
}

TEST(PlainText, DropsTagsFoldsSpacesAndCutsAtWords) {
  EXPECT_EQ(plain_text("<p>One</p>\n<p>two &amp; &lt;three&gt;</p>", 100), "One two & <three>");
  EXPECT_EQ(plain_text("one two three four", 10), "one two…");
  EXPECT_EQ(plain_text("", 10), "");
  EXPECT_EQ(plain_text("unclosed <p", 100), "unclosed");
  EXPECT_EQ(plain_text("satukatayangpanjangsekali", 5), "…");
}

}  // namespace
}  // namespace dermaga::storefront

#include "html.h"

#include <gtest/gtest.h>

#include <vector>

namespace dermaga::catalog {
namespace {

constexpr const char* kRel = "\" rel=\"noopener noreferrer nofollow\">";

struct Case {
  std::string html;
  std::string safe;
};

void expect_all(const std::vector<Case>& cases) {
  for (const Case& test : cases) {
    SCOPED_TRACE(test.html);
    EXPECT_EQ(sanitise_html(test.html), test.safe);
    EXPECT_EQ(sanitise_html(test.safe), test.safe);
  }
}

TEST(SanitiseHtml, KeepsTextAndTheAllowedTags) {
  expect_all({
      {"", ""},
      {"plain text", "plain text"},
      {"Fish & Chips < 5 > 3 \"q\" 'a'",
       "Fish &amp; Chips &lt; 5 &gt; 3 &quot;q&quot; &#39;a&#39;"},
      {"caf&eacute; &amp; &#233; &#xE9; & &x &;",
       "caf&eacute; &amp; &#233; &#xE9; &amp; &amp;x &amp;;"},
      {"<p>a<br>b<br/>c</p>", "<p>a<br>b<br>c</p>"},
      {"<P CLASS=x>A</P>", "<p>A</p>"},
      {"<ul><li>a</li><li>b</li></ul>", "<ul><li>a</li><li>b</li></ul>"},
      {"<table><tr><th>a</th><td>b</td></tr></table>",
       "<table><tr><th>a</th><td>b</td></tr></table>"},
      {"<h1>a</h1><h2>b</h2><h3>c</h3><h6>d</h6>", "<h2>a</h2><h2>b</h2><h3>c</h3><h4>d</h4>"},
      {"<strong>a</strong><em>b</em><b>c</b><i>d</i>",
       "<strong>a</strong><em>b</em><b>c</b><i>d</i>"},
      {"a\x01\x7F\r\nb", "a\nb"},
  });
}

TEST(SanitiseHtml, DropsTheRest) {
  expect_all({
      {"<script>alert(1)</script>x", "x"},
      {"<SCRIPT SRC=//evil></SCRIPT >x", "x"},
      {"<script>a</scripty></script>x", "x"},
      {"<script>never closed", ""},
      {"<style>p{}</style>x", "x"},
      {"<svg><a href=\"javascript:1\">q</a></svg>x", "x"},
      {"<iframe src=x>y</iframe>x", "x"},
      {"a<!-- <script>x</script> -->b", "ab"},
      {"a<!-->b<!--->c", "abc"},
      {"a<!-- open", "a"},
      {"<!doctype html><?php echo 1 ?>x", "x"},
      {"<![CDATA[x]]>y", "y"},
      {"<span style=\"x\">a</span>", "a"},
      {"<div>a</div><div>b</div>", "a b "},
      {"<img src=x onerror=alert(1)>a", "a"},
      {"<p onclick=\"x\" style='y'>a</p>", "<p>a</p>"},
      {"<p/onclick=x>a</p>", "<p>a</p>"},
      {"<p title=\"a>b\">c</p>", "<p>c</p>"},
      {"<p title='\"' onload='>'>c", "<p>c</p>"},
      {"<p<b>x", "x"},
      {"x<p title=\"open", "x"},
      {"<<p>x", "&lt;<p>x</p>"},
      {"</>x</ p>", "&lt;/&gt;x&lt;/ p&gt;"},
  });
}

TEST(SanitiseHtml, KeepsOnlySafeLinks) {
  const auto link = [](const std::string& address) {
    return "<a href=\"" + address + kRel + "x</a>";
  };
  const auto written = [](const std::string& attribute) { return "<a " + attribute + ">x</a>"; };
  expect_all({
      {written("href=\"https://a.example/b?c=1&amp;d=2\""),
       link("https://a.example/b?c=1&amp;d=2")},
      {written("href='/produk/kopi'"), link("/produk/kopi")},
      {written("href=kopi.html#a"), link("kopi.html#a")},
      {written("target=_blank href=\"#top\" rel=me"), link("#top")},
      {written("href=/a href=javascript:1"), link("/a")},
      {written("href=\"/x:y\""), link("/x:y")},
      {written("href=\"/&quot;&gt;\""), link("/&quot;&gt;")},
      {written("href=\"javascript:alert(1)\""), "x"},
      {written("href=\"JaVaScRiPt:alert(1)\""), "x"},
      {written("href=\" java\nscript:alert(1)\""), "x"},
      {written("href=\"&#106;avascript&#58;alert(1)\""), "x"},
      {written("href=\"javascript&colon;alert(1)\""), "x"},
      {written("href=\"java&Tab;script&#x3A;1\""), "x"},
      {written("href=\"data:text/html,x\""), "x"},
      {written("href=\"http://a.example\""), "x"},
      {written("href=\"//a.example\""), "x"},
      {written("href=\"/\\a.example\""), "x"},
      {written("href=\"&sol;&sol;a.example\""), "x"},
      {written("href=\"https://\""), "x"},
      {written("name=x"), "x"},
      {"<a href=/a>x<a href=/b>y",
       "<a href=\"/a" + std::string(kRel) + "x</a><a href=\"/b" + kRel + "y</a>"},
  });
}

TEST(SanitiseHtml, ClosesAndNestsWell) {
  expect_all({
      {"<p>a<p>b", "<p>a</p><p>b</p>"},
      {"<p><b>a</p>b</b>", "<p><b>a</b></p>b"},
      {"</p></b>a", "a"},
      {"<b><i>a</b></i>", "<b><i>a</i></b>"},
      {"<p>a<ul><li>b", "<p>a</p><ul><li>b</li></ul>"},
      {"<ul><li>a<li>b<ul><li>c</ul><li>d</ul>",
       "<ul><li>a</li><li>b<ul><li>c</li></ul></li><li>d</li></ul>"},
      {"<li>a</li>", "a"},
      {"<ul><p>a</ul>", "<ul>a</ul>"},
      {"<tr><td>a", "a"},
      {"<table><td>a</table>", "<table>a</table>"},
      {"<table><tr><td>a<td>b<tr><th>c</table>d",
       "<table><tr><td>a</td><td>b</td></tr><tr><th>c</th></tr></table>d"},
      {"<table><tr><td><p>a</b></td></tr></table>", "<table><tr><td><p>a</p></td></tr></table>"},
      {"<b><table><tr><td>a</b>c</table>", "<b><table><tr><td>ac</td></tr></table></b>"},
      {"<table><tr><td><table><td>x</table>", "<table><tr><td><table>x</table></td></tr></table>"},
  });
}

TEST(SanitiseHtml, BoundsTheDepth) {
  std::string deep;
  for (int i = 0; i < 1'000; ++i) {
    deep += "<b>";
  }
  const std::string safe = sanitise_html(deep + "x");
  EXPECT_EQ(safe.size(), 64 * std::string_view("<b></b>").size() + 1);
  EXPECT_EQ(sanitise_html(safe), safe);
}

}  // namespace
}  // namespace dermaga::catalog

#include "probe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "fake_storefront.h"

namespace dermaga::tamper_probe {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class ProbeTest : public ::testing::Test {
 protected:
  Report look(const std::vector<std::string>& policies = {policy_now()}) {
    return probe({.manifest = manifest_, .policies = policies, .public_url = kShop},
                 {.locales = {"id", "en"}}, shop_.fetch(), system_clock(), system_random());
  }
  // The one finding that there must be, about the Indonesian checkout.
  void expect_finding(const std::string& what) {
    const Report report = look();
    EXPECT_EQ(report.outcome, Outcome::kTampered);
    EXPECT_THAT(report.findings,
                ::testing::Contains(AllOf(Field(&Finding::where, "/id/checkout"),
                                          Field(&Finding::what, HasSubstr(what)))));
    EXPECT_THAT(report.findings, Not(::testing::Contains(Field(&Finding::where, "/en/checkout"))));
  }

  FakeStorefront shop_;
  const Manifest manifest_ = read_build(shop_.build_folder()).value();
};

TEST_F(ProbeTest, TheAcceptedBuildIsIntact) {
  const Report report = look();
  EXPECT_EQ(report.outcome, Outcome::kIntact);
  EXPECT_THAT(report.findings, IsEmpty());
  EXPECT_EQ(report.pages, 2);
  EXPECT_EQ(report.files, 4);
  std::ranges::sort(shop_.asked);
  EXPECT_THAT(shop_.asked,
              ElementsAre("/assets/app/checkout-1.js", "/assets/app/main-1.js",
                          "/assets/app/pictures/icon-1.svg", "/assets/app/style-1.css",
                          "/en/account", "/en/account/reset", "/en/account/sign-in",
                          "/en/account/sign-up", "/en/account/verify", "/en/checkout",
                          "/id/account", "/id/account/reset", "/id/account/sign-in",
                          "/id/account/sign-up", "/id/account/verify", "/id/checkout"));
}

TEST_F(ProbeTest, AddressesMayBeWrittenInFull) {
  shop_.replace("src=\"/assets/app/main-1.js\"",
                "src=\"https://toko.example/assets/app/main-1.js\"");
  EXPECT_EQ(look().outcome, Outcome::kIntact);
}

TEST_F(ProbeTest, AChangedByteOfAScriptIsFound) {
  shop_.answers["/assets/app/checkout-1.js"].body[0] = 'S';
  const Report report = look();
  EXPECT_EQ(report.outcome, Outcome::kTampered);
  ASSERT_EQ(report.findings.size(), 1U);
  EXPECT_EQ(report.findings[0].where, "/assets/app/checkout-1.js");
  EXPECT_THAT(report.findings[0].what,
              HasSubstr("accepted was " + manifest_.files.at("checkout-1.js")));
}

TEST_F(ProbeTest, AMissingFileIsFound) {
  shop_.answers.erase("/assets/app/style-1.css");
  const Report report = look();
  ASSERT_EQ(report.findings.size(), 1U);
  EXPECT_EQ(report.findings[0].what, "answers 404");
}

TEST_F(ProbeTest, AnAddedScriptIsFound) {
  shop_.replace("</head>",
                "<script type=\"module\" src=\"/assets/app/evil-1.js\"></script></head>");
  expect_finding("a script that was not accepted: /assets/app/evil-1.js");
}

TEST_F(ProbeTest, AnInlineScriptIsFound) {
  shop_.replace("</head>", "<script type=\"module\">steal()</script></head>");
  expect_finding("an inline script");
}

TEST_F(ProbeTest, AScriptThatLeavesTheFormOfOurPagesIsFound) {
  shop_.replace("</head>", "<script>if (1 < 2) steal()</script></head>");
  expect_finding("is not written as our pages are");
  shop_.replace("<script>if (1 < 2) steal()</script>", "<!--x-->");
  expect_finding("is not written as our pages are");
}

TEST_F(ProbeTest, ARemovedScriptIsFound) {
  shop_.replace("<script type=\"module\" src=\"/assets/app/main-1.js\"></script>", "");
  expect_finding("does not load its script main-1.js");
}

TEST_F(ProbeTest, AnotherScriptOfTheBuildInItsPlaceIsFound) {
  shop_.replace("src=\"/assets/app/main-1.js\"", "src=\"/assets/app/checkout-1.js\"");
  expect_finding("does not load its script main-1.js");
}

TEST_F(ProbeTest, ForeignAddressesAreFound) {
  shop_.replace("src=\"/assets/app/main-1.js\"", "src=\"https://evil.example/main-1.js\"");
  expect_finding("a foreign address on <script>: https://evil.example/main-1.js");
  shop_.replace("https://evil.example/main-1.js", "//evil.example/main-1.js");
  expect_finding("a foreign address on <script>");
  shop_.replace("//evil.example/main-1.js",
                "https://toko.example.evil.example/assets/app/main-1.js");
  expect_finding("a foreign address on <script>");
}

TEST_F(ProbeTest, AFormThatSendsElsewhereIsFound) {
  shop_.replace("action=\"/id/checkout\"", "action=\"https://evil.example/\"");
  expect_finding("a foreign address on <form>");
}

TEST_F(ProbeTest, ALinkThatLeadsElsewhereIsFound) {
  shop_.replace("href=\"/id/cart\"", "href=\"https://evil.example/pay\"");
  expect_finding("a foreign address on <a>");
  shop_.replace("https://evil.example/pay", "javascript:steal()");
  expect_finding("a foreign address on <a>");
}

TEST_F(ProbeTest, AForeignStyleSheetIsFound) {
  shop_.replace("</head>", "<link rel=\"stylesheet\" href=\"/assets/catalog/aa.svg\"></head>");
  expect_finding("a link (stylesheet) to what was not accepted");
}

TEST_F(ProbeTest, HandlersAndElementsThatLoadAreFound) {
  shop_.replace("<h2 id", "<h2 onclick=\"steal()\" id");
  expect_finding("an attribute onclick on <h2>");
  shop_.replace("onclick=\"steal()\" ", "");
  shop_.replace("</main>", "<iframe src=\"/id/\"></iframe></main>");
  expect_finding("an element <iframe>");
}

TEST_F(ProbeTest, AnElementThatCheckoutDoesNotHaveIsFound) {
  shop_.replace("</aside>", "<input id=\"password\" type=\"password\" name=\"password\"></aside>");
  expect_finding("an element that such a page does not have: html>body>main>div>form>aside>input");
}

TEST_F(ProbeTest, ALooserOrMissingPolicyIsFound) {
  std::string loose = policy_now();
  loose.replace(loose.find("script-src 'self'"), 17, "script-src 'self' 'unsafe-inline'");
  shop_.set_header("Content-Security-Policy", loose);
  expect_finding("header Content-Security-Policy is default-src 'none'; script-src 'self' 'unsafe");
  shop_.set_header("Content-Security-Policy", "");
  expect_finding("no header Content-Security-Policy");
}

TEST_F(ProbeTest, AnyOfTheExpectedPoliciesWillDo) {
  EXPECT_EQ(look({"default-src 'none'", policy_now()}).outcome, Outcome::kIntact);
  EXPECT_EQ(look({"default-src 'none'"}).outcome, Outcome::kTampered);
}

TEST_F(ProbeTest, OtherSecurityHeadersAreExact) {
  for (const auto& [name, value] :
       std::map<std::string, std::string>{{"X-Frame-Options", "SAMEORIGIN"},
                                          {"Strict-Transport-Security", "max-age=0"},
                                          {"Referrer-Policy", "unsafe-url"},
                                          {"Permissions-Policy", ""},
                                          {"X-Content-Type-Options", ""},
                                          {"Content-Type", "text/html; charset=utf-7"}}) {
    const auto good = shop_.checkout_page().headers;
    shop_.set_header(name, value);
    expect_finding("header " + name);
    shop_.checkout_page().headers = good;
  }
  shop_.checkout_page().headers.emplace_back("x-frame-options", "DENY");
  expect_finding("there is more than one");
}

TEST_F(ProbeTest, HeadersThatBringSomethingAreFound) {
  shop_.checkout_page().headers.emplace_back("link", "</evil.js>; rel=modulepreload");
  expect_finding("a header Link: </evil.js>; rel=modulepreload");
}

TEST_F(ProbeTest, ARedirectIsFound) {
  shop_.checkout_page() = {.status = 302, .headers = {{"Location", "https://evil.example/"}}};
  expect_finding("answers 302 and leads to https://evil.example/");
  shop_.checkout_page().status = 404;
  expect_finding("answers 404");
}

TEST_F(ProbeTest, APageOfTooManyBytesIsFound) {
  shop_.checkout_page().body.append(2 * 1024 * 1024, ' ');
  expect_finding("too large");
  shop_.failures.emplace("/id/checkout", Error(ErrorCode::kInvalidArgument, "larger than"));
  expect_finding("an answer of more than");
}

TEST_F(ProbeTest, WhatIsNotHttpIsFound) {
  shop_.failures.emplace("/id/checkout", Error(ErrorCode::kCorrupt, "not an HTTP response"));
  expect_finding("an answer that is not HTTP");
}

TEST_F(ProbeTest, SilenceIsNotTampering) {
  for (const ErrorCode code : {ErrorCode::kUnavailable, ErrorCode::kTimeout}) {
    shop_.failures.insert_or_assign("/id/checkout", Error(code, "away"));
    const Report report = look();
    EXPECT_EQ(report.outcome, Outcome::kUnreachable);
    EXPECT_EQ(report.reason, "/id/checkout: away");
    EXPECT_THAT(report.findings, IsEmpty());
  }
  shop_.failures.clear();
  for (const int status : {429, 500, 503}) {
    shop_.checkout_page().status = status;
    EXPECT_EQ(look().outcome, Outcome::kUnreachable) << status;
  }
}

TEST_F(ProbeTest, WhatWasTamperedWithCountsThoughOtherThingsAreSilent) {
  shop_.failures.emplace("/id/checkout", Error(ErrorCode::kUnavailable, "away"));
  shop_.answers["/assets/app/main-1.js"].body += " ";
  EXPECT_EQ(look().outcome, Outcome::kTampered);
}

TEST_F(ProbeTest, AccountPagesAreHeldToTheSameWhereTheyAre) {
  auto& page = shop_.add_account_page("/id/account/sign-in", "account-sign-in");
  EXPECT_EQ(look().outcome, Outcome::kIntact);
  EXPECT_EQ(look().pages, 3);
  const std::string good = page.body;
  page.body.insert(good.find("</head>"), "<script>x</script>");
  EXPECT_EQ(look().outcome, Outcome::kTampered);
  page.body = good;
  page.body.insert(good.find("</main>"), "<form id=\"checkout\"></form>");
  EXPECT_EQ(look().outcome, Outcome::kTampered);
  page.body = good;
  EXPECT_EQ(look().outcome, Outcome::kIntact);
}

TEST_F(ProbeTest, FindingsAreBoundedAndPlain) {
  std::string many;
  for (int i = 0; i < 1'000; ++i) {
    many += "<a href=\"https://e.example/\x01\xc3\xa9" + std::string(500, 'x') + "\"></a>";
  }
  std::erase(many, '\x01');
  shop_.replace("</aside>", many + "</aside>");
  const Report report = look();
  EXPECT_LE(report.findings.size(), 60U);
  for (const Finding& finding : report.findings) {
    EXPECT_LE(finding.what.size(), 300U);
    EXPECT_TRUE(std::ranges::all_of(finding.what, [](char c) { return c >= ' ' && c < 0x7f; }));
  }
}

TEST_F(ProbeTest, EndsWhenAskedAndInTime) {
  const Report stopped =
      probe({.manifest = manifest_, .policies = {policy_now()}, .public_url = kShop},
            {.locales = {"id"}, .ends = [] { return true; }}, shop_.fetch(), system_clock(),
            system_random());
  EXPECT_EQ(stopped.outcome, Outcome::kUnreachable);
  EXPECT_THAT(shop_.asked, IsEmpty());
  ManualClock clock(from_unix_ms(0));
  const Fetch slow = [&](const std::string& path, const std::string& wanted) {
    clock.advance(std::chrono::seconds(25));
    return shop_.fetch()(path, wanted);
  };
  const Report late =
      probe({.manifest = manifest_, .policies = {policy_now()}, .public_url = kShop},
            {.locales = {"id"}}, slow, clock, system_random());
  EXPECT_EQ(late.outcome, Outcome::kUnreachable);
  EXPECT_EQ(shop_.asked.size(), 3U);
}

}  // namespace
}  // namespace dermaga::tamper_probe

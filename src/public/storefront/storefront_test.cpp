#include "storefront/storefront.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "markup_check.h"
#include "test_shop.h"

namespace dermaga::storefront {
namespace {

using contract::Availability;
using testing::HasSubstr;
using testing::Not;

std::unique_ptr<Storefront> make_storefront(
    const std::string& public_url = "https://toko.example") {
  auto made = Storefront::create({.public_url = public_url});
  EXPECT_TRUE(made.has_value());
  return *std::move(made);
}

std::string header(const http::Response& response, std::string_view name) {
  for (const auto& [known, value] : response.headers) {
    if (known == name) return value;
  }
  return {};
}

// The page at "path?query", which must be one of the storefront's own.
http::Response get(const TestShop& shop, std::string_view target) {
  const std::size_t mark = target.find('?');
  const PageRequest request{
      .path = target.substr(0, mark),
      .query = mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1)};
  auto response = make_storefront()->page(request, shop.view());
  EXPECT_TRUE(response.has_value()) << target;
  return response.value_or(http::Response{.status = 0});
}

TEST(Storefront, EveryPageIsWellFormedInBothLanguages) {
  const TestShop shop(60);
  const std::string variant = TestShop::variant("biru-m").str();
  for (const std::string locale : {"/id", "/en"}) {
    for (const std::string& path : {std::string("/"),
                                    std::string("/c/batik"),
                                    std::string("/c/kopi?page=2&sort=-price"),
                                    std::string("/search"),
                                    std::string("/search?q=kopi&vendor=Sanggar&price=0-100000"),
                                    std::string("/search?q=%3Cscript%3Ealert(1)%3C/script%3E"),
                                    std::string("/search?stock=1&category=kopi&category=%22%3E"),
                                    std::string("/p/kemeja"),
                                    "/p/kemeja?variant=" + variant,
                                    std::string("/p/kopi-gayo"),
                                    std::string("/p/jahat"),
                                    std::string("/cart"),
                                    std::string("/checkout"),
                                    std::string("/orders/ord_abc123"),
                                    std::string("/account"),
                                    std::string("/account/sign-in"),
                                    std::string("/account/sign-up"),
                                    std::string("/account/verify"),
                                    std::string("/account/reset"),
                                    std::string("/privacy"),
                                    std::string("/nothing/here?x=%3Cb%3E")}) {
      const http::Response page = get(shop, locale + path);
      EXPECT_EQ(markup_faults(page.body), "") << locale << path;
      EXPECT_THAT(page.body, Not(HasSubstr("<script>"))) << locale << path;
      EXPECT_THAT(page.body, HasSubstr("<html lang=\"" + locale.substr(1) + "\">"));
      EXPECT_THAT(page.body, HasSubstr("href=\"#main\""));
      EXPECT_EQ(header(page, "Content-Language"), locale.substr(1));
      EXPECT_EQ(header(page, "Content-Type"), "text/html; charset=utf-8");
    }
  }
}

TEST(Storefront, HostileTextsAreShownAsText) {
  const TestShop shop;
  const http::Response page = get(shop, "/en/p/jahat");
  EXPECT_THAT(page.body, HasSubstr("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39; onload=x"));
  EXPECT_THAT(page.body, HasSubstr("&lt;img src=x&gt;"));
  EXPECT_THAT(page.body, HasSubstr("Toko &lt;Uji&gt;"));
}

struct RedirectCase {
  std::string_view path;
  std::string_view accept_language;
  std::string_view cookie;
  bool secure;
  int status;
  std::string_view location;
};

TEST(Storefront, RedirectsToALanguage) {
  const TestShop shop;
  const auto storefront = make_storefront();
  const RedirectCase cases[] = {
      {"/", "", "", true, 302, "/id/"},
      {"/", "en-US,en;q=0.9,id;q=0.5", "", true, 302, "/en/"},
      {"/", "fr", "", true, 302, "/id/"},
      {"/", "id", "a=b; __Host-locale=en", true, 302, "/en/"},
      {"/", "en", "__Host-locale=id", true, 302, "/id/"},
      {"/", "en", "__Host-locale=id", false, 302, "/en/"},
      {"/", "en", "__Host-locale=../x", true, 302, "/en/"},
      {"/", "en", "x__Host-locale=id; __Host-locale", true, 302, "/en/"},
      {"/id", "", "", true, 308, "/id/"},
      {"/en", "", "", true, 308, "/en/"},
  };
  for (const RedirectCase& one : cases) {
    const auto response = storefront->page({.path = one.path,
                                            .accept_language = one.accept_language,
                                            .cookie = one.cookie,
                                            .secure = one.secure},
                                           shop.view());
    ASSERT_TRUE(response.has_value());
    EXPECT_EQ(response->status, one.status) << one.path << one.cookie;
    EXPECT_EQ(header(*response, "Location"), one.location) << one.accept_language << one.cookie;
  }
}

TEST(Storefront, LeavesOtherPathsToOthers) {
  const TestShop shop;
  const auto storefront = make_storefront();
  for (const std::string_view path :
       {"/store/v1/products", "/assets/app/x.js", "/fr/", "/idx", ""}) {
    EXPECT_FALSE(storefront->page({.path = path}, shop.view()).has_value()) << path;
  }
}

TEST(Storefront, AnswersNotFoundWithAPage) {
  const TestShop shop;
  for (const std::string path :
       {"/id/p/tidak-ada", "/id/c/tidak-ada", "/id/orders/prod_1", "/id/orders/ord_%3Cb%3E",
        "/id/account/", "/id/account/x", "/id/p/", "/id/p/%ff", "/id/p/%00", "/id/cart/x",
        "/id/P/kemeja", "/id//"}) {
    const http::Response page = get(shop, path);
    EXPECT_EQ(page.status, 404) << path;
    EXPECT_THAT(page.body, HasSubstr("Halaman ini sudah berlayar")) << path;
    EXPECT_EQ(header(page, "Cache-Control"), "no-store") << path;
  }
  EXPECT_EQ(get(shop, "/id/p/" + std::string(1000, 'a')).status, 404);
}

TEST(Storefront, OnlySharedPagesMayBeKept) {
  const TestShop shop;
  for (const std::string path :
       {"/id/", "/id/c/batik", "/id/p/kemeja", "/id/cart", "/id/account", "/id/account/verify"}) {
    EXPECT_THAT(header(get(shop, path), "Cache-Control"), testing::StartsWith("public")) << path;
  }
  for (const std::string path : {"/", "/id/orders/ord_abc", "/id/x"}) {
    EXPECT_EQ(header(get(shop, path), "Cache-Control"), "no-store") << path;
  }
}

TEST(Storefront, NamesItselfToSearchEngines) {
  const TestShop shop;
  const std::string page = get(shop, "/en/p/kemeja?variant=x").body;
  EXPECT_THAT(page,
              HasSubstr("<link rel=\"canonical\" href=\"https://toko.example/en/p/kemeja\">"));
  EXPECT_THAT(page, HasSubstr("hreflang=\"id\" href=\"https://toko.example/id/p/kemeja\""));
  EXPECT_THAT(page, HasSubstr("hreflang=\"x-default\" href=\"https://toko.example/id/p/kemeja\""));
  EXPECT_THAT(page, HasSubstr("itemprop=\"price\" content=\"325000\""));
  EXPECT_THAT(page, HasSubstr("property=\"og:title\" content=\"Shirt\""));
  EXPECT_THAT(page, HasSubstr("name=\"description\" content=\"Good\""));
  for (const std::string path :
       {"/id/cart", "/id/checkout", "/id/orders/ord_a", "/id/search?q=x", "/id/account",
        "/id/account/sign-in", "/id/account/sign-up", "/id/account/verify", "/id/account/reset"}) {
    EXPECT_THAT(get(shop, path).body, HasSubstr("content=\"noindex, follow\"")) << path;
  }
}

TEST(Storefront, ErrorPagesNeedNoCatalog) {
  const auto storefront = make_storefront("");
  for (const int status : {404, 500, 503}) {
    for (const std::string_view path : {"/id/p/x", "/en/<script>"}) {
      const http::Response page = storefront->error_page(status, {.path = path});
      EXPECT_EQ(page.status, status);
      EXPECT_EQ(markup_faults(page.body), "") << status << path;
      EXPECT_EQ(header(page, "Retry-After"), status == 503 ? "5" : "");
    }
  }
  EXPECT_THAT(storefront->error_page(503, {.path = "/en/cart"}).body,
              HasSubstr("href=\"/en/cart\""));
  for (const std::string_view elsewhere : {"//evil.example/", "/\\evil.example/"}) {
    EXPECT_THAT(storefront->error_page(503, {.path = elsewhere}).body,
                Not(HasSubstr("evil.example")));
  }
  EXPECT_THAT(storefront->error_page(404, {.path = "/x", .accept_language = "id"}).body,
              HasSubstr("lang=\"id\""));
}

TEST(Storefront, RefusesAnOddPublicAddress) {
  EXPECT_FALSE(Storefront::create({.public_url = "toko.example"}).has_value());
  EXPECT_FALSE(Storefront::create({.assets_folder = "/nonexistent"}).has_value());
}

TEST(ProductPage, OffersEveryOptionAsALink) {
  TestShop shop;
  std::string page = get(shop, "/id/p/kemeja").body;
  const std::string red = "?variant=" + TestShop::variant("merah-s").str();
  const std::string medium = "?variant=" + TestShop::variant("biru-m").str();
  EXPECT_THAT(page, HasSubstr(red));
  EXPECT_THAT(page, HasSubstr(medium));
  EXPECT_THAT(page, HasSubstr("data-add-to-cart=\"" + TestShop::variant("biru-s").str()));
  EXPECT_THAT(page, HasSubstr("1,3 kg"));
  // A choice that does not exist leads to the nearest one that does.
  page = get(shop, "/id/p/kemeja?variant=" + TestShop::variant("biru-m").str()).body;
  EXPECT_THAT(page, HasSubstr(red));
  EXPECT_THAT(page, HasSubstr("data-add-to-cart=\"" + TestShop::variant("biru-m").str()));
}

TEST(ProductPage, ChoosesWhatCanBeHad) {
  TestShop shop;
  shop.set("biru-s", Availability::kSoldOut);
  std::string page = get(shop, "/id/p/kemeja").body;
  EXPECT_THAT(page, HasSubstr("data-add-to-cart=\"" + TestShop::variant("biru-m").str()));
  EXPECT_THAT(page, HasSubstr("chip chip-gone"));
  EXPECT_THAT(page, HasSubstr("https://schema.org/InStock"));
  page = get(shop, "/id/p/kemeja?variant=" + TestShop::variant("biru-s").str()).body;
  EXPECT_THAT(page, HasSubstr("https://schema.org/OutOfStock"));
  EXPECT_THAT(page, HasSubstr("Sedang habis"));
  shop.set("kopi-gayo", Availability::kLow);
  EXPECT_THAT(get(shop, "/en/p/kopi-gayo").body, HasSubstr("Only a few left"));
}

TEST(ListingPages, CountFilterSortAndTurnPages) {
  const TestShop shop(60);
  std::string page = get(shop, "/en/search").body;
  EXPECT_THAT(page, HasSubstr("63 products"));
  EXPECT_THAT(page, HasSubstr("Page 1 of 3"));
  EXPECT_THAT(page, HasSubstr("href=\"/en/search?page=2\""));
  page = get(shop, "/en/search?page=99").body;
  EXPECT_THAT(page, HasSubstr("Page 3 of 3"));
  EXPECT_THAT(page, HasSubstr("href=\"https://toko.example/en/search?page=3\""));
  page = get(shop, "/en/search?q=shirt").body;
  EXPECT_THAT(page, HasSubstr("1 product<"));
  page = get(shop, "/en/search?category=batik").body;
  EXPECT_THAT(page, HasSubstr("1 product<"));
  page = get(shop, "/en/search?price=300000-").body;
  EXPECT_THAT(page, HasSubstr("1 product<"));
  page = get(shop, "/en/search?price=nonsense&sort=nonsense&page=-1").body;
  EXPECT_THAT(page, HasSubstr("63 products"));
  page = get(shop, "/en/search?q=zzzzzzz").body;
  EXPECT_THAT(page, HasSubstr("Nothing matches yet"));
  page = get(shop, "/en/c/batik").body;
  EXPECT_THAT(page, HasSubstr("1 product<"));
  EXPECT_THAT(page, HasSubstr("Save 13%"));
}

TEST(CheckoutPage, FieldsHaveNoNameAndLabelsHaveFields) {
  const TestShop shop;
  const std::string page = get(shop, "/id/checkout").body;
  for (const std::string field : {"name", "email", "phone", "line1", "city", "postal", "card"}) {
    EXPECT_THAT(page, HasSubstr("<input id=\"" + field + "\"")) << field;
    EXPECT_THAT(page, Not(HasSubstr("name=\"" + field + "\""))) << field;
  }
  EXPECT_THAT(page, HasSubstr("value=\"ID-PD\""));
  EXPECT_THAT(page, HasSubstr("<option value=\"SG\">Singapura</option>"));
  EXPECT_THAT(page, Not(HasSubstr("value=\"AU\"")));
  EXPECT_THAT(page, HasSubstr("data-method=\"regular\""));
  EXPECT_THAT(page, HasSubstr("<noscript>"));
}

TEST(AccountPages, FieldsHaveNoNameAndPasswordsAreKnownToPasswordManagers) {
  const TestShop shop;
  for (const std::string path :
       {"/account", "/account/sign-in", "/account/sign-up", "/account/verify", "/account/reset"}) {
    const std::string page = get(shop, "/en" + path).body;
    const std::string main = page.substr(page.find("<main"));
    EXPECT_THAT(main, Not(HasSubstr(" name=\""))) << path;
    EXPECT_THAT(main, HasSubstr("<noscript>")) << path;
  }
  EXPECT_THAT(get(shop, "/en/account/sign-in").body,
              HasSubstr("type=\"password\" autocomplete=\"current-password\""));
  EXPECT_THAT(get(shop, "/en/account/sign-up").body,
              HasSubstr("type=\"password\" autocomplete=\"new-password\""));
}

TEST(AccountPages, NobodyHasConsentedBeforeTheySaidSo) {
  const TestShop shop;
  for (const std::string path : {"/id/account", "/id/account/sign-up"}) {
    const std::string page = get(shop, path).body;
    EXPECT_THAT(page, HasSubstr("<input id=\"consent-marketing_email\" type=\"checkbox\">"));
    EXPECT_THAT(page, HasSubstr("<input id=\"consent-recommendations\" type=\"checkbox\">"));
    EXPECT_THAT(page, Not(HasSubstr(" checked"))) << path;
  }
}

TEST(AccountPages, StandInTheHeaderOfEveryPage) {
  const TestShop shop;
  EXPECT_THAT(
      get(shop, "/id/").body,
      HasSubstr("class=\"account-link\" href=\"/id/account\" aria-label=\"Buka akun Anda\""));
  EXPECT_THAT(get(shop, "/en/p/kemeja").body, HasSubstr("<span class=\"account-word\">Account"));
}

TEST(AccountPages, ShowNothingOfAnAccountBeforeScriptHasIt) {
  const TestShop shop;
  EXPECT_THAT(get(shop, "/id/account").body, HasSubstr("class=\"account\" data-account hidden"));
  EXPECT_THAT(get(shop, "/id/account/reset").body, HasSubstr("id=\"reset-set\""));
  for (const std::string path : {"sign-in", "sign-up", "verify", "reset"}) {
    EXPECT_THAT(get(shop, "/id/account/" + path).body, HasSubstr("type=\"submit\" disabled>"))
        << path;
  }
}

}  // namespace
}  // namespace dermaga::storefront

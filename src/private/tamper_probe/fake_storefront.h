#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "page_policy/page_policy.h"
#include "tamper_probe/fetch.h"
#include "tamper_probe/manifest.h"

namespace dermaga::tamper_probe {

inline constexpr const char* kShop = "https://toko.example";

inline std::string policy_now() {
  return page_policy::content_security_policy({});
}

// A build in a folder of its own, and an edge that serves it; a test tampers with what it answers.
class FakeStorefront {
 public:
  FakeStorefront() {
    std::string pattern = ::testing::TempDir() + "tamper_probe_XXXXXX";
    EXPECT_NE(::mkdtemp(pattern.data()), nullptr);
    root = pattern;
    const std::string build = build_folder();
    std::filesystem::create_directories(build + "/pictures");
    for (const auto& [name, text] :
         std::map<std::string, std::string>{{"main-1.js", "import('./checkout-1.js')"},
                                            {"checkout-1.js", "seal()"},
                                            {"style-1.css", "body{}"},
                                            {"pictures/icon-1.svg", "<svg/>"}}) {
      std::ofstream(build + "/" + name) << text;
      answers["/assets/app/" + name] = {.status = 200, .body = text};
    }
    std::ofstream(build + "/manifest.json")
        << R"({"src/main.ts":{"file":"main-1.js"},"src/storefront.css":{"file":"style-1.css"},)"
        << R"("src/images/icon.svg":{"file":"pictures/icon-1.svg"}})";
    std::ofstream(build + "/main-1.js.map") << "not served";
    std::ofstream(build + "/.hidden") << "not served";
    for (const std::string locale : {"id", "en"}) {
      http::ClientResponse& page = answers["/" + locale + "/checkout"];
      page.status = 200;
      page.headers = page_policy::page_security_headers(policy_now());
      page.headers.emplace_back("X-Content-Type-Options", "nosniff");
      page.headers.emplace_back("Strict-Transport-Security", "max-age=31536000");
      page.headers.emplace_back("Content-Type", "text/html; charset=utf-8");
      page.headers.emplace_back("Date", "Sun, 22 Nov 2026 08:30:00 GMT");
      page.body = checkout(locale);
    }
  }
  ~FakeStorefront() { std::filesystem::remove_all(root); }
  FakeStorefront(const FakeStorefront&) = delete;
  FakeStorefront& operator=(const FakeStorefront&) = delete;

  std::string build_folder() const { return root + "/build"; }

  // A page that asks who somebody is, at this path.
  http::ClientResponse& add_account_page(const std::string& path, const std::string& name) {
    http::ClientResponse& added = answers[path];
    added = checkout_page();
    added.body = page("id", name,
                      "<div class=\"wrap account-entry\"><h1 class=\"page-title\">Sign in</h1>"
                      "<div data-note role=\"status\"></div></div>");
    return added;
  }
  http::ClientResponse& checkout_page() { return answers["/id/checkout"]; }
  void replace(const std::string& what, const std::string& with) {
    std::string& body = checkout_page().body;
    const std::size_t at = body.find(what);
    ASSERT_NE(at, body.npos) << what;
    body.replace(at, what.size(), with);
  }
  void set_header(const std::string& name, const std::string& value) {
    std::erase_if(checkout_page().headers, [&](const auto& one) { return one.first == name; });
    if (!value.empty()) {
      checkout_page().headers.emplace_back(name, value);
    }
  }

  Fetch fetch() {
    return [this](const std::string& path, const std::string&) -> Result<http::ClientResponse> {
      asked.push_back(path);
      if (failures.contains(path)) {
        return std::unexpected(failures.at(path));
      }
      const auto found = answers.find(path);
      return found == answers.end() ? http::ClientResponse{.status = 404} : found->second;
    };
  }

  std::string root;
  std::map<std::string, http::ClientResponse> answers;
  std::map<std::string, Error> failures;
  std::vector<std::string> asked;

 private:
  // Elements that the storefront's pages have, fewer of them.
  static std::string checkout(const std::string& locale) {
    return page(locale, "checkout",
                "<div class=\"wrap checkout\">"
                "<form class=\"checkout-form\" id=\"checkout\" method=\"post\" action=\"/" +
                    locale +
                    "/checkout\" novalidate><aside class=\"summary\" "
                    "aria-labelledby=\"summary-title\">"
                    "<h2 id=\"summary-title\">Summary</h2>"
                    "<a class=\"quiet-link\" href=\"/id/cart\">Back</a></aside></form></div>");
  }
  static std::string page(const std::string& locale, const std::string& name,
                          const std::string& body) {
    return "<!doctype html>\n<html lang=\"" + locale +
           "\"><head><meta charset=\"utf-8\"><title>Shop</title>"
           "<meta property=\"og:url\" content=\"https://toko.example/id/checkout\">"
           "<link rel=\"icon\" type=\"image/svg+xml\" href=\"/assets/app/pictures/icon-1.svg\">"
           "<link rel=\"stylesheet\" href=\"/assets/app/style-1.css\">"
           "<script type=\"module\" src=\"/assets/app/main-1.js\"></script></head>"
           "<body data-page=\"" +
           name + "\" data-locale=\"" + locale +
           "\" data-currency=\"IDR\" data-currency-digits=\"0\">"
           "<a class=\"skip\" href=\"#main\">Skip</a>"
           "<main id=\"main\" tabindex=\"-1\">" +
           body + "</main></body></html>\n";
  }
};

}  // namespace dermaga::tamper_probe

// commerce/page_policy/pages says what elements the pages that ask for something personal are made
// of. The tamper probe takes it for the truth, so it must be what the storefront writes.
#include "page_policy/page_forms.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <set>

#include "markup/markup.h"
#include "storefront/storefront.h"
#include "test_shop.h"

namespace dermaga::storefront {
namespace {

// With a script, a style and an icon, as the real build has them.
std::string assets_folder() {
  const std::string folder = testing::TempDir() + "page_forms_test";
  std::filesystem::create_directories(folder);
  std::ofstream(folder + "/manifest.json")
      << R"({"src/main.ts":{"file":"main-1.js"},"src/storefront.css":{"file":"style-1.css"},)"
      << R"("src/images/icon.svg":{"file":"icon-1.svg"}})";
  return folder;
}

std::set<std::string, std::less<>> forms_written(const std::string& page_path) {
  const TestShop shop(3);
  const auto storefront =
      Storefront::create({.assets_folder = assets_folder(), .public_url = "https://toko.example"})
          .value();
  std::set<std::string, std::less<>> forms;
  for (const std::string locale : {"id", "en"}) {
    const std::string path = "/" + locale + page_path;
    const auto page = storefront->page({.path = path}, shop.view());
    if (!page.has_value()) {
      ADD_FAILURE() << path << " is not a page";
      return forms;
    }
    const auto elements = markup::read_page(page->body);
    if (!elements.has_value()) {
      ADD_FAILURE() << path << ": " << elements.error().message();
      return forms;
    }
    for (std::size_t i = 0; i < elements->size(); ++i) {
      forms.insert(page_policy::form_of(*elements, i));
    }
  }
  return forms;
}

struct AskingPage {
  std::string name;
  std::string path;
};

TEST(PageFormsTest, PagesAreMadeOfWhatTheirListsSay) {
  const AskingPage pages[] = {{"checkout", "/checkout"},
                              {"account", "/account"},
                              {"account-sign-in", "/account/sign-in"},
                              {"account-sign-up", "/account/sign-up"},
                              {"account-verify", "/account/verify"},
                              {"account-reset", "/account/reset"}};
  for (const AskingPage& page : pages) {
    const auto written = forms_written(page.path);
    if (std::getenv("DERMAGA_WRITE_PAGES") != nullptr) {
      std::ofstream list("src/commerce/page_policy/pages/" + page.name + ".txt");
      for (const std::string& form : written) {
        list << form << "\n";
      }
    }
    const auto* known = page_policy::known_forms(page.name);
    EXPECT_TRUE(known != nullptr && written == *known)
        << "the page " << page.name
        << " has changed: run this test with DERMAGA_WRITE_PAGES=1, look at the difference of "
           "src/commerce/page_policy/pages, and build again";
  }
}

}  // namespace
}  // namespace dermaga::storefront

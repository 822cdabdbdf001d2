#include <gmock/gmock.h>

#include <cstdlib>

#include "fixture_test.h"

namespace dermaga::catalog {
namespace {

using ::testing::IsEmpty;

// Real product files: those beside the project and the sample catalog inside it.
class CatalogData : public CatalogFixture {
 protected:
  void import_twice(const std::string& path) {
    SCOPED_TRACE(path);
    const ImportReport first = import_path(path);
    for (const ImportProblem& problem : first.problems) {
      ADD_FAILURE() << format_problem(first, problem);
    }
    EXPECT_EQ(first.bad, 0);
    EXPECT_GT(first.created + first.updated, 0);
    const std::string before = all_rows();
    const int calls = stock_.calls;
    const ImportReport again = import_path(path);
    EXPECT_EQ(again.unchanged, first.created + first.updated + first.unchanged);
    EXPECT_FALSE(again.published);
    EXPECT_EQ(again.catalog_version, first.catalog_version);
    EXPECT_EQ(all_rows(), before);
    EXPECT_EQ(stock_.calls, calls);
  }
};

TEST_F(CatalogData, SharedFilesImportWholeAndTwiceIsOnce) {
  const char* given = std::getenv("DERMAGA_SHARED_DATA");
  const std::string folder = std::string(given != nullptr ? given : "../shared/data") + "/catalog";
  if (!std::filesystem::is_directory(folder)) {
    GTEST_SKIP() << folder << " is missing; DERMAGA_SHARED_DATA names another place";
  }
  for (const std::string currency : {"IDR", "USD"}) {
    open(test_shop(currency));
    int files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      if (entry.path().extension() == ".csv") {
        import_twice(entry.path().string());
        ++files;
      }
    }
    EXPECT_GE(files, 4);
    EXPECT_GE(published_.assortment.products.size(), 161U);
  }
}

TEST_F(CatalogData, TheSampleCatalogImportsCleanly) {
  open();
  import_twice("samples/catalog/products.csv");
  import_twice("samples/catalog/translations.csv");
  EXPECT_GE(published_.assortment.products.size(), 30U);
  for (const product::Product& product : published_.assortment.products) {
    SCOPED_TRACE(product.handle);
    EXPECT_TRUE(product.title.contains("en"));
    EXPECT_TRUE(product.description_html.contains("en"));
    EXPECT_TRUE(product.category.has_value());
    ASSERT_FALSE(product.images.empty());
    EXPECT_GT(product.images[0].width_px, 0);
    EXPECT_TRUE(catalog_->asset(product.images[0].sha256_hex).has_value());
    for (const product::Option& option : product.options) {
      EXPECT_TRUE(option.name.contains("en"));
    }
  }
}

}  // namespace
}  // namespace dermaga::catalog

#include "catalog/catalog.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "fixture_test.h"
#include "records.h"

namespace dermaga::catalog {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class CatalogTest : public CatalogFixture {};

constexpr const char* kShirt =
    "Handle,Title,Body (HTML),Type,Tags,Published,Option1 Name,Option1 Value,Variant Inventory "
    "Qty,Variant "
    "Price,Image Src,Image Alt Text\n"
    "kemeja,Kemeja,<p>Halus</p>,Batik,cap,TRUE,Ukuran,S,4,385000,a.svg,Kemeja biru\n"
    "kemeja,,,,,,,M,5,385000,,\n"
    "kopi,Kopi,,Kopi,,TRUE,,,7,90000,,\n";
constexpr const char* kPicture = "<svg width=\"320\" height=\"240\"></svg>";

VariantId shirt(const std::string& size) {
  return variant_id("kemeja", {size, "", ""});
}
VariantId coffee() {
  return variant_id("kopi", {});
}

TEST_F(CatalogTest, StartsEmptyAtVersionOneAndStaysThere) {
  open();
  EXPECT_EQ(catalog_->current()->catalog_version, 1U);
  EXPECT_TRUE(catalog_->current()->variants.empty());
  EXPECT_EQ(published_.version, 1U);
  EXPECT_EQ(published_.shop_id, "dermaga");
  EXPECT_THAT(published_.locales, ElementsAre("id", "en"));
  EXPECT_EQ(published_.shipping_methods[0].title.at("en"), "Standard");
  open();
  EXPECT_EQ(catalog_->current()->catalog_version, 1U);
}

TEST_F(CatalogTest, AChangedShopSettingMakesAVersion) {
  open();
  config::Shop shop = test_shop();
  shop.shipping[0].price = Money(20'000, shop.currency);
  open(shop);
  EXPECT_EQ(catalog_->current()->catalog_version, 2U);
  EXPECT_EQ(catalog_->current()->rules.shipping[0].price.amount(), 20'000);
  EXPECT_EQ(catalog_->at(1)->rules.shipping[0].price.amount(), 15'000);
  EXPECT_EQ(catalog_->at(1)->rules.shipping[0].free_from, Money(500'000, shop.currency));
  EXPECT_EQ(catalog_->at(1)->rules.taxes[0].name, "PPN");
  shop.name = "Dermaga Dua";
  open(shop);
  EXPECT_EQ(catalog_->current()->catalog_version, 3U);
}

TEST_F(CatalogTest, ImportsPublishesAndHandsOutStock) {
  open();
  write("a.svg", kPicture);
  const ImportReport report = import_text(kShirt);
  EXPECT_EQ(report.kind, "products");
  EXPECT_EQ(report.rows, 3);
  EXPECT_EQ(report.created, 2);
  EXPECT_EQ(report.bad, 0);
  EXPECT_TRUE(report.published);
  EXPECT_EQ(report.catalog_version, 2U);

  EXPECT_EQ(published_.version, 2U);
  EXPECT_EQ(catalog_->snapshot()->bytes, "2");
  ASSERT_EQ(published_.assortment.products.size(), 2U);
  EXPECT_EQ(published_.assortment.categories[0].handle, "batik");
  const product::Product& product = *published("kemeja");
  EXPECT_EQ(product.category, category_id("batik"));
  EXPECT_EQ(product.options[0].name.at("id"), "Ukuran");
  EXPECT_EQ(product.options[0].values[1].at("id"), "M");
  EXPECT_THAT(product.variants[1].option_values, ElementsAre(1));
  EXPECT_EQ(product.images[0].width_px, 320);
  EXPECT_EQ(product.images[0].content_type, "image/svg+xml");
  EXPECT_EQ(product.images[0].alt.at("id"), "Kemeja biru");
  EXPECT_THAT(published("kopi")->options, IsEmpty());

  EXPECT_EQ(catalog_->current()->variants.size(), 3U);
  EXPECT_EQ(catalog_->current()->variants.at(shirt("S")).unit_price.amount(), 385'000);
  EXPECT_THAT(stock_.quantities,
              UnorderedElementsAre(std::pair(shirt("S"), 4), std::pair(shirt("M"), 5),
                                   std::pair(coffee(), 7)));
  EXPECT_TRUE(std::ranges::is_sorted(stock_.order));  // as orders lock stock
}

TEST_F(CatalogTest, TheSameFileAgainTouchesNothing) {
  open();
  write("a.svg", kPicture);
  import_text(kShirt);
  const std::string before = all_rows();
  const int calls = stock_.calls;
  clock_.advance(std::chrono::hours(1));
  const ImportReport again = import_text(kShirt);
  EXPECT_EQ(again.unchanged, 2);
  EXPECT_EQ(again.created + again.updated + again.bad, 0);
  EXPECT_FALSE(again.published);
  EXPECT_EQ(again.catalog_version, 2U);
  EXPECT_EQ(all_rows(), before);
  EXPECT_EQ(stock_.calls, calls);
  open();
  EXPECT_EQ(import_text(kShirt).unchanged, 2);
  EXPECT_EQ(all_rows(), before);
}

TEST_F(CatalogTest, AChangedFileUpdatesOnlyWhatChanged) {
  open();
  write("a.svg", kPicture);
  import_text(kShirt);
  std::string changed = kShirt;
  changed.replace(changed.find("90000"), 5, "95000");
  const ImportReport report = import_text(changed);
  EXPECT_EQ(report.updated, 1);
  EXPECT_EQ(report.unchanged, 1);
  EXPECT_EQ(report.catalog_version, 3U);
  EXPECT_EQ(catalog_->current()->variants.at(coffee()).unit_price.amount(), 95'000);
  EXPECT_EQ(catalog_->at(2)->variants.at(coffee()).unit_price.amount(), 90'000);
  EXPECT_EQ(count("SELECT COUNT(*) FROM price_history WHERE catalog_version = 3"), 1);
}

TEST_F(CatalogTest, AQuantityAloneMakesNoVersion) {
  open();
  write("a.svg", kPicture);
  import_text(kShirt);
  std::string changed = kShirt;
  changed.replace(changed.find(",7,"), 3, ",9,");
  const int calls = stock_.calls;
  const ImportReport report = import_text(changed);
  EXPECT_EQ(report.updated, 1);
  EXPECT_FALSE(report.published);
  EXPECT_EQ(report.catalog_version, 2U);
  EXPECT_EQ(stock_.quantities.at(coffee()), 9);
  EXPECT_EQ(stock_.calls, calls + 1);
}

TEST_F(CatalogTest, ProductsThatAFileLacksStayAndVariantsAreArchived) {
  open();
  write("a.svg", kPicture);
  import_text(kShirt);
  const std::string only_small =
      "Handle,Title,Type,Option1 Name,Option1 Value,Variant "
      "Price\nkemeja,Kemeja,Batik,Ukuran,S,385000\n";
  import_text(only_small);
  EXPECT_EQ(published_.assortment.products.size(), 2U);
  EXPECT_EQ(published("kemeja")->variants.size(), 1U);
  EXPECT_FALSE(catalog_->current()->variants.contains(shirt("M")));
  EXPECT_TRUE(catalog_->at(2)->variants.contains(shirt("M")));
  EXPECT_EQ(count("SELECT COUNT(*) FROM variants WHERE archived = 1"), 1);

  // It comes back under its old id; the blank quantity column left the stock alone.
  const int calls = stock_.calls;
  import_text(kShirt);
  EXPECT_TRUE(catalog_->current()->variants.contains(shirt("M")));
  EXPECT_EQ(count("SELECT COUNT(*) FROM variants WHERE archived = 1"), 0);
  EXPECT_EQ(stock_.calls, calls);
}

TEST_F(CatalogTest, ABadVariantRowDoesNotArchiveTheVariantItMeant) {
  open();
  write("a.svg", kPicture);
  import_text(kShirt);
  std::string broken = kShirt;
  broken.replace(broken.find("M,5,385000"), 10, "M,5,free!!");
  const ImportReport report = import_text(broken);
  EXPECT_EQ(report.bad, 1);
  EXPECT_EQ(report.problems[0].line, 3);
  EXPECT_EQ(report.problems[0].column, "Variant Price");
  EXPECT_EQ(report.unchanged, 2);
  EXPECT_TRUE(catalog_->current()->variants.contains(shirt("M")));
}

TEST_F(CatalogTest, UnpublishedProductsAreNotSold) {
  open();
  import_text("Handle,Title,Variant Price,Published,Status\na,A,1,TRUE,active\n");
  EXPECT_EQ(catalog_->current()->variants.size(), 1U);
  import_text("Handle,Title,Variant Price,Published,Status\na,A,1,FALSE,active\n");
  EXPECT_TRUE(catalog_->current()->variants.empty());
  EXPECT_EQ(published("a"), nullptr);
  import_text("Handle,Title,Variant Price,Published,Status\na,A,1,TRUE,archived\n");
  EXPECT_EQ(published("a"), nullptr);
  import_text("Handle,Title,Variant Price,Published,Status\na,A,1,TRUE,active\n");
  EXPECT_EQ(catalog_->current()->variants.size(), 1U);
}

TEST_F(CatalogTest, AnotherCurrencyTakesProductsOffUntilTheyAreImportedAgain) {
  open();
  import_text("Handle,Title,Variant Price\na,A,12\n");
  open(test_shop("USD"));
  EXPECT_TRUE(catalog_->current()->variants.empty());
  EXPECT_EQ(published("a"), nullptr);
  import_text("Handle,Title,Variant Price\na,A,12\n");
  EXPECT_EQ(catalog_->current()->variants.begin()->second.unit_price.amount(), 1'200);
}

TEST_F(CatalogTest, OldPricesAreKnownForThreeDays) {
  open();
  const auto price = [this](int amount) {
    import_text("Handle,Title,Variant Price\na,A," + std::to_string(amount) + "\n");
  };
  price(10);  // version 2
  clock_.advance(std::chrono::hours(200));
  EXPECT_EQ(catalog_->at(2)->variants.size(), 1U);  // current, however old
  price(20);                                        // version 3 replaces it now
  clock_.advance(kPriceHistory);
  EXPECT_EQ(catalog_->at(2)->variants.begin()->second.unit_price.amount(), 10);
  clock_.advance(std::chrono::milliseconds(1));
  EXPECT_EQ(catalog_->at(2), nullptr);
  price(30);  // version 4; makes room
  EXPECT_EQ(count("SELECT MIN(version) FROM catalog_versions"), 3);
  EXPECT_EQ(count("SELECT COUNT(*) FROM price_history"), 2);
  EXPECT_EQ(catalog_->at(3)->variants.begin()->second.unit_price.amount(), 20);
  EXPECT_EQ(catalog_->at(0), nullptr);
  EXPECT_EQ(catalog_->at(99), nullptr);
}

TEST_F(CatalogTest, TellsListenersOfEachNewSnapshot) {
  open();
  std::vector<std::string> seen;
  auto subscription =
      catalog_->on_snapshot([&seen](const auto& snapshot) { seen.push_back(snapshot->bytes); });
  import_text("Handle,Title,Variant Price\na,A,1\n");
  import_text("Handle,Title,Variant Price\na,A,1\n");
  import_text("Handle,Title,Variant Price\na,A,2\n");
  subscription.reset();
  import_text("Handle,Title,Variant Price\na,A,3\n");
  EXPECT_THAT(seen, ElementsAre("2", "3"));
}

TEST_F(CatalogTest, ServesOnlyPublishedPicturesAndNoticesDamage) {
  open();
  write("a.svg", kPicture);
  import_text(kShirt);
  const std::string hash = published("kemeja")->images[0].sha256_hex;
  const auto asset = catalog_->asset(hash);
  ASSERT_TRUE(asset.has_value());
  EXPECT_EQ(asset->bytes, kPicture);
  EXPECT_EQ(asset->content_type, "image/svg+xml");
  EXPECT_EQ(catalog_->asset("../core.db").error().code(), ErrorCode::kNotFound);
  write("assets/" + hash, "changed");
  EXPECT_EQ(catalog_->asset(hash).error().code(), ErrorCode::kCorrupt);
  std::string unpublished = kShirt;
  unpublished.replace(unpublished.find("TRUE"), 4, "FALSE");
  import_text(unpublished);
  EXPECT_EQ(catalog_->asset(hash).error().code(), ErrorCode::kNotFound);
}

TEST_F(CatalogTest, AFailingStockRollsTheBatchBack) {
  open();
  write("a.svg", kPicture);
  stock_.fails = true;
  const auto failed = catalog_->import_file(write("file.csv", kShirt));
  ASSERT_FALSE(failed.has_value());
  EXPECT_EQ(failed.error().code(), ErrorCode::kIo);
  EXPECT_EQ(count("SELECT COUNT(*) FROM products"), 0);
  EXPECT_EQ(catalog_->current()->catalog_version, 1U);
  stock_.fails = false;
  EXPECT_EQ(import_text(kShirt).created, 2);
}

TEST_F(CatalogTest, RefusesFilesThatAreNoImport) {
  open();
  const auto error_of = [this](const std::string& path) {
    const auto report = catalog_->import_file(path);
    return report.has_value() ? "" : report.error().message();
  };
  EXPECT_THAT(error_of(folder_ + "/none.csv"), HasSubstr("none.csv"));
  EXPECT_THAT(error_of(write("x.csv", "")), HasSubstr("not the headings"));
  EXPECT_THAT(error_of(write("x.csv", "a,b\n1,2\n")), HasSubstr("not the headings"));
  EXPECT_THAT(error_of(write("x.csv", "Handle,Title\na,A\n")),
              HasSubstr("'Variant Price' is missing"));
  EXPECT_THAT(error_of(write("x.csv", "Type,Translated content\nPRODUCT,x\n")),
              HasSubstr("'Identification' is missing"));
  write("x.csv", "");
  std::filesystem::resize_file(folder_ + "/x.csv", (std::uint64_t{64} << 20) + 1);
  EXPECT_THAT(error_of(folder_ + "/x.csv"), HasSubstr("larger than"));
}

TEST_F(CatalogTest, ImportsMoreProductsThanABatchHolds) {
  open();
  std::string text = "Handle,Title,Variant Price\n";
  for (int i = 0; i < 600; ++i) {
    text += "p" + std::to_string(i) + ",P,1\n";
  }
  EXPECT_EQ(import_text(text).created, 600);
  EXPECT_EQ(catalog_->current()->variants.size(), 600U);
  EXPECT_EQ(import_text(text).unchanged, 600);
}

constexpr const char* kTranslationHeading =
    "Type,Identification,Field,Locale,Market,Status,Default content,Translated content\n";

TEST_F(CatalogTest, ImportsTranslations) {
  open();
  write("a.svg", kPicture);
  import_text(kShirt);
  const std::string text = std::string(kTranslationHeading) +
                           "PRODUCT,kemeja,title,en,,,Kemeja,Shirt\n"
                           "PRODUCT,kemeja,body_html,en,,,x,<p onclick=x>Soft</p>\n"
                           "PRODUCT,kemeja,meta_title,en,,,,Shirt SEO\n"
                           "PRODUCT,kemeja,image_alt,en,,,,Blue shirt\n"
                           "PRODUCT,kemeja,meta_description,en,,,,\n"
                           "COLLECTION,batik,title,en,,,Batik,Batik cloth\n"
                           "PRODUCT_OPTION,kemeja/Ukuran,name,en,,,Ukuran,Size\n"
                           "PRODUCT_OPTION_VALUE,kemeja/Ukuran/S,name,en,,,S,Small\n"
                           "PRODUCT_OPTION_VALUE,kemeja/Ukuran/S,name,fr,,,S,Petit\n";
  const ImportReport report = import_text(text);
  EXPECT_EQ(report.kind, "translations");
  EXPECT_THAT(report.problems, IsEmpty());
  EXPECT_THAT(report.notes, ElementsAre("the shop does not show the locale fr yet"));
  EXPECT_EQ(report.created, 8);
  EXPECT_EQ(report.catalog_version, 3U);
  const product::Product& product = *published("kemeja");
  EXPECT_EQ(product.title.at("en"), "Shirt");
  EXPECT_EQ(product.title.at("id"), "Kemeja");
  EXPECT_EQ(product.description_html.at("en"), "<p>Soft</p>");
  EXPECT_EQ(product.seo_title.at("en"), "Shirt SEO");
  EXPECT_EQ(product.images[0].alt.at("en"), "Blue shirt");
  EXPECT_EQ(product.options[0].name.at("en"), "Size");
  EXPECT_EQ(product.options[0].values[0].at("en"), "Small");
  EXPECT_FALSE(product.options[0].values[0].contains("fr"));
  EXPECT_EQ(published_.assortment.categories[0].title.at("en"), "Batik cloth");

  const std::string before = all_rows();
  EXPECT_EQ(import_text(text).unchanged, 8);
  EXPECT_EQ(all_rows(), before);

  // Importing the products again leaves their translations.
  std::string changed = kShirt;
  changed.replace(changed.find("Halus"), 5, "Adem!");
  import_text(changed);
  EXPECT_EQ(published("kemeja")->options[0].values[0].at("en"), "Small");

  const ImportReport update = import_text(std::string(kTranslationHeading) +
                                          "PRODUCT,kemeja,title,en,,,Kemeja,Fine shirt\n");
  EXPECT_EQ(update.updated, 1);
  EXPECT_EQ(published("kemeja")->title.at("en"), "Fine shirt");
}

struct BadTranslation {
  std::string row;
  std::string column;
  std::string reason;
};

TEST_F(CatalogTest, ReportsBadTranslations) {
  open();
  write("a.svg", kPicture);
  import_text(kShirt);
  const std::vector<BadTranslation> cases = {
      {"PRODUCT,none,title,en,,,x,y", "Identification", "no product 'none'"},
      {"PRODUCT,,title,en,,,x,y", "Identification", "must be the handle"},
      {"PRODUCT,kemeja/x,title,en,,,x,y", "Identification", "must be the handle"},
      {"COLLECTION,none,title,en,,,x,y", "Identification", "no category 'none'"},
      {"PRODUCT_OPTION,kemeja,name,en,,,x,y", "Identification", "<product handle>/<option>"},
      {"PRODUCT_OPTION,kemeja/Warna,name,en,,,x,y", "Identification", "no option 'Warna'"},
      {"PRODUCT_OPTION_VALUE,kemeja/Ukuran,name,en,,,x,y", "Identification", "<option>/<value>"},
      {"PRODUCT_OPTION_VALUE,kemeja/Ukuran/XL,name,en,,,x,y", "Identification", "no value 'XL'"},
      {"PRODUCT,kemeja,title,id,,,x,y", "Locale", "default locale"},
      {"PRODUCT,kemeja,title,english,,,x,y", "Locale", "such as en"},
      {"PRODUCT,kemeja,title,,,,x,y", "Locale", "such as en"},
      {"PRODUCT,kemeja,title,en,,,x,y\x01z", "Translated content", "control character"},
      {"PRODUCT,kemeja,title,en,,,x," + std::string(2'049, 'y'), "Translated content",
       "longer than"},
      {"PRODUCT,kemeja,title,en", "", "has 4 columns"},
      {"PRODUCT,kemeja,ti\"tle,en,,,x,y", "", "double quote"},
  };
  for (const BadTranslation& test : cases) {
    SCOPED_TRACE(test.row.substr(0, 60));
    const ImportReport report =
        import_text(kTranslationHeading + test.row + "\nPRODUCT,kemeja,title,en,,,Kemeja,Shirt\n");
    EXPECT_EQ(report.bad, 1);
    EXPECT_EQ(report.created + report.unchanged, 1);
    ASSERT_EQ(report.problems.size(), 1U);
    EXPECT_EQ(report.problems[0].line, 2);
    EXPECT_EQ(report.problems[0].column, test.column);
    EXPECT_THAT(report.problems[0].reason, HasSubstr(test.reason));
  }
  const ImportReport ignored =
      import_text(std::string(kTranslationHeading) +
                  "METAFIELD,x,value,en,,,x,y\nPRODUCT,kemeja,handle,en,,,x,y\n"
                  "PRODUCT,kemeja,title,en,Europe,,x,y\n");
  EXPECT_EQ(ignored.bad, 0);
  EXPECT_EQ(ignored.notes.size(), 3U);
}

}  // namespace
}  // namespace dermaga::catalog

#include "catalog_view/view.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "json/reader.h"

namespace dermaga::catalog_view {
namespace {

using contract::Availability;

product::Variant variant(const std::string& id, std::int64_t price) {
  product::Variant made;
  made.id = VariantId::parse("var_" + id).value();
  made.sku = id;
  made.price = Money(price, Currency::parse("IDR").value());
  made.weight_grams = 250;
  return made;
}

contract::CatalogSnapshot sample() {
  contract::CatalogSnapshot snapshot;
  snapshot.version = 7;
  snapshot.locales = {"id", "en"};
  snapshot.rules.currency = Currency::parse("IDR").value();
  const auto category = CategoryId::parse("cat_kopi").value();
  snapshot.assortment.categories = {{category, "kopi", {{"id", "Kopi"}, {"en", "Coffee"}}}};
  product::Product coffee;
  coffee.id = ProductId::parse("prod_gayo").value();
  coffee.handle = "kopi-gayo";
  coffee.title = {{"id", "Kopi Gayo"}, {"en", "Gayo coffee"}};
  coffee.category = category;
  coffee.variants = {variant("gayo1", 95'000), variant("gayo2", 180'000)};
  product::Product mug;
  mug.id = ProductId::parse("prod_mug").value();
  mug.handle = "mug";
  mug.title = {{"id", "Cangkir"}};
  mug.variants = {variant("mug", 40'000)};
  snapshot.assortment.products = {coffee, mug};
  return snapshot;
}

class ViewTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = testing::TempDir() + "view." + std::to_string(getpid());
    std::filesystem::create_directories(folder_);
    view_ = View::build(sample(), {.search_folder = folder_}).value();
  }
  void TearDown() override {
    view_.reset();
    EXPECT_TRUE(std::filesystem::is_empty(folder_));
    std::filesystem::remove_all(folder_);
  }

  static contract::CapacityUpdate update(bool complete, const char* id, Availability availability) {
    contract::CapacityUpdate made;
    made.complete = complete;
    made.changes = {{VariantId::parse(id).value(), availability}};
    return made;
  }

  std::string folder_;
  std::shared_ptr<const View> view_;
};

TEST_F(ViewTest, LooksUp) {
  EXPECT_EQ(view_->version(), 7u);
  EXPECT_EQ(view_->find_product("mug"), view_->find_product("prod_mug"));
  EXPECT_EQ(view_->find_product("var_mug"), nullptr);
  EXPECT_EQ(view_->find_product(""), nullptr);
  EXPECT_EQ(view_->find_category("kopi"), view_->find_category("cat_kopi"));
  EXPECT_EQ(view_->products_in(nullptr).size(), 2u);
  EXPECT_EQ(view_->products_in(view_->find_category("kopi")).size(), 1u);
  const auto found = view_->find_variant(VariantId::parse("var_gayo2").value());
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->product->handle, "kopi-gayo");
  EXPECT_EQ(found->variant->sku, "gayo2");
  EXPECT_FALSE(view_->find_variant(VariantId::parse("var_none").value()).has_value());
  EXPECT_EQ(view_->book().catalog_version, 7u);
  EXPECT_EQ(view_->book().variants.size(), 3u);
}

TEST_F(ViewTest, PicksLocales) {
  EXPECT_EQ(view_->pick_locale("en", "id"), "en");
  EXPECT_EQ(view_->pick_locale("fr", "en"), "en");
  EXPECT_EQ(view_->pick_locale("", ""), "id");
  EXPECT_EQ(view_->text(view_->find_product("mug")->title, "en"), "Cangkir");
}

TEST_F(ViewTest, AvailabilityRebuildsOnlyWhatItTouches) {
  const product::Product& coffee = *view_->find_product("kopi-gayo");
  const product::Product& mug = *view_->find_product("mug");
  const auto one = view_->with_availability(update(false, "var_gayo1", Availability::kSoldOut));
  ASSERT_NE(one, nullptr);
  EXPECT_EQ(one->availability(coffee), Availability::kInStock);
  EXPECT_EQ(one->availability(coffee.variants[0].id), Availability::kSoldOut);
  EXPECT_EQ(view_->availability(coffee.variants[0].id), Availability::kInStock);
  EXPECT_EQ(&one->product_document(mug, "id"), &view_->product_document(mug, "id"));
  EXPECT_NE(one->product_json(coffee, "id"), view_->product_json(coffee, "id"));

  const auto both = one->with_availability(update(false, "var_gayo2", Availability::kSoldOut));
  EXPECT_EQ(both->availability(coffee), Availability::kSoldOut);
  search::Query in_stock;
  in_stock.in_stock_only = true;
  EXPECT_EQ(both->search("id", in_stock).products, std::vector<std::size_t>{1});

  // A complete list says that what it does not name is in stock.
  const auto fresh = both->with_availability(update(true, "var_mug", Availability::kLow));
  EXPECT_EQ(fresh->availability(coffee), Availability::kInStock);
  EXPECT_EQ(fresh->availability(mug), Availability::kLow);
}

TEST_F(ViewTest, NothingChangedIsNoNewView) {
  EXPECT_EQ(view_->with_availability({}), nullptr);
  EXPECT_EQ(view_->with_availability(update(false, "var_mug", Availability::kInStock)), nullptr);
  EXPECT_EQ(view_->with_availability(update(false, "var_unknown", Availability::kSoldOut)),
            nullptr);
}

TEST_F(ViewTest, MemoBelongsToOneView) {
  view_->memo().keep("k", std::make_shared<const Document>(DocumentOptions{}, "x"));
  const auto next = view_->with_availability(update(false, "var_mug", Availability::kLow));
  EXPECT_EQ(next->memo().find("k"), nullptr);
}

TEST_F(ViewTest, WritesJsonInEveryLocale) {
  const product::Product& coffee = *view_->find_product("kopi-gayo");
  for (const std::string& locale : {"id", "en"}) {
    const auto document = json::Document::parse(view_->product_json(coffee, locale));
    ASSERT_TRUE(document.has_value()) << document.error().message();
    auto reader = json::ObjectReader::of(document->root()).value();
    EXPECT_EQ(reader.string("locale", 8).value(), locale);
    EXPECT_EQ(reader.string("title", 80).value(), locale == "id" ? "Kopi Gayo" : "Gayo coffee");
  }
}

TEST(View, RefusesASnapshotWithoutLocales) {
  const auto view = View::build({}, {.search_folder = testing::TempDir()});
  ASSERT_FALSE(view.has_value());
  EXPECT_EQ(view.error().code(), ErrorCode::kCorrupt);
}

TEST(ImageUrl, LocalRemoteAndUnknown) {
  product::Image image;
  image.remote_url = "https://cdn.example/a.jpg";
  EXPECT_EQ(image_url(image), "https://cdn.example/a.jpg");
  image.sha256_hex = std::string(64, 'a');
  image.content_type = "image/svg+xml";
  EXPECT_EQ(image_url(image), "/assets/catalog/" + std::string(64, 'a') + ".svg");
}

}  // namespace
}  // namespace dermaga::catalog_view

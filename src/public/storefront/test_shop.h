#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "catalog_view/view.h"

namespace dermaga::storefront {

// What a hostile supplier might put into a feed.
inline constexpr std::string_view kHostile = "<script>alert(1)</script>\"' onload=x &amp; <b>";

inline product::LocalizedText both(const std::string& indonesian, const std::string& english) {
  return {{"id", indonesian}, {"en", english}};
}

// A small shop: a shirt with two options, a plain coffee, a hostile product, and `extra` more.
class TestShop {
 public:
  explicit TestShop(int extra = 0)
      : folder_(testing::TempDir() + "storefront_test_" +
                testing::UnitTest::GetInstance()->current_test_info()->name()) {
    std::filesystem::create_directories(folder_);
    contract::CatalogSnapshot snapshot = shop();
    add_category(snapshot, "batik", both("Batik", "Batik cloth"));
    add_category(snapshot, "kopi", both("Kopi", "Coffee"));
    add_shirt(snapshot);
    add_plain(snapshot, "kopi-gayo", both("Kopi Gayo", "Gayo Coffee"), 98'000);
    add_plain(snapshot, "jahat", both(std::string(kHostile), std::string(kHostile)), 5'000);
    for (int i = 0; i < extra; ++i) {
      const std::string name = "teh-" + std::to_string(100 + i);
      add_plain(snapshot, name, both("Teh " + name, "Tea " + name), 10'000 + i);
    }
    auto built = catalog_view::View::build(std::move(snapshot), {.search_folder = folder_});
    EXPECT_TRUE(built.has_value());
    view_ = *built;
  }
  ~TestShop() {
    view_.reset();
    std::filesystem::remove_all(folder_);
  }

  const catalog_view::View& view() const { return *view_; }
  void set(const std::string& sku, contract::Availability availability) {
    view_ = view_->with_availability({.changes = {{variant(sku), availability}}});
  }
  static VariantId variant(const std::string& sku) { return id<VariantId>("var_", sku); }

 private:
  template <typename Id>
  static Id id(std::string text, const std::string& name) {
    std::ranges::copy_if(name, std::back_inserter(text), [](char c) { return c != '-'; });
    return Id::parse(text).value();
  }
  static Money rupiah(std::int64_t amount) { return {amount, Currency::parse("IDR").value()}; }

  static contract::CatalogSnapshot shop() {
    contract::CatalogSnapshot snapshot{.version = 1, .shop_name = "Toko <Uji>"};
    snapshot.locales = {"id", "en"};
    snapshot.rules.currency = Currency::parse("IDR").value();
    snapshot.rules.taxes = {{.country = "ID", .name = "PPN", .basis_points = 1100}};
    snapshot.rules.shipping = {
        {.method = "regular", .countries = {"ID", "SG"}, .price = rupiah(9)}};
    snapshot.shipping_methods = {{"regular", both("Reguler", "Regular")}};
    return snapshot;
  }
  static void add_category(contract::CatalogSnapshot& snapshot, const std::string& handle,
                           product::LocalizedText title) {
    snapshot.assortment.categories.push_back(
        {id<CategoryId>("cat_", handle), handle, std::move(title)});
  }
  static product::Product plain(const std::string& handle, product::LocalizedText title) {
    product::Product product{.id = id<ProductId>("prod_", handle),
                             .handle = handle,
                             .title = title,
                             .description_html = both("<p>Bagus</p>", "<p>Good</p>"),
                             .vendor = handle == "jahat" ? std::string(kHostile) : "Sanggar"};
    product.category = id<CategoryId>("cat_", handle == "kemeja" ? "batik" : "kopi");
    product.images = {{.sha256_hex = std::string(64, 'a'),
                       .content_type = "image/svg+xml",
                       .alt = std::move(title),
                       .width_px = 800,
                       .height_px = 600}};
    return product;
  }
  static void add_plain(contract::CatalogSnapshot& snapshot, const std::string& handle,
                        product::LocalizedText title, std::int64_t price) {
    product::Product product = plain(handle, std::move(title));
    if (handle == "jahat") product.description_html = both(std::string(kHostile), "<img src=x>");
    product.variants = {{.id = variant(handle), .sku = handle, .price = rupiah(price)}};
    snapshot.assortment.products.push_back(std::move(product));
  }
  static void add_shirt(contract::CatalogSnapshot& snapshot) {
    product::Product shirt = plain("kemeja", both("Kemeja", "Shirt"));
    shirt.options = {{both("Warna", "Colour"), {both("Biru", "Blue"), both("Merah", "Red")}},
                     {both("Ukuran", "Size"), {both("S", "S"), both("M", "M")}}};
    for (const auto& [sku, values] : std::vector<std::pair<std::string, std::vector<int>>>{
             {"biru-s", {0, 0}}, {"biru-m", {0, 1}}, {"merah-s", {1, 0}}}) {
      shirt.variants.push_back({.id = variant(sku),
                                .sku = sku,
                                .option_values = values,
                                .price = rupiah(325'000),
                                .compare_at_price = rupiah(375'000),
                                .weight_grams = 1250});
    }
    snapshot.assortment.products.push_back(std::move(shirt));
  }

  const std::string folder_;
  std::shared_ptr<const catalog_view::View> view_;
};

}  // namespace dermaga::storefront

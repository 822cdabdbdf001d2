#include "shop.h"

#include <cstdlib>
#include <filesystem>

#include "disk.h"
#include "disk_vfs.h"
#include "store/store.h"

namespace dermaga::simulation {
namespace {

constexpr std::int64_t kPrices[kProductsMax] = {150'000, 40'000, 95'000, 12'500};
constexpr const char* kNames[kProductsMax] = {"shirt", "mug", "coffee", "card"};

contract::CatalogSnapshot make_snapshot(const Currency& currency) {
  contract::CatalogSnapshot snapshot;
  snapshot.version = 3;
  snapshot.shop_id = "simulated";
  snapshot.shop_name = "Simulated";
  snapshot.locales = {"en"};
  snapshot.rules.currency = currency;
  snapshot.rules.shipping = {{.method = "standard", .price = Money(10'000, currency)}};
  snapshot.rules.taxes = {{.country = "ID", .name = "PPN", .basis_points = 1100}};
  snapshot.shipping_methods = {{"standard", {{"en", "Standard"}}}};
  const auto category = CategoryId::parse("cat_all").value();
  snapshot.assortment.categories = {{category, "all", {{"en", "All"}}}};
  for (int i = 0; i < kProductsMax; ++i) {
    const std::string name = kNames[i];
    product::Product product;
    product.id = ProductId::parse("prod_" + name).value();
    product.handle = name;
    product.title = {{"en", name}};
    product.description_html = {{"en", "<p>" + name + "</p>"}};
    product.category = category;
    product::Variant variant;
    variant.id = VariantId::parse("var_" + name).value();
    variant.sku = name;
    variant.price = Money(kPrices[i], currency);
    variant.weight_grams = 100;
    product.variants = {variant};
    snapshot.assortment.products.push_back(std::move(product));
  }
  return snapshot;
}

// A folder for the two things that want one (keys, a search index); gone when they are loaded.
class ShortLivedFolder {
 public:
  ShortLivedFolder() {
    std::string name = std::filesystem::temp_directory_path() / "dermaga-simulate-XXXXXX";
    CHECK(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ShortLivedFolder(const ShortLivedFolder&) = delete;
  ShortLivedFolder& operator=(const ShortLivedFolder&) = delete;
  ~ShortLivedFolder() { std::filesystem::remove_all(path_); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

std::string make_empty_database() {
  Chance chance(1);
  Disk disk(chance);
  disk.start();
  use_disk(disk, chance);
  {
    const auto database =
        store::open_sqlite({.file = kDatabaseName, .vfs = std::string(kVfsName)}).value();
    const auto connection = database->connect().value();
    CHECK(store::migrate(*connection, database->dialect()).has_value());
  }
  return disk.find(kDatabaseName)->cached;
}

}  // namespace

Shop Shop::make() {
  install_vfs();
  const ShortLivedFolder folder;
  Shop shop{
      .empty_database = make_empty_database(),
      .view = catalog_view::View::build(make_snapshot(Currency::parse("IDR").value()),
                                        {.search_folder = folder.path()})
                  .value(),
      .variants = {},
      .locations = {LocationId::parse("loc_shop").value(), LocationId::parse("loc_cellar").value()},
      .derivation = derivation::Derivation::create(std::string(32, 's')).value(),
      .vault_chance = std::make_unique<Chance>(1),
      .vault = nullptr};
  for (const char* name : kNames) {
    shop.variants.push_back(VariantId::parse(std::string("var_") + name).value());
  }
  shop.vault = vault::Vault::open(folder.path() + "/keys", *shop.vault_chance).value();
  return shop;
}

}  // namespace dermaga::simulation

#pragma once

#include <memory>
#include <string>
#include <vector>

#include "catalog_view/view.h"
#include "chance.h"
#include "derivation/derivation.h"
#include "ids/ids.h"
#include "orders/ports.h"
#include "pricing/pricing.h"
#include "vault/vault.h"

namespace dermaga::simulation {

inline constexpr int kProductsMax = 4;
inline constexpr const char* kDatabaseName = "core.db";

// What all runs of one process share, since it is costly to make and never changes: the catalog as
// edges show it and core prices it, keys, and a database with the schema of today and nothing in
// it.
struct Shop {
  static Shop make();

  std::string empty_database;
  std::shared_ptr<const catalog_view::View> view;
  std::vector<VariantId> variants;    // kProductsMax
  std::vector<LocationId> locations;  // the second one has the first product too
  derivation::Derivation derivation;
  // The vault keeps a reference to its source of randomness: every run sows it anew.
  std::unique_ptr<Chance> vault_chance;
  std::unique_ptr<vault::Vault> vault;
};

class ShopPrices final : public orders::PriceSource {
 public:
  explicit ShopPrices(const Shop& shop)
      : book_(std::make_shared<pricing::PriceBook>(shop.view->book())) {}
  std::shared_ptr<const pricing::PriceBook> current() override { return book_; }
  std::shared_ptr<const pricing::PriceBook> at(std::uint64_t version) override {
    return version == book_->catalog_version ? book_ : nullptr;
  }

 private:
  std::shared_ptr<const pricing::PriceBook> book_;
};

}  // namespace dermaga::simulation

#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "catalog_view/document.h"
#include "catalog_view/memo.h"
#include "contract/catalog.h"
#include "ids/ids.h"
#include "pricing/pricing.h"
#include "product/product.h"
#include "result/result.h"
#include "search/search.h"

namespace dermaga::catalog_view {

// "/assets/catalog/<sha256>.<ext>" for files that the shop holds, else the remote address.
std::string image_url(const product::Image& image);
// "svg", "webp", …; empty for types that are not served as catalog images.
std::string_view image_extension(std::string_view content_type);

std::string_view name(contract::Availability availability);  // "in_stock", "low", "sold_out"

// The catalog as one edge serves it: one snapshot plus one state of availability. Immutable and
// thread-safe; products, categories and variants are pointers into the snapshot that live as long
// as any view made from it.
class View {
 public:
  struct Options {
    std::string search_folder;  // existing private folder for search indexes
    std::size_t memo_bytes_max = 64 * 1024 * 1024;
  };
  static Result<std::shared_ptr<const View>> build(contract::CatalogSnapshot snapshot,
                                                   const Options& options);
  ~View();

  // The same catalog with these changes; shares everything that they do not touch. `complete`
  // updates first put every variant back in stock. Returns null when nothing changes.
  std::shared_ptr<const View> with_availability(const contract::CapacityUpdate& update) const;

  const contract::CatalogSnapshot& snapshot() const;
  std::uint64_t version() const { return snapshot().version; }
  const pricing::PriceBook& book() const;

  const std::string& default_locale() const;
  bool has_locale(std::string_view locale) const;
  // `asked` when the shop has it, else the best of Accept-Language, else the default.
  const std::string& pick_locale(std::string_view asked, std::string_view accept_language) const;
  const std::string& text(const product::LocalizedText& text, const std::string& locale) const;

  // By id or handle; null when there is none.
  const product::Product* find_product(std::string_view id_or_handle) const;
  const product::Category* find_category(std::string_view id_or_handle) const;
  struct VariantRef {
    const product::Product* product = nullptr;
    const product::Variant* variant = nullptr;
  };
  std::optional<VariantRef> find_variant(const VariantId& id) const;
  // All products of a category in handle order; null: of the shop.
  const std::vector<const product::Product*>& products_in(const product::Category* category) const;

  // In stock for variants of which nothing is known.
  contract::Availability availability(const VariantId& id) const;
  // The best that any of its variants has.
  contract::Availability availability(const product::Product& product) const;

  // Indices in results are into snapshot().assortment.
  search::Results search(const std::string& locale, const search::Query& query) const;

  // The product in the store API's form (docs/reference/store-api.md). `product` is one of this
  // snapshot's, `locale` one of its locales.
  const std::string& product_json(const product::Product& product, const std::string& locale) const;
  // Ready answers to GET /store/v1/products/{id} and /categories.
  const Document& product_document(const product::Product& product,
                                   const std::string& locale) const;
  const Document& categories_document(const std::string& locale) const;

  // Answers that belong to this view: gone with it.
  Memo& memo() const;

 private:
  struct Catalog;  // what only a new snapshot changes
  struct State;    // what availability changes
  View(std::shared_ptr<const Catalog> catalog, std::unique_ptr<State> state);
  std::shared_ptr<const Catalog> catalog_;
  std::unique_ptr<State> state_;
};

// Where the newest view stands. get() from any thread; set() from one.
class Holder {
 public:
  // Null until the first snapshot is loaded.
  std::shared_ptr<const View> get() const { return view_.load(std::memory_order_acquire); }
  void set(std::shared_ptr<const View> view) {
    view_.store(std::move(view), std::memory_order_release);
  }

 private:
  std::atomic<std::shared_ptr<const View>> view_;
};

}  // namespace dermaga::catalog_view

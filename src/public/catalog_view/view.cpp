#include "catalog_view/view.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "best_locale.h"
#include "product_json.h"

namespace dermaga::catalog_view {

// Set up once by View::build and never changed afterwards.
struct View::Catalog {
  std::shared_ptr<const contract::CatalogSnapshot> snapshot;
  pricing::PriceBook book;
  std::unordered_map<std::string_view, std::size_t> products;    // by id and by handle
  std::unordered_map<std::string_view, std::size_t> categories;  // by id and by handle
  struct VariantPlace {
    std::size_t product = 0;
    std::size_t variant = 0;  // in its product
    std::size_t number = 0;   // among all variants of the shop
  };
  std::unordered_map<VariantId, VariantPlace> variants;
  std::vector<std::size_t> first_variant;  // number of each product's first variant
  std::size_t variant_count = 0;
  std::vector<const product::Product*> all_products;
  std::vector<std::vector<const product::Product*>> by_category;
  std::vector<std::shared_ptr<const search::Index>> indexes;          // by locale
  std::vector<std::unique_ptr<const Document>> categories_documents;  // by locale

  std::size_t locale_index(const std::string& locale) const {
    const auto& locales = snapshot->locales;
    const auto found = std::find(locales.begin(), locales.end(), locale);
    CHECK(found != locales.end());
    return static_cast<std::size_t>(found - locales.begin());
  }
  std::size_t product_index(const product::Product& product) const {
    const auto index = static_cast<std::size_t>(&product - snapshot->assortment.products.data());
    CHECK(index < snapshot->assortment.products.size());
    return index;
  }
  const product::Category* category_of(const product::Product& product) const {
    if (!product.category) {
      return nullptr;
    }
    const auto found = categories.find(product.category->str());
    return found == categories.end() ? nullptr : &snapshot->assortment.categories[found->second];
  }

  void index_products();
  void index_categories();
  Status build_search(const std::string& folder);
};

struct View::State {
  std::vector<contract::Availability> variants;  // by number
  std::vector<contract::Availability> products;  // by index: the best of its variants
  // By product, then locale; shared with the views before and after.
  std::vector<std::vector<std::shared_ptr<const Document>>> documents;
  std::size_t memo_bytes_max = 0;
  std::unique_ptr<Memo> memo;

  void rebuild_product(const Catalog& catalog, std::size_t product);
};

void View::Catalog::index_products() {
  const auto& all = snapshot->assortment.products;
  book.catalog_version = snapshot->version;
  book.rules = snapshot->rules;
  for (std::size_t p = 0; p < all.size(); ++p) {
    products.emplace(all[p].id.str(), p);
    products.emplace(all[p].handle, p);
    all_products.push_back(&all[p]);
    first_variant.push_back(variant_count);
    for (std::size_t v = 0; v < all[p].variants.size(); ++v) {
      const product::Variant& variant = all[p].variants[v];
      variants.emplace(variant.id, VariantPlace{p, v, variant_count++});
      book.variants.emplace(variant.id,
                            pricing::PricedVariant{.id = variant.id,
                                                   .unit_price = variant.price,
                                                   .weight_grams = variant.weight_grams,
                                                   .taxable = variant.taxable,
                                                   .requires_shipping = variant.requires_shipping});
    }
  }
}

void View::Catalog::index_categories() {
  const auto& all = snapshot->assortment.categories;
  for (std::size_t c = 0; c < all.size(); ++c) {
    categories.emplace(all[c].id.str(), c);
    categories.emplace(all[c].handle, c);
  }
  by_category.resize(all.size());
  for (const product::Product* product : all_products) {
    if (const product::Category* category = category_of(*product)) {
      by_category[static_cast<std::size_t>(category - all.data())].push_back(product);
    }
  }
  const auto count = [&](const product::Category& category) {
    return by_category[static_cast<std::size_t>(&category - all.data())].size();
  };
  for (const std::string& locale : snapshot->locales) {
    categories_documents.push_back(
        std::make_unique<Document>(DocumentOptions{.content_type = "application/json",
                                                   .vary = "Accept-Encoding, Accept-Language"},
                                   write_categories(*snapshot, locale, count)));
  }
}

Status View::Catalog::build_search(const std::string& folder) {
  const std::shared_ptr<const product::Assortment> assortment(snapshot, &snapshot->assortment);
  for (const std::string& locale : snapshot->locales) {
    ASSIGN_OR_RETURN(auto index,
                     search::Index::build(assortment, {folder, locale, snapshot->locales.front()}));
    indexes.push_back(std::move(index));
  }
  return {};
}

void View::State::rebuild_product(const Catalog& catalog, std::size_t index) {
  const product::Product& product = catalog.snapshot->assortment.products[index];
  const std::size_t first = catalog.first_variant[index];
  products[index] = contract::Availability::kSoldOut;
  for (std::size_t v = 0; v < product.variants.size(); ++v) {
    products[index] = std::min(products[index], variants[first + v]);
  }
  documents[index].clear();
  for (const std::string& locale : catalog.snapshot->locales) {
    const ProductContext context{
        .locale = locale,
        .fallback_locale = catalog.snapshot->locales.front(),
        .category = catalog.category_of(product),
        .availability = [&](std::size_t v) { return variants[first + v]; }};
    documents[index].push_back(
        std::make_shared<Document>(DocumentOptions{.content_type = "application/json",
                                                   .vary = "Accept-Encoding, Accept-Language"},
                                   write_product(product, context)));
  }
}

View::View(std::shared_ptr<const Catalog> catalog, std::unique_ptr<State> state)
    : catalog_(std::move(catalog)), state_(std::move(state)) {}
View::~View() = default;

Result<std::shared_ptr<const View>> View::build(contract::CatalogSnapshot snapshot,
                                                const Options& options) {
  if (snapshot.locales.empty()) {
    return make_error(ErrorCode::kCorrupt, "the catalog snapshot names no locale");
  }
  auto catalog = std::make_shared<Catalog>();
  catalog->snapshot = std::make_shared<const contract::CatalogSnapshot>(std::move(snapshot));
  catalog->index_products();
  catalog->index_categories();
  RETURN_IF_ERROR(catalog->build_search(options.search_folder));

  auto state = std::make_unique<State>();
  state->variants.resize(catalog->variant_count, contract::Availability::kInStock);
  state->products.resize(catalog->all_products.size());
  state->documents.resize(catalog->all_products.size());
  for (std::size_t p = 0; p < catalog->all_products.size(); ++p) {
    state->rebuild_product(*catalog, p);
  }
  state->memo_bytes_max = options.memo_bytes_max;
  state->memo = std::make_unique<Memo>(options.memo_bytes_max);
  return std::shared_ptr<const View>(new View(std::move(catalog), std::move(state)));
}

std::shared_ptr<const View> View::with_availability(const contract::CapacityUpdate& update) const {
  std::vector<contract::Availability> wanted =
      update.complete ? std::vector(catalog_->variant_count, contract::Availability::kInStock)
                      : state_->variants;
  for (const contract::AvailabilityChange& change : update.changes) {
    if (const auto place = catalog_->variants.find(change.variant_id);
        place != catalog_->variants.end()) {
      wanted[place->second.number] = change.availability;
    }
  }
  std::vector<std::size_t> touched;
  for (std::size_t p = 0; p < catalog_->first_variant.size(); ++p) {
    const auto first = static_cast<std::ptrdiff_t>(catalog_->first_variant[p]);
    const auto last = static_cast<std::ptrdiff_t>(p + 1 < catalog_->first_variant.size()
                                                      ? catalog_->first_variant[p + 1]
                                                      : catalog_->variant_count);
    if (!std::equal(wanted.begin() + first, wanted.begin() + last,
                    state_->variants.begin() + first)) {
      touched.push_back(p);
    }
  }
  if (touched.empty()) {
    return nullptr;
  }
  auto state = std::make_unique<State>();
  state->variants = std::move(wanted);
  state->products = state_->products;
  state->documents = state_->documents;
  for (const std::size_t p : touched) {
    state->rebuild_product(*catalog_, p);
  }
  state->memo_bytes_max = state_->memo_bytes_max;
  state->memo = std::make_unique<Memo>(state->memo_bytes_max);
  return std::shared_ptr<const View>(new View(catalog_, std::move(state)));
}

const contract::CatalogSnapshot& View::snapshot() const {
  return *catalog_->snapshot;
}
const pricing::PriceBook& View::book() const {
  return catalog_->book;
}
const std::string& View::default_locale() const {
  return snapshot().locales.front();
}

bool View::has_locale(std::string_view locale) const {
  const auto& locales = snapshot().locales;
  return std::find(locales.begin(), locales.end(), locale) != locales.end();
}

const std::string& View::pick_locale(std::string_view asked,
                                     std::string_view accept_language) const {
  const auto& locales = snapshot().locales;
  const auto found = std::find(locales.begin(), locales.end(), asked);
  return found != locales.end() ? *found : best_locale(locales, accept_language);
}

const std::string& View::text(const product::LocalizedText& text, const std::string& locale) const {
  return product::text_in(text, locale, default_locale());
}

const product::Product* View::find_product(std::string_view id_or_handle) const {
  const auto found = catalog_->products.find(id_or_handle);
  return found == catalog_->products.end() ? nullptr : catalog_->all_products[found->second];
}

const product::Category* View::find_category(std::string_view id_or_handle) const {
  const auto found = catalog_->categories.find(id_or_handle);
  return found == catalog_->categories.end() ? nullptr
                                             : &snapshot().assortment.categories[found->second];
}

std::optional<View::VariantRef> View::find_variant(const VariantId& id) const {
  const auto found = catalog_->variants.find(id);
  if (found == catalog_->variants.end()) {
    return std::nullopt;
  }
  const product::Product* product = catalog_->all_products[found->second.product];
  return VariantRef{product, &product->variants[found->second.variant]};
}

const std::vector<const product::Product*>& View::products_in(
    const product::Category* category) const {
  if (category == nullptr) {
    return catalog_->all_products;
  }
  const auto index = static_cast<std::size_t>(category - snapshot().assortment.categories.data());
  CHECK(index < catalog_->by_category.size());
  return catalog_->by_category[index];
}

contract::Availability View::availability(const VariantId& id) const {
  const auto found = catalog_->variants.find(id);
  return found == catalog_->variants.end() ? contract::Availability::kInStock
                                           : state_->variants[found->second.number];
}

contract::Availability View::availability(const product::Product& product) const {
  return state_->products[catalog_->product_index(product)];
}

search::Results View::search(const std::string& locale, const search::Query& query) const {
  return catalog_->indexes[catalog_->locale_index(locale)]->search(query, [&](std::size_t product) {
    return state_->products[product] == contract::Availability::kSoldOut;
  });
}

const std::string& View::product_json(const product::Product& product,
                                      const std::string& locale) const {
  return product_document(product, locale).body();
}

const Document& View::product_document(const product::Product& product,
                                       const std::string& locale) const {
  return *state_->documents[catalog_->product_index(product)][catalog_->locale_index(locale)];
}

const Document& View::categories_document(const std::string& locale) const {
  return *catalog_->categories_documents[catalog_->locale_index(locale)];
}

Memo& View::memo() const {
  return *state_->memo;
}

}  // namespace dermaga::catalog_view

#pragma once

#include <functional>
#include <string>

#include "contract/catalog.h"
#include "product/product.h"

namespace dermaga::catalog_view {

// What the JSON of one product needs besides the product.
struct ProductContext {
  const std::string& locale;
  const std::string& fallback_locale;
  const product::Category* category = nullptr;                              // null: none
  std::function<contract::Availability(std::size_t variant)> availability;  // by place in variants
};

std::string write_product(const product::Product& product, const ProductContext& context);

// {"items":[…],"next_cursor":null}; `counts` by category.
std::string write_categories(const contract::CatalogSnapshot& snapshot, const std::string& locale,
                             const std::function<std::size_t(const product::Category&)>& count);

}  // namespace dermaga::catalog_view

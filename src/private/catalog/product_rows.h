#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "records.h"
#include "result/result.h"
#include "store/database.h"

namespace dermaga::catalog {

struct StoredProduct {
  ProductRecord record;
  std::vector<VariantRecord> archived;  // variants that left the product
};

// Products as the tables hold them, by id. With `only`, those among these ids; else all of them.
Result<std::map<ProductId, StoredProduct>> load_products(
    store::Connection& connection, const std::optional<std::span<const ProductId>>& only);

// Writes the record over whatever the tables hold under its id; variants of `stored` that the
// record lacks become archived. Pictures' assets must be there already.
Status save_product(store::Connection& connection, const ProductRecord& product,
                    const std::string& category_title, const StoredProduct* stored);

// Notes the quantity that an import named, without touching anything else of the variant.
Status save_quantities(store::Connection& connection, const ProductRecord& product);

}  // namespace dermaga::catalog

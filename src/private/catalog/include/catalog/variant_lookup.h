#pragma once

#include <string>

#include "ids/ids.h"
#include "result/result.h"
#include "store/database.h"

namespace dermaga::catalog {

// The one variant with this SKU or id (var_…). SKUs are the merchant's and may repeat; then the id
// decides: kInvalidArgument. kNotFound.
Result<VariantId> find_variant(store::Connection& connection, const std::string& sku_or_id);

// How staff know a variant; empty texts for one that is unknown.
struct VariantName {
  std::string sku;
  std::string handle;  // of its product
};
Result<VariantName> name_of_variant(store::Connection& connection, const VariantId& id);

}  // namespace dermaga::catalog

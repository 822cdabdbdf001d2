#include "catalog/variant_lookup.h"

#include <array>
#include <vector>

namespace dermaga::catalog {

Result<VariantId> find_variant(store::Connection& connection, const std::string& sku_or_id) {
  const std::string sql = sku_or_id.starts_with("var_")
                              ? "SELECT id FROM variants WHERE id = $1"
                              : "SELECT id FROM variants WHERE sku = $1 AND archived = 0 LIMIT 2";
  std::vector<std::string> found;
  const std::array<store::Parameter, 1> parameters = {std::string_view(sku_or_id)};
  RETURN_IF_ERROR(connection.query(sql, parameters, [&](const store::Row& row) -> Status {
    found.emplace_back(row.text(0));
    return {};
  }));
  if (found.empty()) {
    return make_error(ErrorCode::kNotFound, "no variant has the SKU or id " + sku_or_id);
  }
  if (found.size() > 1) {
    return make_error(ErrorCode::kInvalidArgument, "several variants have the SKU " + sku_or_id +
                                                       "; name the variant id (var_…)");
  }
  return VariantId::parse(found[0]);
}

Result<VariantName> name_of_variant(store::Connection& connection, const VariantId& id) {
  VariantName name;
  const std::array<store::Parameter, 1> parameters = {std::string_view(id.str())};
  RETURN_IF_ERROR(
      connection.query("SELECT variants.sku, products.handle FROM variants "
                       "JOIN products ON products.id = variants.product_id WHERE variants.id = $1",
                       parameters, [&](const store::Row& row) -> Status {
                         name.sku = row.text(0);
                         name.handle = row.text(1);
                         return {};
                       }));
  return name;
}

}  // namespace dermaga::catalog

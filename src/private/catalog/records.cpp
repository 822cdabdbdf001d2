#include "records.h"

#include "digest/digest.h"

namespace dermaga::catalog {

ProductId product_id(std::string_view handle) {
  return ProductId::from_bytes(digest::sha256("product\n" + std::string(handle)));
}

CategoryId category_id(std::string_view handle) {
  return CategoryId::from_bytes(digest::sha256("category\n" + std::string(handle)));
}

VariantId variant_id(std::string_view handle, const std::array<std::string, 3>& options) {
  std::string name = "variant\n" + std::string(handle);
  for (const std::string& option : options) {
    name += '\n' + option;
  }
  return VariantId::from_bytes(digest::sha256(name));
}

}  // namespace dermaga::catalog

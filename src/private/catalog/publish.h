#pragma once

#include <string>

#include "config/config.h"
#include "contract/catalog.h"
#include "pricing/pricing.h"
#include "result/result.h"
#include "store/database.h"

namespace dermaga::catalog {

// The shop's settings as edges and price books know them.
pricing::Rules rules_of(const config::Shop& shop);

// Everything of a snapshot but its version and assortment.
contract::CatalogSnapshot snapshot_head(const config::Shop& shop);

// Changes exactly when an edge would see other settings.
std::string shop_digest(const config::Shop& shop);

// The public products as the tables hold them now. Variants priced in another currency than the
// shop's, and products left without variants by that, stay out.
Result<product::Assortment> load_assortment(store::Connection& connection,
                                            const config::Shop& shop);

}  // namespace dermaga::catalog

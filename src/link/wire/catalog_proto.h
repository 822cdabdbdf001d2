#pragma once

#include "checker.h"
#include "contract/catalog.h"

namespace dermaga::wire {

// The catalog snapshot to protobuf and back.
void put_snapshot(const contract::CatalogSnapshot& snapshot, v1::CatalogSnapshot* out);
contract::CatalogSnapshot read_snapshot(const v1::CatalogSnapshot& in, Checker& checker);

}  // namespace dermaga::wire

#pragma once

#include <string>

#include "contract/catalog.h"
#include "result/result.h"

namespace dermaga::edge_node {

// keys.json: {"derivation_key","catalog_public_key"} in base64url and "sealing_keys" as core wrote
// it. Read only when the file's mode is 0600.
Status write_key_file(const std::string& path, const contract::EdgeKeys& keys);
Result<contract::EdgeKeys> read_key_file(const std::string& path);

}  // namespace dermaga::edge_node

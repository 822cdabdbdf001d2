#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "serving/server.h"

namespace dermaga::serving {

// The role in a certificate's URI names; none unless exactly one of them is of this shop.
std::optional<Role> role_of(const std::vector<std::string>& uris, std::string_view shop_id);

// Deny by default: true only for what the table names. `method` is "/package.Service/Method".
bool is_allowed(std::string_view role_path, std::string_view method);

}  // namespace dermaga::serving

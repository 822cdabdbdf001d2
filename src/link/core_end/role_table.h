#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dermaga::core_end {

// Who is calling: the path after dermaga://<shop>/ in the certificate ("public/edge").
struct Role {
  std::string path;
  std::string uri;
};

// The role in a certificate's URI names; none unless exactly one of them is of this shop.
std::optional<Role> role_of(const std::vector<std::string>& uris, std::string_view shop_id);

// Deny by default: true only for what the table names. `method` is "/package.Service/Method".
bool is_allowed(std::string_view role_path, std::string_view method);

}  // namespace dermaga::core_end

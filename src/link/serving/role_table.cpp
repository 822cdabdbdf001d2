#include "role_table.h"

namespace dermaga::serving {

namespace {

struct Permission {
  std::string_view role;
  std::string_view method;
};

// The whole of what the public zone may ask of core, and edges of spools. Roles that are not here
// (operators, programs of later times) may call nothing.
constexpr Permission kPermissions[] = {
    {"public/edge", "/dermaga.link.v1.Catalog/Watch"},
    {"public/edge", "/dermaga.link.v1.Catalog/GetAsset"},
    {"public/edge", "/dermaga.link.v1.Orders/Place"},
    {"public/edge", "/dermaga.link.v1.Orders/View"},
    {"public/edge", "/dermaga.link.v1.Sealed/Call"},
    {"public/edge", "/dermaga.link.v1.Capacity/Watch"},
    {"public/edge", "/dermaga.link.v1.Keys/Get"},
    {"public/edge", "/dermaga.link.v1.Certificates/Renew"},
    {"public/edge", "/dermaga.link.v1.Audit/Witness"},
    {"public/edge", "/dermaga.link.v1.Spool/Append"},
    {"public/edge", "/dermaga.link.v1.Spool/View"},
    {"public/spool", "/dermaga.link.v1.Orders/Deliver"},
    {"public/spool", "/dermaga.link.v1.Leases/Exchange"},
    {"public/spool", "/dermaga.link.v1.Capacity/Watch"},
    {"public/spool", "/dermaga.link.v1.Certificates/Renew"},
    {"public/probe", "/dermaga.link.v1.Catalog/Watch"},
    {"public/probe", "/dermaga.link.v1.Certificates/Renew"},
};

}  // namespace

std::optional<Role> role_of(const std::vector<std::string>& uris, std::string_view shop_id) {
  const std::string prefix = "dermaga://" + std::string(shop_id) + "/";
  std::optional<Role> role;
  for (const std::string& uri : uris) {
    if (!uri.starts_with("dermaga://")) {
      continue;
    }
    if (role.has_value() || !uri.starts_with(prefix) || uri.size() == prefix.size()) {
      return std::nullopt;
    }
    role = Role{.path = uri.substr(prefix.size()), .uri = uri};
  }
  return role;
}

bool is_allowed(std::string_view role_path, std::string_view method) {
  for (const Permission& permission : kPermissions) {
    if (permission.role == role_path && permission.method == method) {
      return true;
    }
  }
  return false;
}

}  // namespace dermaga::serving

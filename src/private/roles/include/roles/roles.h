#pragma once

#include <bitset>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "result/result.h"

namespace dermaga::roles {

// One for each kind of act; the table in roles.cpp names them all.
enum class Permission : std::uint8_t {
  kShopRead,
  kCatalogImport,
  kStockRead,
  kStockAdjust,
  kOrdersRead,
  kOrdersCancel,
  kOrdersFulfil,
  kOrdersRefund,
  kLeasesRead,
  kLeasesAbandon,
  kCustomersReveal,
  kCustomersExport,
  kCustomersErase,
  kAuditRead,
  kAuditExport,
  kKeysRead,
  kKeysRotate,
  kKeysDestroy,
  kStaffRead,
  kStaffManage,
  kRolesManage,
  kTokensManage,
  kApprovalsRead,
};
inline constexpr std::size_t kPermissions = 23;

std::span<const Permission> all_permissions();
// "orders.refund": in the API, in custom roles and tokens.
std::string_view name(Permission permission);
std::optional<Permission> permission_from(std::string_view name);
// Whether it wants a fresh second factor and a reason.
bool asks_again(Permission permission);

class PermissionSet {
 public:
  PermissionSet() = default;
  PermissionSet(std::initializer_list<Permission> permissions);

  bool has(Permission permission) const { return bits_[static_cast<std::size_t>(permission)]; }
  void add(Permission permission) { bits_.set(static_cast<std::size_t>(permission)); }
  bool contains(const PermissionSet& other) const { return (other.bits_ & ~bits_).none(); }
  bool empty() const { return bits_.none(); }
  PermissionSet operator&(const PermissionSet& other) const;
  friend bool operator==(const PermissionSet&, const PermissionSet&) = default;

  // In the table's order.
  std::vector<std::string_view> names() const;
  // Names with one space between them; kInvalidArgument for one that is none.
  static Result<PermissionSet> parse(std::string_view names);
  std::string str() const;

 private:
  std::bitset<kPermissions> bits_;
};

// Built-in roles; the first one may do everything.
inline constexpr std::string_view kOwner = "owner";
struct Role {
  std::string_view name;
  PermissionSet permissions;
};
std::span<const Role> built_in();
// nullopt for a name that is not built in.
std::optional<PermissionSet> permissions_of(std::string_view role);

}  // namespace dermaga::roles

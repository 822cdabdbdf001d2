#include "roles/roles.h"

#include <algorithm>
#include <array>

namespace dermaga::roles {
namespace {

struct PermissionRow {
  Permission permission;
  std::string_view name;
  bool asks_again;
};

constexpr PermissionRow kTable[] = {
    {Permission::kShopRead, "shop.read", false},
    {Permission::kCatalogImport, "catalog.import", false},
    {Permission::kStockRead, "stock.read", false},
    {Permission::kStockAdjust, "stock.adjust", false},
    {Permission::kOrdersRead, "orders.read", false},
    {Permission::kOrdersCancel, "orders.cancel", false},
    {Permission::kOrdersFulfil, "orders.fulfil", false},
    {Permission::kOrdersRefund, "orders.refund", true},
    {Permission::kLeasesRead, "leases.read", false},
    {Permission::kLeasesAbandon, "leases.abandon", true},
    {Permission::kCustomersReveal, "customers.reveal", true},
    {Permission::kCustomersExport, "customers.export", true},
    {Permission::kCustomersErase, "customers.erase", true},
    {Permission::kAuditRead, "audit.read", false},
    {Permission::kAuditExport, "audit.export", true},
    {Permission::kKeysRead, "keys.read", false},
    {Permission::kKeysRotate, "keys.rotate", true},
    {Permission::kKeysDestroy, "keys.destroy", true},
    {Permission::kStaffRead, "staff.read", false},
    {Permission::kStaffManage, "staff.manage", true},
    {Permission::kRolesManage, "roles.manage", true},
    {Permission::kTokensManage, "tokens.manage", true},
    {Permission::kApprovalsRead, "approvals.read", false},
};
static_assert(std::size(kTable) == kPermissions);
static_assert([] {
  for (std::size_t index = 0; index < kPermissions; ++index) {
    if (static_cast<std::size_t>(kTable[index].permission) != index) {
      return false;
    }
  }
  return true;
}());

constexpr auto kAll = [] {
  std::array<Permission, kPermissions> all{};
  std::ranges::transform(kTable, all.begin(), &PermissionRow::permission);
  return all;
}();

PermissionSet everything() {
  PermissionSet set;
  for (const Permission permission : kAll) {
    set.add(permission);
  }
  return set;
}

}  // namespace

std::span<const Permission> all_permissions() {
  return kAll;
}

std::string_view name(Permission permission) {
  return kTable[static_cast<std::size_t>(permission)].name;
}

std::optional<Permission> permission_from(std::string_view name) {
  const auto* const found = std::ranges::find(kTable, name, &PermissionRow::name);
  return found == std::end(kTable) ? std::nullopt : std::optional(found->permission);
}

bool asks_again(Permission permission) {
  return kTable[static_cast<std::size_t>(permission)].asks_again;
}

PermissionSet::PermissionSet(std::initializer_list<Permission> permissions) {
  for (const Permission permission : permissions) {
    add(permission);
  }
}

PermissionSet PermissionSet::operator&(const PermissionSet& other) const {
  PermissionSet both;
  both.bits_ = bits_ & other.bits_;
  return both;
}

std::vector<std::string_view> PermissionSet::names() const {
  std::vector<std::string_view> out;
  for (const PermissionRow& row : kTable) {
    if (has(row.permission)) {
      out.push_back(row.name);
    }
  }
  return out;
}

Result<PermissionSet> PermissionSet::parse(std::string_view names) {
  PermissionSet set;
  while (!names.empty()) {
    const std::size_t space = std::min(names.find(' '), names.size());
    const auto permission = permission_from(names.substr(0, space));
    if (!permission.has_value()) {
      return make_error(ErrorCode::kInvalidArgument,
                        "there is no permission \"" + std::string(names.substr(0, space)) + "\"");
    }
    set.add(*permission);
    names.remove_prefix(std::min(space + 1, names.size()));
  }
  return set;
}

std::string PermissionSet::str() const {
  std::string text;
  for (const std::string_view one : names()) {
    text.append(text.empty() ? "" : " ").append(one);
  }
  return text;
}

std::span<const Role> built_in() {
  using enum Permission;
  static const Role kRoles[] = {
      {kOwner, everything()},
      {"operator",
       {kShopRead, kStockRead, kOrdersRead, kLeasesRead, kLeasesAbandon, kAuditRead, kKeysRead,
        kKeysRotate, kStaffRead}},
      {"catalog", {kShopRead, kCatalogImport, kStockRead, kStockAdjust}},
      {"fulfilment", {kShopRead, kStockRead, kStockAdjust, kOrdersRead, kOrdersFulfil}},
      {"support",
       {kShopRead, kStockRead, kOrdersRead, kOrdersCancel, kOrdersRefund, kCustomersReveal,
        kApprovalsRead}},
      {"analyst", {kShopRead, kStockRead, kOrdersRead}},
      {"auditor",
       {kShopRead, kOrdersRead, kLeasesRead, kAuditRead, kAuditExport, kKeysRead, kStaffRead,
        kApprovalsRead}},
  };
  return kRoles;
}

std::optional<PermissionSet> permissions_of(std::string_view role) {
  for (const Role& known : built_in()) {
    if (known.name == role) {
      return known.permissions;
    }
  }
  return std::nullopt;
}

}  // namespace dermaga::roles

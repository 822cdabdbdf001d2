#include "identity/custom_roles.h"

#include <algorithm>
#include <utility>

#include "records.h"

namespace dermaga::identity {
namespace {

constexpr std::size_t kNameBytesMax = 32;

Status check(const CustomRole& role, const Principal& principal) {
  const std::string& name = role.name;
  const auto allowed = [](char character) {
    return (character >= 'a' && character <= 'z') || (character >= '0' && character <= '9') ||
           character == '-';
  };
  if (name.size() < 2 || name.size() > kNameBytesMax || name[0] < 'a' || name[0] > 'z' ||
      !std::ranges::all_of(name, allowed)) {
    return make_error(ErrorCode::kInvalidArgument,
                      "a role's name has 2 to 32 lower-case letters, digits and dashes and begins "
                      "with a letter");
  }
  if (roles::permissions_of(name).has_value()) {
    return make_error(ErrorCode::kAlreadyExists, "the role " + name + " is built in");
  }
  return principal.permissions.contains(role.permissions)
             ? Status()
             : make_error(ErrorCode::kForbidden, "nobody may give what they may not do themselves");
}

Status record(store::Connection& connection, const Ports& ports, const Principal& principal,
              std::string_view action, const std::string& name, std::string detail) {
  return append_act(connection, ports,
                    {.actor = principal.actor,
                     .action = std::string(action),
                     .subject = name,
                     .detail = std::move(detail),
                     .reason = principal.reason});
}

// Whoever changes a role must have had what it could do before, too.
Status check_may_touch(store::Connection& connection, const std::string& name,
                       const Principal& principal) {
  ASSIGN_OR_RETURN(const auto before, permissions_of(connection, name));
  return principal.permissions.contains(before)
             ? Status()
             : make_error(ErrorCode::kForbidden, "the role may do more than whoever changes it");
}

}  // namespace

Result<std::vector<CustomRole>> CustomRoles::list() {
  ASSIGN_OR_RETURN(const auto connection, ports_.database.connect_read_only());
  std::vector<CustomRole> found;
  RETURN_IF_ERROR(connection->query(
      "SELECT name, permissions, version FROM staff_roles ORDER BY name", {},
      [&found](const store::Row& row) -> Status {
        ASSIGN_OR_RETURN(auto permissions, roles::PermissionSet::parse(row.text(1)));
        found.push_back({.name = std::string(row.text(0)),
                         .permissions = permissions,
                         .version = row.integer(2)});
        return {};
      }));
  return found;
}

Result<CustomRole> CustomRoles::make(const CustomRole& role, const Principal& principal) {
  RETURN_IF_ERROR(audit::check_reason(principal.reason));
  RETURN_IF_ERROR(check(role, principal));
  ASSIGN_OR_RETURN(const auto connection, ports_.database.connect());
  ASSIGN_OR_RETURN(auto transaction, store::Transaction::begin(*connection));
  std::int64_t number = 0;
  RETURN_IF_ERROR(connection->query("SELECT COUNT(*) FROM staff_roles", {},
                                    [&number](const store::Row& row) -> Status {
                                      number = row.integer(0);
                                      return {};
                                    }));
  if (number >= static_cast<std::int64_t>(kCustomRolesMax)) {
    return make_error(ErrorCode::kInvalidArgument, "a shop has at most 50 roles of its own");
  }
  const std::string names = role.permissions.str();
  const store::Parameter row[] = {std::string_view(role.name), std::string_view(names)};
  auto made = connection->execute(
      "INSERT INTO staff_roles (name, permissions, version) VALUES ($1, $2, 1)", row);
  if (!made.has_value()) {
    return made.error().code() == ErrorCode::kAlreadyExists
               ? make_error(ErrorCode::kAlreadyExists, "there is a role of this name")
               : std::unexpected(std::move(made).error());
  }
  RETURN_IF_ERROR(record(*connection, ports_, principal, "role.make", role.name, names));
  RETURN_IF_ERROR(transaction.commit());
  return CustomRole{.name = role.name, .permissions = role.permissions, .version = 1};
}

Result<CustomRole> CustomRoles::change(const CustomRole& role, const Principal& principal) {
  RETURN_IF_ERROR(audit::check_reason(principal.reason));
  RETURN_IF_ERROR(check(role, principal));
  ASSIGN_OR_RETURN(const auto connection, ports_.database.connect());
  ASSIGN_OR_RETURN(auto transaction, store::Transaction::begin(*connection));
  RETURN_IF_ERROR(check_may_touch(*connection, role.name, principal));
  const std::string names = role.permissions.str();
  const store::Parameter row[] = {std::string_view(role.name), std::string_view(names),
                                  role.version};
  ASSIGN_OR_RETURN(const auto changed,
                   connection->execute("UPDATE staff_roles SET permissions = $2, version = version "
                                       "+ 1 WHERE name = $1 AND version = $3",
                                       row));
  if (changed != 1) {
    return make_error(ErrorCode::kVersionConflict, "somebody changed this role meanwhile");
  }
  RETURN_IF_ERROR(connection->execute(
      "DELETE FROM staff_sessions WHERE staff_id IN (SELECT staff_id FROM staff WHERE role = $1)",
      std::span(row).first(1)));
  RETURN_IF_ERROR(record(*connection, ports_, principal, "role.change", role.name, names));
  RETURN_IF_ERROR(transaction.commit());
  return CustomRole{
      .name = role.name, .permissions = role.permissions, .version = role.version + 1};
}

Status CustomRoles::remove(const std::string& name, const Principal& principal) {
  RETURN_IF_ERROR(audit::check_reason(principal.reason));
  ASSIGN_OR_RETURN(const auto connection, ports_.database.connect());
  ASSIGN_OR_RETURN(auto transaction, store::Transaction::begin(*connection));
  // Whoever gives the role at this moment waits, or is seen here.
  ASSIGN_OR_RETURN(const bool claimed, connection->claim("staff", true));
  if (!claimed) {
    return make_error(ErrorCode::kUnavailable, "others change the staff");
  }
  RETURN_IF_ERROR(check_may_touch(*connection, name, principal));
  std::int64_t having = 0;
  const store::Parameter key[] = {std::string_view(name)};
  RETURN_IF_ERROR(connection->query("SELECT COUNT(*) FROM staff WHERE role = $1", key,
                                    [&having](const store::Row& row) -> Status {
                                      having = row.integer(0);
                                      return {};
                                    }));
  if (having > 0) {
    return make_error(ErrorCode::kVersionConflict,
                      std::to_string(having) + " of the staff have this role; give them another");
  }
  ASSIGN_OR_RETURN(const auto removed,
                   connection->execute("DELETE FROM staff_roles WHERE name = $1", key));
  if (removed == 0) {
    return make_error(ErrorCode::kNotFound, "there is no such role");
  }
  RETURN_IF_ERROR(record(*connection, ports_, principal, "role.remove", name, ""));
  return transaction.commit();
}

}  // namespace dermaga::identity

#include "records.h"

#include <algorithm>
#include <span>
#include <utility>

#include "digest/digest.h"
#include "encoding/encoding.h"

namespace dermaga::identity {
namespace {

constexpr std::size_t kEmailBytesMax = 254;  // RFC 5321 §4.5.3.1.3, less the angle brackets
constexpr std::size_t kNameBytesMax = 100;

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  return first == text.npos ? std::string_view()
                            : text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

bool is_printable(std::string_view text) {
  return encoding::is_utf8(text) && std::ranges::none_of(text, [](char character) {
           return static_cast<unsigned char>(character) < 0x20 || character == 0x7f;
         });
}

}  // namespace

std::string_view name(StaffStatus status) {
  switch (status) {
    case StaffStatus::kInvited:
      return "invited";
    case StaffStatus::kActive:
      return "active";
    case StaffStatus::kDisabled:
      return "disabled";
  }
  return "";
}

audit::Actor actor_of(const Caller& caller) {
  return {
      .name = caller.token.empty() ? "staff:" + caller.staff.str() : "token:" + caller.token.str(),
      .source = caller.source};
}

Principal host_principal(audit::Actor actor, std::string reason) {
  return {.actor = std::move(actor),
          .permissions = roles::permissions_of(roles::kOwner).value_or(roles::PermissionSet()),
          .reason = std::move(reason),
          .is_host = true};
}

Result<vault::EmailAddress> normalized(const vault::EmailAddress& email) {
  const std::string_view text = trimmed(email.reveal());
  const std::size_t at = text.find('@');
  if (text.size() > kEmailBytesMax || at == 0 || at == text.npos || at + 1 == text.size() ||
      text.find('@', at + 1) != text.npos || text.find(' ') != text.npos || !is_printable(text)) {
    return make_error(ErrorCode::kInvalidArgument, "the e-mail address is not one");
  }
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](char character) {
    return character >= 'A' && character <= 'Z' ? static_cast<char>(character | 0x20) : character;
  });
  return vault::EmailAddress(std::move(lower));
}

Result<vault::PersonName> normalized(const vault::PersonName& name) {
  const std::string_view text = trimmed(name.reveal());
  if (text.empty() || text.size() > kNameBytesMax || !is_printable(text)) {
    return make_error(ErrorCode::kInvalidArgument, "a name has 1 to 100 bytes of plain text");
  }
  return vault::PersonName(std::string(text));
}

std::string index_of(const Ports& ports, const vault::EmailAddress& normalized_email) {
  return ports.index.of("staff.email", normalized_email);
}

std::string seal(const Ports& ports, std::string_view table, std::string_view column,
                 std::string_view row, const vault::SecretText& text) {
  return ports.field_key.seal_field({table, column, row}, text, ports.random);
}

Result<vault::SecretText> open(const Ports& ports, std::string_view table, std::string_view column,
                               std::string_view row, std::string_view sealed) {
  return sealed.empty() ? vault::SecretText()
                        : ports.field_key.open_field({table, column, row}, sealed);
}

Result<roles::PermissionSet> permissions_of(store::Connection& connection,
                                            const std::string& role) {
  std::optional<roles::PermissionSet> found = roles::permissions_of(role);
  if (!found.has_value()) {
    const store::Parameter key[] = {std::string_view(role)};
    RETURN_IF_ERROR(connection.query("SELECT permissions FROM staff_roles WHERE name = $1", key,
                                     [&found](const store::Row& row) -> Status {
                                       ASSIGN_OR_RETURN(found,
                                                        roles::PermissionSet::parse(row.text(0)));
                                       return {};
                                     }));
  }
  if (!found.has_value()) {
    return make_error(ErrorCode::kNotFound, "there is no such role");
  }
  return *found;
}

Status append_act(store::Connection& connection, const Ports& ports, audit::Act act) {
  return audit::append(connection, std::span(&act, 1), ports.clock.now());
}

Result<std::int64_t> delete_sessions(store::Connection& connection, const StaffId& staff,
                                     const SessionId& except) {
  const store::Parameter keys[] = {std::string_view(staff.str()), std::string_view(except.str())};
  return connection.execute("DELETE FROM staff_sessions WHERE staff_id = $1 AND session_id <> $2",
                            keys);
}

}  // namespace dermaga::identity

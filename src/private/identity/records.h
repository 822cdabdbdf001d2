#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "audit/audit.h"
#include "identity/people.h"
#include "identity/ports.h"
#include "proofs/secrets.h"
#include "store/database.h"

namespace dermaga::identity {

// An address in the one form that is stored and looked up: trimmed, ASCII letters lower.
// kInvalidArgument for what is none, without repeating it.
Result<vault::EmailAddress> normalized(const vault::EmailAddress& email);
// 1 to 100 bytes of UTF-8 without control characters, trimmed.
Result<vault::PersonName> normalized(const vault::PersonName& name);

std::string index_of(const Ports& ports, const vault::EmailAddress& normalized_email);
std::string seal(const Ports& ports, std::string_view table, std::string_view column,
                 std::string_view row, const vault::SecretText& text);
// Of an empty field the empty text.
Result<vault::SecretText> open(const Ports& ports, std::string_view table, std::string_view column,
                               std::string_view row, std::string_view sealed);

// Of a built-in or custom role; kNotFound.
Result<roles::PermissionSet> permissions_of(store::Connection& connection, const std::string& role);

Status append_act(store::Connection& connection, const Ports& ports, audit::Act act);

// Ends all sessions of a person but one, in the caller's transaction; how many.
Result<std::int64_t> delete_sessions(store::Connection& connection, const StaffId& staff,
                                     const SessionId& except = {});

}  // namespace dermaga::identity

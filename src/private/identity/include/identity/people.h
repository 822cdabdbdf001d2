#pragma once

#include <cstdint>
#include <string>

#include "audit/audit.h"
#include "clock/clock.h"
#include "ids/ids.h"
#include "roles/roles.h"
#include "vault/secret.h"

namespace dermaga::identity {

enum class StaffStatus : std::uint8_t { kInvited = 0, kActive = 1, kDisabled = 2 };
std::string_view name(StaffStatus status);

// One of the staff, opened. An invited first owner has neither address nor name yet.
struct Member {
  StaffId id;
  vault::EmailAddress email;
  vault::PersonName name;
  std::string role;
  StaffStatus status = StaffStatus::kInvited;
  std::int64_t passkeys = 0;
  UtcTime created_at;
  std::int64_t version = 0;  // changes name the version they saw
};

// From where a request came: what sessions and the audit log keep of it.
struct Visitor {
  std::string source;      // numeric address
  std::string user_agent;  // as sent, cut to 200 bytes of UTF-8
};

struct Session {
  SessionId id;
  StaffId staff;
  std::string method;  // "password", "passkey", "enrolment"
  Visitor visitor;
  UtcTime created_at;
  UtcTime last_seen_at;
  UtcTime expires_at;
};

// Whoever asks, known by a session or a token.
struct Caller {
  StaffId staff;  // of a token: who made it
  std::string role;
  roles::PermissionSet permissions;
  SessionId session;      // empty: it is a token
  ApiTokenId token;       // empty: it is a session
  bool is_fresh = false;  // a second factor was given within kStepUpMinutes
  std::string source;
};

// As the audit log names them: "staff:stf_…" or "token:tok_…".
audit::Actor actor_of(const Caller& caller);

// Whoever decides over others' rights: nobody may give, change or take what they do not have.
struct Principal {
  audit::Actor actor;
  roles::PermissionSet permissions;
  std::string reason;
  bool is_host = false;
};
// The private host's own user, who has the keys anyway.
Principal host_principal(audit::Actor actor, std::string reason);

// A session's secret, told once: 32 random bytes in base64url. Only its hash is kept.
using SessionToken = vault::Secret<struct SessionTokenTag>;

struct SignedIn {
  SessionToken token;
  Session session;
};

}  // namespace dermaga::identity

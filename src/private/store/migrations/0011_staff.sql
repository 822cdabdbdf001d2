-- Staff: who they are, how they prove it, what they may do (docs/reference/staff-tables.md). Columns
-- named *_sealed are encrypted under the purpose key "staff-fields"; *_hash is SHA-256 of a random
-- secret that only its holder knows; times are milliseconds since 1970 UTC.

-- status: 0 invited, 1 active, 2 disabled. email_index is a keyed index, equal for equal addresses.
CREATE TABLE staff (
  staff_id TEXT PRIMARY KEY,
  email_index BLOB UNIQUE,
  email_sealed BLOB NOT NULL,
  name_sealed BLOB NOT NULL,
  role TEXT NOT NULL,
  status INTEGER NOT NULL CHECK (status BETWEEN 0 AND 2),
  password_hash TEXT NOT NULL,
  totp_sealed BLOB NOT NULL,
  totp_last_step INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  version INTEGER NOT NULL
) STRICT;

-- One open invitation of a person; using it, or inviting again, ends it.
CREATE TABLE staff_invitations (
  staff_id TEXT PRIMARY KEY REFERENCES staff (staff_id),
  token_hash BLOB NOT NULL UNIQUE,
  totp_sealed BLOB NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT;

CREATE TABLE staff_sessions (
  session_id TEXT PRIMARY KEY,
  token_hash BLOB NOT NULL UNIQUE,
  staff_id TEXT NOT NULL REFERENCES staff (staff_id),
  method TEXT NOT NULL,
  source TEXT NOT NULL,
  user_agent TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  last_seen_at INTEGER NOT NULL,
  stepped_up_at INTEGER NOT NULL
) STRICT;
CREATE INDEX staff_sessions_by_staff ON staff_sessions (staff_id);

CREATE TABLE staff_passkeys (
  passkey_id TEXT PRIMARY KEY,
  credential_id BLOB NOT NULL UNIQUE,
  staff_id TEXT NOT NULL REFERENCES staff (staff_id),
  label TEXT NOT NULL,
  public_key BLOB NOT NULL,
  algorithm INTEGER NOT NULL,
  sign_count INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  last_used_at INTEGER NOT NULL
) STRICT;
CREATE INDEX staff_passkeys_by_staff ON staff_passkeys (staff_id);

-- WebAuthn challenges that were given out; each is answered once. subject: whom it was for.
CREATE TABLE staff_challenges (
  challenge_hash BLOB PRIMARY KEY,
  subject TEXT NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT;

CREATE TABLE staff_recovery_codes (
  staff_id TEXT NOT NULL REFERENCES staff (staff_id),
  code_hash BLOB NOT NULL,
  PRIMARY KEY (staff_id, code_hash)
) STRICT, WITHOUT ROWID;

-- Places from which a person has signed in: attackers elsewhere do not use up their tries.
CREATE TABLE staff_known_sources (
  staff_id TEXT NOT NULL REFERENCES staff (staff_id),
  source_hash BLOB NOT NULL,
  last_used_at INTEGER NOT NULL,
  PRIMARY KEY (staff_id, source_hash)
) STRICT, WITHOUT ROWID;

-- Tries that failed, or are under way, by what they are counted for.
CREATE TABLE staff_tries (
  budget_hash BLOB PRIMARY KEY,
  tries INTEGER NOT NULL,
  window_began_at INTEGER NOT NULL
) STRICT;

-- Roles besides the built-in ones; permissions are names with one space between them.
CREATE TABLE staff_roles (
  name TEXT PRIMARY KEY,
  permissions TEXT NOT NULL,
  version INTEGER NOT NULL
) STRICT;

CREATE TABLE api_tokens (
  token_id TEXT PRIMARY KEY,
  token_hash BLOB NOT NULL UNIQUE,
  label TEXT NOT NULL,
  permissions TEXT NOT NULL,
  created_by TEXT NOT NULL REFERENCES staff (staff_id),
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  last_used_at INTEGER NOT NULL
) STRICT;

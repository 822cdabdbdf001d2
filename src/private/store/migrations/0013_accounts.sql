-- Shoppers with an account (docs/reference/account-tables.md). Columns named *_sealed are encrypted
-- under the customer's own key; *_hash is SHA-256 of a random secret that only its holder knows; times
-- are milliseconds since 1970 UTC.

-- Shared by staff and shoppers from now on; what they are for says their key.
ALTER TABLE staff_tries RENAME TO tries;
ALTER TABLE staff_challenges RENAME TO challenges;

-- email_index is a keyed index, equal for equal addresses.
CREATE TABLE accounts (
  customer_id TEXT PRIMARY KEY,
  email_index BLOB NOT NULL UNIQUE,
  wrapped_key BLOB NOT NULL,
  kek_version INTEGER NOT NULL,
  email_sealed BLOB NOT NULL,
  name_sealed BLOB NOT NULL,
  phone_sealed BLOB NOT NULL,
  locale TEXT NOT NULL,
  password_hash TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  last_seen_at INTEGER NOT NULL,
  version INTEGER NOT NULL
) STRICT;
CREATE INDEX accounts_by_last_seen ON accounts (last_seen_at);

-- Signed up, the address not proven yet; several of one address may wait. consents: purposes with one
-- space between them.
CREATE TABLE account_sign_ups (
  code_hash BLOB PRIMARY KEY,
  customer_id TEXT NOT NULL UNIQUE,
  email_index BLOB NOT NULL,
  wrapped_key BLOB NOT NULL,
  kek_version INTEGER NOT NULL,
  email_sealed BLOB NOT NULL,
  name_sealed BLOB NOT NULL,
  locale TEXT NOT NULL,
  password_hash TEXT NOT NULL,
  consents TEXT NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT;

CREATE INDEX account_sign_ups_by_expiry ON account_sign_ups (expires_at);
CREATE INDEX account_sign_ups_by_address ON account_sign_ups (email_index);

-- Codes that were mailed to set a new password.
CREATE TABLE account_resets (
  code_hash BLOB PRIMARY KEY,
  customer_id TEXT NOT NULL REFERENCES accounts (customer_id),
  expires_at INTEGER NOT NULL
) STRICT;

-- A session belongs to the reply key that signed in.
CREATE TABLE account_sessions (
  secret_hash BLOB PRIMARY KEY,
  customer_id TEXT NOT NULL REFERENCES accounts (customer_id),
  reply_thumbprint TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  last_seen_at INTEGER NOT NULL
) STRICT;
CREATE INDEX account_sessions_by_customer ON account_sessions (customer_id);

-- Browsers (by their reply key) that have signed in: strangers do not use up their tries.
CREATE TABLE account_known_keys (
  customer_id TEXT NOT NULL REFERENCES accounts (customer_id),
  reply_thumbprint TEXT NOT NULL,
  last_used_at INTEGER NOT NULL,
  PRIMARY KEY (customer_id, reply_thumbprint)
) STRICT, WITHOUT ROWID;

CREATE TABLE account_passkeys (
  passkey_id TEXT PRIMARY KEY,
  credential_id BLOB NOT NULL UNIQUE,
  customer_id TEXT NOT NULL REFERENCES accounts (customer_id),
  label_sealed BLOB NOT NULL,
  public_key BLOB NOT NULL,
  algorithm INTEGER NOT NULL,
  sign_count INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  last_used_at INTEGER NOT NULL
) STRICT;
CREATE INDEX account_passkeys_by_customer ON account_passkeys (customer_id);

CREATE TABLE account_addresses (
  address_id TEXT PRIMARY KEY,
  customer_id TEXT NOT NULL REFERENCES accounts (customer_id),
  address_sealed BLOB NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX account_addresses_by_customer ON account_addresses (customer_id);

-- What a person agreed to, and when; the newest row of a purpose counts.
CREATE TABLE account_consents (
  customer_id TEXT NOT NULL REFERENCES accounts (customer_id),
  entry_no INTEGER NOT NULL,
  purpose TEXT NOT NULL,
  given INTEGER NOT NULL CHECK (given IN (0, 1)),
  recorded_at INTEGER NOT NULL,
  PRIMARY KEY (customer_id, entry_no)
) STRICT, WITHOUT ROWID;

-- Orders in an account's history. Whoever an order is for still has a key of their own.
CREATE TABLE account_orders (
  customer_id TEXT NOT NULL,
  order_number INTEGER NOT NULL UNIQUE REFERENCES orders (order_number),
  PRIMARY KEY (customer_id, order_number)
) STRICT, WITHOUT ROWID;

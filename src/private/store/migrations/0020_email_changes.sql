-- Another e-mail address of an account until the mailed code came back, for a day; one of an account waits.
-- email_sealed: sealed as accounts.email_sealed, whose place it takes.
CREATE TABLE account_email_changes (
  code_hash BLOB PRIMARY KEY,
  customer_id TEXT NOT NULL UNIQUE REFERENCES accounts (customer_id),
  email_index BLOB NOT NULL,
  email_sealed BLOB NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX account_email_changes_by_expiry ON account_email_changes (expires_at);

-- Cards that shoppers saved (docs/reference/card-vault.md). expires_at: when its last month is over.
CREATE TABLE account_cards (
  card_id TEXT PRIMARY KEY,
  customer_id TEXT NOT NULL REFERENCES accounts (customer_id),
  number_sealed BLOB NOT NULL CHECK (length(number_sealed) > 0),
  shown_sealed BLOB NOT NULL CHECK (length(shown_sealed) > 0),
  expires_at INTEGER NOT NULL,
  saved_at INTEGER NOT NULL
) STRICT;
CREATE INDEX account_cards_by_customer ON account_cards (customer_id);
CREATE INDEX account_cards_by_expiry ON account_cards (expires_at);

-- Orders that a spool took while core was away (docs/reference/orders-tables.md).

-- How the shopper was first answered: 0 by core, 1 with 202 by a spool, 2 with 201 by a spool that
-- sold from a stock lease. A replay answers likewise.
ALTER TABLE orders ADD COLUMN first_answer INTEGER NOT NULL DEFAULT 0;

-- Delivered orders that core could not accept, remembered forever like accepted ones: cancelled, with
-- the reason. Where the box opened, who ordered, sealed under a key of its own as in customers, so that
-- staff can write to them; NULL otherwise.
CREATE TABLE declined_orders (
  order_id TEXT PRIMARY KEY,
  idempotency_key TEXT NOT NULL,
  body_sha256 BLOB NOT NULL,
  first_answer INTEGER NOT NULL CHECK (first_answer BETWEEN 1 AND 2),
  reason TEXT NOT NULL CHECK (reason <> ''),
  currency TEXT NOT NULL,
  total INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  decided_at INTEGER NOT NULL,
  customer_id TEXT,
  wrapped_key BLOB,
  kek_version INTEGER,
  name_sealed BLOB,
  email_sealed BLOB,
  phone_sealed BLOB,
  locale TEXT,
  reply_thumbprint TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX declined_orders_by_time ON declined_orders (decided_at);

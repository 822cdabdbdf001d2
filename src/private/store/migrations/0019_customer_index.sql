-- Whoever ordered or has an account, by address and number (docs/reference/orders-tables.md). kind: 1 e-mail,
-- 2 phone; value: a keyed index, equal for equal texts. created_at is the person's, so that the newest come
-- first.
CREATE TABLE customer_index (
  kind INTEGER NOT NULL CHECK (kind IN (1, 2)),
  value BLOB NOT NULL,
  created_at INTEGER NOT NULL,
  customer_id TEXT NOT NULL,
  PRIMARY KEY (kind, value, created_at, customer_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX customer_index_by_customer ON customer_index (customer_id);

-- The first customer number that is not indexed yet, and the country code that numbers were completed with.
INSERT INTO sequences (name, next) VALUES ('customer_index', 1), ('customer_index_country', 62);

-- Of the rest each row says itself whether it is to be indexed (again).
ALTER TABLE declined_orders ADD COLUMN index_due INTEGER NOT NULL DEFAULT 1;
CREATE INDEX declined_orders_index_due ON declined_orders (order_id) WHERE index_due = 1 AND length(wrapped_key) > 0;
ALTER TABLE accounts ADD COLUMN index_due INTEGER NOT NULL DEFAULT 1;
CREATE INDEX accounts_index_due ON accounts (customer_id) WHERE index_due = 1;

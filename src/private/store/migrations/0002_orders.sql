-- Stock, orders, customers, payments and the outbox. Status columns hold the numbers of
-- commerce/order_state, money is in minor units, times are milliseconds since 1970 UTC.
-- Columns named *_sealed are encrypted under the customer's own key; see docs/reference/orders-tables.md.

-- The next free number of each gap-free series, moved inside the transaction that uses the numbers.
CREATE TABLE sequences (
  name TEXT PRIMARY KEY,
  next INTEGER NOT NULL
) STRICT;
INSERT INTO sequences (name, next) VALUES
  ('order', 1), ('outbox', 1), ('adjustment', 1), ('outbox_kept_order', 1);

CREATE TABLE stock (
  variant_id TEXT NOT NULL,
  location_id TEXT NOT NULL,
  on_hand INTEGER NOT NULL CHECK (on_hand >= 0),
  available INTEGER NOT NULL CHECK (available >= 0),
  held INTEGER NOT NULL CHECK (held >= 0),
  leased INTEGER NOT NULL CHECK (leased >= 0),
  imported_quantity INTEGER,
  version INTEGER NOT NULL,
  PRIMARY KEY (variant_id, location_id),
  CHECK (on_hand = available + held + leased)
) STRICT, WITHOUT ROWID;

CREATE TABLE stock_adjustments (
  adjustment_number INTEGER PRIMARY KEY,
  variant_id TEXT NOT NULL,
  location_id TEXT NOT NULL,
  on_hand_before INTEGER NOT NULL,
  on_hand_after INTEGER NOT NULL,
  reason TEXT NOT NULL,
  adjusted_at INTEGER NOT NULL,
  FOREIGN KEY (variant_id, location_id) REFERENCES stock (variant_id, location_id)
) STRICT;

-- A guest's row bears the number of the order that made it.
CREATE TABLE customers (
  customer_number INTEGER PRIMARY KEY,
  customer_id TEXT NOT NULL UNIQUE,
  wrapped_key BLOB NOT NULL,
  kek_version INTEGER NOT NULL,
  name_sealed BLOB NOT NULL,
  email_sealed BLOB NOT NULL,
  phone_sealed BLOB NOT NULL,
  locale TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE orders (
  order_number INTEGER PRIMARY KEY,
  order_id TEXT NOT NULL UNIQUE,
  idempotency_key TEXT NOT NULL,
  body_sha256 BLOB NOT NULL,
  customer_number INTEGER NOT NULL REFERENCES customers (customer_number),
  status INTEGER NOT NULL CHECK (status BETWEEN 0 AND 5),
  payment_status INTEGER NOT NULL CHECK (payment_status BETWEEN 0 AND 5),
  fulfilment_status INTEGER NOT NULL CHECK (fulfilment_status BETWEEN 0 AND 3),
  cancel_reason TEXT NOT NULL,
  payment_action TEXT NOT NULL,
  currency TEXT NOT NULL,
  subtotal INTEGER NOT NULL,
  discount INTEGER NOT NULL,
  shipping INTEGER NOT NULL,
  tax INTEGER NOT NULL,
  tax_included INTEGER NOT NULL CHECK (tax_included IN (0, 1)),
  total INTEGER NOT NULL,
  refund_due INTEGER NOT NULL,
  shipping_method TEXT NOT NULL,
  coupon TEXT NOT NULL,
  catalog_version INTEGER NOT NULL,
  placed_at INTEGER NOT NULL,
  reserved_until INTEGER NOT NULL,
  version INTEGER NOT NULL,
  reply_thumbprint TEXT NOT NULL,
  address_sealed BLOB NOT NULL,
  payment_sealed BLOB NOT NULL
) STRICT;
CREATE INDEX orders_held ON orders (reserved_until) WHERE reserved_until > 0;
CREATE INDEX orders_refund_due ON orders (order_number) WHERE refund_due > 0;

-- An order line that two locations fill has one row for each.
CREATE TABLE order_lines (
  order_number INTEGER NOT NULL REFERENCES orders (order_number),
  line_no INTEGER NOT NULL,
  variant_id TEXT NOT NULL,
  location_id TEXT NOT NULL,
  quantity INTEGER NOT NULL CHECK (quantity > 0),
  held INTEGER NOT NULL CHECK (held >= 0),
  unit_price INTEGER NOT NULL,
  line_total INTEGER NOT NULL,
  PRIMARY KEY (order_number, line_no),
  FOREIGN KEY (variant_id, location_id) REFERENCES stock (variant_id, location_id)
) STRICT, WITHOUT ROWID;

-- kind: 1 captured, 2 refunded, 3 declined.
CREATE TABLE payments (
  order_number INTEGER NOT NULL REFERENCES orders (order_number),
  entry_no INTEGER NOT NULL,
  kind INTEGER NOT NULL CHECK (kind BETWEEN 1 AND 3),
  amount INTEGER NOT NULL CHECK (amount >= 0),
  provider TEXT NOT NULL,
  reference TEXT NOT NULL,
  recorded_at INTEGER NOT NULL,
  PRIMARY KEY (order_number, entry_no)
) STRICT, WITHOUT ROWID;

CREATE TABLE outbox (
  sequence INTEGER PRIMARY KEY,
  topic TEXT NOT NULL,
  order_number INTEGER,
  payload TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

-- Boxes that changed something; a copy of one is refused until it expires by itself.
CREATE TABLE used_nonces (
  nonce TEXT PRIMARY KEY,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX used_nonces_by_expiry ON used_nonces (expires_at);

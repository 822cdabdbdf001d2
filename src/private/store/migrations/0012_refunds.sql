-- What was given back, in how many refunds; `refund_due` is on its way. A provider knows each refund by
-- the order and its number, so `refund_due` does not change while one is under way.
ALTER TABLE orders ADD COLUMN refunded INTEGER NOT NULL DEFAULT 0;
ALTER TABLE orders ADD COLUMN refunds INTEGER NOT NULL DEFAULT 0;
UPDATE orders SET
  refunded = (SELECT sum(amount) FROM payments WHERE payments.order_number = orders.order_number AND kind = 2),
  refunds = (SELECT count(*) FROM payments WHERE payments.order_number = orders.order_number AND kind = 2)
WHERE order_number IN (SELECT order_number FROM payments WHERE kind = 2);

-- Refunds that staff asked for, forever by their idempotency key. amount 0: whatever was left.
CREATE TABLE refund_requests (
  idempotency_key TEXT PRIMARY KEY,
  order_number INTEGER NOT NULL,
  amount INTEGER NOT NULL CHECK (amount >= 0),
  requested_by TEXT NOT NULL,
  requested_at INTEGER NOT NULL
) STRICT;

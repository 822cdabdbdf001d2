-- When an order was completed, cancelled or expired, 0 before that. Of those that had ended already nobody
-- wrote it down, and the time they were placed stands for it.
ALTER TABLE orders ADD COLUMN ended_at INTEGER NOT NULL DEFAULT 0;
UPDATE orders SET ended_at = placed_at WHERE status IN (3, 4, 5);

-- What retention rules look through. Whoever was erased is not in it any more.
CREATE INDEX orders_ended ON orders (ended_at) WHERE ended_at > 0 AND length(address_sealed) > 0;
CREATE INDEX declined_orders_kept ON declined_orders (decided_at) WHERE length(wrapped_key) > 0;

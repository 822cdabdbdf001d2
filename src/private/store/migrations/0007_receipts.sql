-- When a spool received the order, while core was away (signed); NULL where core itself received it.
-- `placed_at` stays when core accepted it.
ALTER TABLE orders ADD COLUMN received_at INTEGER;

-- Whose session a declined order named: it is erased with the account. NULL: a guest's.
ALTER TABLE declined_orders ADD COLUMN account_id TEXT;
CREATE INDEX declined_orders_by_account ON declined_orders (account_id) WHERE account_id IS NOT NULL;

-- An erasure names a customer; customers.customer_id has an index already.
CREATE INDEX declined_orders_by_customer ON declined_orders (customer_id) WHERE customer_id IS NOT NULL;

-- What an order writes refers to other tables without foreign keys: on a server they cost a look-up
-- for every row, and on a distributed engine one on another node. The program keeps the references,
-- `dermaga-core verify` checks them. SQLite has no DROP CONSTRAINT; its keys stay and cost little.
ALTER TABLE orders DROP CONSTRAINT IF EXISTS orders_customer_number_fkey;
ALTER TABLE order_lines DROP CONSTRAINT IF EXISTS order_lines_order_number_fkey;
ALTER TABLE order_lines DROP CONSTRAINT IF EXISTS order_lines_variant_id_location_id_fkey;
ALTER TABLE payments DROP CONSTRAINT IF EXISTS payments_order_number_fkey;
ALTER TABLE stock_adjustments
  DROP CONSTRAINT IF EXISTS stock_adjustments_variant_id_location_id_fkey;

-- Stock leases: units that a spool may sell while core is away (docs/reference/orders-tables.md).

INSERT INTO sequences (name, next) VALUES ('lease', 1);

-- One epoch; the newest of a spool is the only one that can be open. state: 0 open, 1 delivered (all
-- of it, closed by the spool), 2 abandoned by an operator. `predecessor` is the epoch that the spool
-- knew when it asked: the same question again gets the same grant.
CREATE TABLE leases (
  epoch INTEGER PRIMARY KEY,
  spool_id TEXT NOT NULL,
  log_id TEXT NOT NULL,
  predecessor INTEGER NOT NULL,
  state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 2),
  catalog_version INTEGER NOT NULL,
  valid_for_ms INTEGER NOT NULL,
  granted_at INTEGER NOT NULL,
  units_granted INTEGER NOT NULL CHECK (units_granted > 0),
  closed_at INTEGER NOT NULL,
  units_returned INTEGER NOT NULL CHECK (units_returned >= 0),
  abandoned_by TEXT NOT NULL,
  abandon_reason TEXT NOT NULL
) STRICT;
CREATE INDEX leases_by_spool ON leases (spool_id, epoch);
CREATE INDEX leases_open ON leases (epoch) WHERE state = 0;

-- Of a closed lease only rows with sold > 0 stay, and everything else of them is returned.
CREATE TABLE lease_units (
  epoch INTEGER NOT NULL,
  variant_id TEXT NOT NULL,
  location_id TEXT NOT NULL,
  granted INTEGER NOT NULL CHECK (granted > 0),
  sold INTEGER NOT NULL CHECK (sold >= 0),
  returned INTEGER NOT NULL CHECK (returned >= 0),
  PRIMARY KEY (epoch, variant_id, location_id),
  CHECK (sold + returned <= granted)
) STRICT, WITHOUT ROWID;

-- Orders whose units came out of a lease.
CREATE TABLE lease_orders (
  order_number INTEGER PRIMARY KEY,
  epoch INTEGER NOT NULL
) STRICT;

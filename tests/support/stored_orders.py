"""Orders as the rows of a store have them, read past the programs that serve them."""

import dataclasses
import sqlite3

# In the order of the numbers that src/commerce/order_state gives them.
STATUSES = ("pending_acceptance", "open", "confirmed", "completed", "expired", "cancelled")


@dataclasses.dataclass
class StoredOrder:
    order_id: str
    key: str
    body_sha256: str  # hex
    status: str
    cancel_reason: str
    units: dict       # variant id -> units ordered


def read_all(store_file):
    """Every order of a SQLite store, in the order in which they were placed."""
    store = sqlite3.connect(f"file:{store_file}?mode=ro", uri=True)
    try:
        orders = {}
        for number, *row in store.execute(
                "SELECT order_number, order_id, idempotency_key, hex(body_sha256), status, cancel_reason"
                " FROM orders ORDER BY order_number"):
            order_id, key, body, status, reason = row
            orders[number] = StoredOrder(order_id, key, body.lower(), STATUSES[status], reason, {})
        for number, variant, quantity in store.execute(
                "SELECT order_number, variant_id, quantity FROM order_lines"):
            units = orders[number].units
            units[variant] = units.get(variant, 0) + quantity
        return list(orders.values())
    finally:
        store.close()

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
    units: dict       # variant id -> units ordered; of a declined order none is stored
    declined: bool = False  # taken for later and never accepted; it held no units


ORDERS = ("SELECT order_number, order_id, idempotency_key, {hex}, status, cancel_reason FROM orders"
          " ORDER BY order_number")
LINES = "SELECT order_number, variant_id, quantity FROM order_lines"
DECLINED = "SELECT order_id, idempotency_key, {hex}, reason FROM declined_orders ORDER BY decided_at"


def read_all(store_file):
    """Every order of a SQLite store, in the order in which they were placed, then the declined ones."""
    store = sqlite3.connect(f"file:{store_file}?mode=ro", uri=True)
    try:
        store.execute("BEGIN")  # one moment: an order that is decided meanwhile is in one table or the other
        return _collect(store.execute(ORDERS.format(hex="hex(body_sha256)")), store.execute(LINES),
                        store.execute(DECLINED.format(hex="hex(body_sha256)")))
    finally:
        store.close()


def read_server(server):
    """The same of a shop on PostgreSQL; `server` is one of local_postgres."""
    def rows(sql):
        return [line.split("|") for line in server.query(sql).splitlines()]
    digest = "encode(body_sha256, 'hex')"
    return _collect(rows(ORDERS.format(hex=digest)), rows(LINES), rows(DECLINED.format(hex=digest)))


def _collect(order_rows, line_rows, declined_rows):
    orders = {}
    for number, order_id, key, body, status, reason in order_rows:
        orders[int(number)] = StoredOrder(order_id, key, body.lower(), STATUSES[int(status)], reason, {})
    for number, variant, quantity in line_rows:
        units = orders[int(number)].units
        units[variant] = units.get(variant, 0) + int(quantity)
    declined = [StoredOrder(order_id, key, body.lower(), "cancelled", reason, {}, declined=True)
                for order_id, key, body, reason in declined_rows]
    return [*orders.values(), *declined]

"""Whole checkouts through HTTPS, edge, link and core on SQLite.

Ours: real edge and core processes as `dermaga up` starts them; `dermaga-bench-checkout` sends one
POST /store/v1/orders for each order over 64 keep-alive TLS connections, its boxes sealed beforehand,
and counts the 201s; core opens each box, checks it, seals the fields again and commits durably. The
sandbox provider charges every order, as in a shop. Peers of the same run: pgbench on a hot row, and a
Redis that syncs every command (`appendfsync always`) where one Lua script takes a unit and writes an
order record: far less work for an order than ours.
"""

import contextlib
import csv
import json
import os
import sys
import urllib.request

import harness

sys.path.insert(0, str(harness.ROOT / "tests/support"))
import shop as real_shop  # noqa: E402, the tests' way to start a shop

GOAL_HOT_ROW = 5.0
GOAL_REDIS = 0.12
P99_MS_MAX = 100.0
SKU = "BENCH-1"
STOCK = 1_000_000_000
LUA = (
    "local left = redis.call('DECR', KEYS[1]) "
    "if left < 0 then redis.call('INCR', KEYS[1]) return 0 end "
    "redis.call('HSET', KEYS[2], 'sku', KEYS[1], 'quantity', 1, 'total', ARGV[1], 'status', 'open', "
    "'customer', ARGV[2]) return 1"
)


def write_catalog(path):
    """One product with one variant."""
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["Handle", "Title", "Vendor", "Published", "Option1 Name", "Option1 Value",
                         "Variant SKU", "Variant Grams", "Variant Inventory Tracker",
                         "Variant Inventory Qty", "Variant Price", "Variant Requires Shipping",
                         "Variant Taxable"])
        writer.writerow(["bench", "Bench", "Dermaga", "TRUE", "Title", "Default Title", SKU, 100,
                         "shopify", STOCK, 150000, "TRUE", "TRUE"])


def stages(one):
    """Seconds that core spent in each stage since its start, and orders placed."""
    url = f"http://127.0.0.1:{one.port_base + 10}/metrics"
    found = {}
    with urllib.request.urlopen(url, timeout=10) as answer:
        for line in answer.read().decode().splitlines():
            for prefix in ("dermaga_core_order_stage_seconds{stage=\"", "dermaga_core_orders{outcome=\"",
                           "dermaga_core_order_batches"):
                if line.startswith(prefix):
                    name, value = line.rsplit(" ", 1)
                    found[name.split('"')[1] if '"' in name else "batches"] = float(value)
    return found


class Ours:
    """The shop and the newest run's figures."""

    def __init__(self, arguments, one, orders):
        self.program = harness.built(arguments, "dermaga-bench-checkout")
        self.one = one
        self.orders = orders
        self.told = {}
        self.stages = {}

    def orders_per_second(self):
        before = stages(self.one)
        output = harness.command(
            [self.program, "--url", self.one.https, "--ca", self.one.ca_file, "--sku", SKU,
             "--orders", str(self.orders), "--connections", str(harness.CLIENTS)],
            600,
        )
        after = stages(self.one)
        self.told = json.loads(output)
        if self.told["placed"] < self.orders:
            raise RuntimeError(f"not every order was answered 201: {self.told['answers']}")
        count = max(1.0, after["placed"] - before["placed"])
        self.stages = {
            f"{name}_us": (after[name] - before[name]) * 1e6 / count
            for name in ("validate", "open", "seal", "decide", "write", "commit", "acknowledge")
        }
        self.stages["orders_per_batch"] = count / max(1.0, after["batches"] - before["batches"])
        return self.told["orders_per_second"]


def redis_peer(socket, requests):
    """A function that measures orders per second of the Lua script."""
    cli = ["redis-cli", "-s", socket]
    harness.command([*cli, "SET", "stock", str(STOCK)], 20)
    digest = harness.command([*cli, "SCRIPT", "LOAD", LUA], 20).strip()

    def measure():
        output = harness.command(
            ["redis-benchmark", "-s", socket, "-c", str(harness.CLIENTS), "-n", str(requests),
             "-r", "1000000000", "--csv", "EVALSHA", digest, "2", "stock", "order:__rand_int__",
             "160000", "cus___rand_int__"],
            600,
        )
        row = list(csv.DictReader(output.splitlines()))[-1]
        return float(row["rps"])

    return measure


@contextlib.contextmanager
def prepare(arguments):
    """Yields the cases while the shop and both peers run."""
    seconds = 6 if arguments.quick else 15
    os.environ["DERMAGA_BUILD"] = arguments.build
    with harness.postgres() as cluster, harness.redis() as socket, \
            real_shop.shop(start=False, sample=False) as one:
        catalog = one.folder / "catalog.csv"
        write_catalog(catalog)
        one.run_core("import", str(catalog))
        one.start_core()
        one.start_edge()
        ours = Ours(arguments, one, 20_000 if arguments.quick else 60_000)
        placed = ours.orders_per_second
        common = {"unit": "orders/s", "better": "higher", "ours": placed}
        yield [
            harness.Case(
                name="checkout through HTTPS, edge, link and core",
                goal=GOAL_HOT_ROW,
                peer_name=harness.HOT_ROW_NAME,
                peer=harness.hot_row(cluster, seconds),
                detail=lambda: {
                    "where core's time goes, microseconds an order": ours.stages,
                    "latency": {"p50_ms": ours.told["p50_ms"], "p99_ms": ours.told["p99_ms"]},
                },
                **common,
            ),
            harness.Case(
                name="checkout through HTTPS, edge, link and core",
                goal=GOAL_REDIS,
                peer_name=f"Redis Lua, appendfsync always, {harness.CLIENTS} clients",
                peer=redis_peer(socket, 50_000 if arguments.quick else 200_000),
                **common,
            ),
            harness.Case(
                name="checkout, p99 latency",
                unit="ms",
                better="lower",
                goal=1.0,
                peer_name="limit",
                ours=lambda: ours.told["p99_ms"],
                peer=lambda: P99_MS_MAX,
            ),
        ]
        one.stop_all()
        one.verify()

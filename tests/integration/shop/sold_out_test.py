"""The last unit is bought through one edge: both edges say out_of_stock themselves soon after. Core is
asked only whether it knows the order already (a replay must be answered), never to place it. Half of the
time many others buy other things through both edges. How soon is printed, not judged: machines differ."""

import contextlib
import copy
import http.client
import json
import pathlib
import re
import statistics
import subprocess
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "support"))
import shop as shops  # noqa: E402

SKUS = 20  # calm, and as many again in a rush
BUYERS = 16
PATIENCE_S = 20


class Watcher(threading.Thread):
    """Reads one product from one edge again and again; remembers when a variant was first sold out."""

    def __init__(self, edge, handle, sku):
        super().__init__(daemon=True)
        self.port, self.path, self.sku = edge.port_base, f"/store/v1/products/{handle}", sku
        self.reads = 0
        self.seen_ns = None
        self.start()

    def run(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        end = time.monotonic() + PATIENCE_S
        while self.seen_ns is None and time.monotonic() < end:
            connection.request("GET", self.path)
            product = json.loads(connection.getresponse().read())
            if any(variant["sku"] == self.sku and variant["availability"] == "sold_out"
                   for variant in product["variants"]):
                self.seen_ns = time.monotonic_ns()
            self.reads += 1
            time.sleep(0.001)


def edge_of_its_own(shop):
    """A second edge; not behind the first one's ports, so that it can be spoken to alone."""
    second = copy.copy(shop)
    second.port_base = shop.port_base + 14  # nobody else's of this shop: 14, 17 and 36
    shop.edges[2] = shop.spawn(
        [shops.program("dermaga-edge"), "serve", "--data", str(shop.edge_folder(2)), "--port-base",
         str(second.port_base), "--number", "2", "--core", f"127.0.0.1:{shop.port_base + 5}"], "edge-2.out")
    shops.wait_until("edge 2 ready", lambda: shops.http_get(
        f"http://127.0.0.1:{second.port_base + 22}/readyz", 1)[0] == 200)
    return second


def core_orders(shop, outcome):
    page = shops.http_get(f"http://127.0.0.1:{shop.port_base + 10}/metrics")[2].decode()
    return int(float(re.search(rf'dermaga_core_orders{{outcome="{outcome}"}} (\S+)', page)[1]))


def some_variants(edge, count):
    """(handle, sku) of so many variants that are there."""
    status, page = edge.json("/store/v1/products?limit=100")
    assert status == 200, page
    found = []
    for item in page["items"]:
        _, product = edge.json(f"/store/v1/products/{item['handle']}")
        found += [(product["handle"], variant["sku"]) for variant in product["variants"]
                  if variant["availability"] != "sold_out"]
    assert len(found) >= count, found
    return found[:count]


def sell_the_last(shop, edges, handle, sku):
    """Milliseconds from the buyer's 201 until each edge knew."""
    shop.run_core("stock", "adjust", "--sku", sku, "--set", "1", "--reason", "sold out test")
    watchers = [Watcher(edge, handle, sku) for edge in edges]
    shops.wait_until("watching", lambda: all(watcher.reads for watcher in watchers))
    journal = shop.folder / f"{sku}.journal"
    summary = edges[0].buy("--sku", sku, "--count", "1", "--journal", str(journal))
    assert summary["placed"] == 1, summary
    answered_us = shops.read_journal(journal)[-1]["monotonic_us"]
    for watcher in watchers:
        watcher.join()
        assert watcher.seen_ns is not None, f"edge at {watcher.port} never heard that {sku} is sold out"
    for edge in edges:
        summary = edge.buy("--sku", sku, "--count", "1", expect=None)
        assert summary["out_of_stock"] == 1, summary
    return [watcher.seen_ns / 1e6 - answered_us / 1e3 for watcher in watchers]


@contextlib.contextmanager
def rush(shop, edges, sku):
    """Buyers of something else at both edges; ends when they have done some work."""
    shop.run_core("stock", "adjust", "--sku", sku, "--set", "1000000", "--reason", "sold out test")
    before = core_orders(shop, "placed")
    buyers = [subprocess.Popen(
        edge.buy_command("--sku", sku, "--count", "60000", "--concurrency", str(BUYERS)),
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for edge in edges]
    try:
        shops.wait_until("a rush", lambda: core_orders(shop, "placed") > before + 10 * BUYERS)
        yield
        assert all(buyer.poll() is None for buyer in buyers), "the rush was over early"
    finally:
        for buyer in buyers:
            buyer.kill()
            buyer.wait(timeout=30)


def tell(what, took):
    for number, one in enumerate(zip(*took), 1):
        print(f"{what}: edge {number} knew {statistics.median(one):.0f} ms after the last unit's 201 (median "
              f"of {len(one)}, {min(one):.0f} to {max(one):.0f})", flush=True)


def main():
    with shops.shop(edges=2, start=False) as shop:
        shop.start_core()
        shop.start_edge(1)
        edges = [shop, edge_of_its_own(shop)]
        (_, others), *variants = some_variants(shop, 2 * SKUS + 1)
        tell("calm", [sell_the_last(shop, edges, handle, sku) for handle, sku in variants[:SKUS]])
        with rush(shop, edges, others):
            tell("rush", [sell_the_last(shop, edges, handle, sku) for handle, sku in variants[SKUS:]])
        assert core_orders(shop, "out_of_stock") == 0, "edges asked core to place what was sold out"
        shop.stop_all()
        print(shop.verify())


if __name__ == "__main__":
    main()

"""What a browser test may ask for behind the shop's back, over loopback HTTP: POST /core-away,
/core-back, /sell-out?handle=PRODUCT, /fulfil?order=ORDER. 200 when it is done, 500 with what went wrong."""

import contextlib
import csv
import http.server
import threading
import traceback
import urllib.parse

PROBE_SKU = "KOP-GYO-BIJ-250G"


def skus_of(catalog, handle):
    with open(catalog, encoding="utf-8", newline="") as file:
        return [row["Variant SKU"] for row in csv.DictReader(file) if row["Handle"] == handle]


class Operator:
    def __init__(self, one, catalog):
        self._shop = one
        self._catalog = catalog

    def act(self, path):
        url = urllib.parse.urlsplit(path)
        if url.path == "/core-away":
            self._shop.kill_core()
            self._shop.wait_until_spools_take_orders(PROBE_SKU)
        elif url.path == "/core-back":
            self._shop.start_core()
        elif url.path == "/sell-out":
            [handle] = urllib.parse.parse_qs(url.query)["handle"]
            for sku in skus_of(self._catalog, handle):
                self._shop.run_core("stock", "adjust", "--sku", sku, "--set", "0", "--reason", "browser test")
        elif url.path == "/fulfil":
            [order] = urllib.parse.parse_qs(url.query)["order"]
            self._shop.run_core("orders", "fulfil", order)
        else:
            raise ValueError(f"nothing is done for {path}")


@contextlib.contextmanager
def operator(one, catalog):
    """Yields the address while it serves."""
    acts = Operator(one, catalog)

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):  # noqa: N802, the base class's word
            status, said = 200, ""
            try:
                acts.act(self.path)
            except Exception:  # noqa: BLE001, the test tells it
                status, said = 500, traceback.format_exc()
            self.send_response(status)
            self.send_header("Content-Length", str(len(said.encode())))
            self.end_headers()
            self.wfile.write(said.encode())

        def log_message(self, *_):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()

"""Two real cores on one database, an edge at each: buyers whose every request and retry goes to
either, while one core is killed and started again. No oversell, one order per key, the same answer
from both; an import at one core reaches the edges of the other."""

import contextlib
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time

TESTS = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(TESTS / "support"), str(TESTS / "chaos")]
import histories  # noqa: E402
import local_postgres  # noqa: E402
import shop as shops  # noqa: E402
import stored_orders  # noqa: E402

SKU = "KOP-GYO-BIJ-250G"
UNITS = 150
ATTEMPTS = 500
BUYERS = 16
REPEATS = 2  # every answered order is sent so many times more


class Switchboard:
    """Passes each new connection on to the next of several ports, as a load balancer does."""

    def __init__(self, ports):
        self.ports = ports
        self.turns = 0
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                self.turns += 1
                try:
                    server = socket.create_connection(("127.0.0.1", self.ports[self.turns % len(self.ports)]))
                except OSError:
                    client.close()
                    continue
                for source, sink in ((client, server), (server, client)):
                    threading.Thread(target=self._pass, args=(source, sink), daemon=True).start()

    @staticmethod
    def _pass(source, sink):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


def check_that_imports_travel(first, second):
    """Both serve already; one imports."""
    first.import_sample()

    def offered():
        status, page = second.json("/store/v1/products?limit=1")
        return status == 200 and page["items"]
    shops.wait_until("the other core's edge has the catalog", offered, 20)


def race(first, second, journal):
    board = Switchboard([first.port_base + 3, second.port_base + 3])
    buyer = subprocess.Popen(
        [shops.program("dermaga"), "buy", "--url", f"https://localhost:{board.port}", "--ca", first.ca_file,
         "--json", "--sku", SKU, "--count", str(ATTEMPTS), "--concurrency", str(BUYERS), "--retry", "--repeat",
         str(REPEATS), "--journal", str(journal)], stdout=subprocess.PIPE, text=True)
    try:
        shops.wait_until("first orders", lambda: journal.exists() and any(
            entry.get("status") == 201 for entry in shops.read_journal(journal)))
        second.kill_core()
        time.sleep(0.5)
        second.start_core()
        print(buyer.communicate(timeout=240)[0])
    finally:
        buyer.kill()
        buyer.wait(timeout=30)


@contextlib.contextmanager
def second_core(first):
    folder = tempfile.mkdtemp(prefix="dermaga-test-")
    other = shops.Shop(folder)
    other.port_base = first.port_base + 40
    other.init_beside(first)
    try:
        other.start_core()
        other.start_edge()
        yield other
    finally:
        other.stop_all()
    shutil.rmtree(folder, ignore_errors=True)


def main():
    with local_postgres.cluster() as (server,), \
            shops.shop(store=local_postgres.url_of(server, "/nowhere"), sample=False) as first, \
            second_core(first) as second:
        # A host to fail over to, and no commit waits for it.
        assert "failover_loses_orders" in (first.folder / "core.out").read_text()
        check_that_imports_travel(first, second)
        second.run_core("stock", "adjust", "--sku", SKU, "--set", str(UNITS), "--reason", "race test")
        journal = first.folder / "journal.jsonl"
        race(first, second, journal)
        print(first.verify())
        attempts = histories.read_journals(journal)
        print(histories.check(attempts, stored_orders.read_server(server), units={attempts[0].variant: UNITS}))
        assert server.query("SELECT count(*) FROM orders") == str(UNITS)
        summary = second.buy("--sku", SKU, "--count", "5", expect=None)
        assert summary["out_of_stock"] == 5, summary


if __name__ == "__main__":
    main()

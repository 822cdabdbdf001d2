"""Orders while staff's sign-in is flooded, beside the same orders in a calm shop.

Four clients on many loopback addresses, so that no budget of tries stops them, sign in as fast as they
are answered with passwords that are wrong: each costs core an Argon2id of 64 MiB. Orders come at a fixed
rate, well below what the shop can take; what is compared is their p99.
"""

import contextlib
import http.client
import itertools
import json
import socket
import ssl
import sys
import threading

import harness

sys.path.insert(0, str(harness.ROOT / "tests/support"))
import shop as real_shop  # noqa: E402, the tests' way to start a shop

SKU = "KOP-GYO-BIJ-250G"
ORDERS_PER_SECOND = 200
CLIENTS = 4
TRIES_PER_ADDRESS = 8  # below every budget


class Bound(http.client.HTTPSConnection):
    """Comes from an address of its own."""

    def __init__(self, port, tls, address):
        super().__init__("localhost", port, context=tls, timeout=60)
        self.address = address

    def connect(self):
        plain = socket.create_connection(("127.0.0.1", self.port), 60, source_address=(self.address, 0))
        self.sock = self._context.wrap_socket(plain, server_hostname="localhost")


class Storm:
    """Sign-ins until it is stopped; counts those that cost a hash."""

    def __init__(self, one):
        self.port = one.port_base + 1
        self.tls = ssl.create_default_context(cafile=one.ca_file)
        self.numbers = itertools.count()
        self.over = threading.Event()
        self.hashed = 0
        self.lock = threading.Lock()
        self.threads = [threading.Thread(target=self.run, daemon=True) for _ in range(CLIENTS)]

    def run(self):
        while not self.over.is_set():
            number = next(self.numbers)
            address = f"127.1.{number // 250 % 250}.{number % 250 + 1}"
            with contextlib.closing(Bound(self.port, self.tls, address)) as connection:
                for attempt in range(TRIES_PER_ADDRESS):
                    if self.over.is_set():
                        return
                    self.sign_in(connection, f"nobody{number}-{attempt}@example.com")

    def sign_in(self, connection, email):
        body = json.dumps({"email": email, "password": "a password that is wrong", "code": "123456"})
        connection.request("POST", "/admin/v1/sessions", body,
                           {"Content-Type": "application/json", "Origin": f"https://localhost:{self.port}"})
        answer = connection.getresponse()
        answer.read()
        if answer.status not in (401, 503):
            raise RuntimeError(f"a sign-in was answered {answer.status}")
        with self.lock:
            self.hashed += answer.status == 401

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        for thread in self.threads:
            thread.join()


class Orders:
    """The shop, and what a fixed rate of orders feels."""

    def __init__(self, one, seconds):
        self.one = one
        self.count = ORDERS_PER_SECOND * seconds
        self.seconds = seconds
        self.hashes_per_second = 0.0

    def p99_ms(self):
        told = self.one.buy("--sku", SKU, "--count", str(self.count), "--rate", str(ORDERS_PER_SECOND),
                            "--concurrency", "16", timeout_s=self.seconds * 10 + 60)
        if told["placed"] != self.count:
            raise RuntimeError(f"not every order was placed: {told}")
        return told["p99_ms"]

    def p99_ms_in_a_storm(self):
        with Storm(self.one) as storm:
            p99 = self.p99_ms()
        self.hashes_per_second = storm.hashed / self.seconds
        if storm.hashed < self.seconds:
            raise RuntimeError("there was no storm")
        return p99


@contextlib.contextmanager
def prepare(quick):
    """Yields the case while the shop runs."""
    with real_shop.shop() as one:
        one.run_core("stock", "adjust", "--sku", SKU, "--set", "1000000", "--reason", "a benchmark")
        orders = Orders(one, 8 if quick else 30)
        yield harness.Case(
            name=f"p99 of {ORDERS_PER_SECOND} orders/s while sign-ins are flooded", unit="ms", better="lower",
            goal=1.10, peer_name="the same in a calm shop", ours=orders.p99_ms_in_a_storm, peer=orders.p99_ms,
            detail=lambda: {"the storm": {"hashes_per_second": orders.hashes_per_second}},
        )
        one.verify()

"""Fields sealed and opened per second, beside PostgreSQL's pgcrypto; and orders while sign-ins are flooded
(sign_in_storm.py).

Ours: `dermaga-bench-vault`, one thread: for each row a customer's key is made and wrapped (or
unwrapped) and an e-mail address is sealed (or opened) under it, bound to its table, column and row.
Peer: `pgp_sym_encrypt` and `pgp_sym_decrypt` of the same text in one backend, over many rows of one
statement, so that no round trip is counted; AES-256, its defaults otherwise.
"""

import contextlib
import json
import os
import sys
import tempfile
import time

import harness

sys.path.insert(0, str(harness.ROOT / "bench/vault"))
import sign_in_storm  # noqa: E402

GOAL = 20.0
TEXT = "sari.dewi@example.com"
OPTIONS = "cipher-algo=aes256"


class Ours:
    """Runs of the program, each of which measures both."""

    def __init__(self, arguments, seconds):
        self.program = harness.built(arguments, "dermaga-bench-vault")
        self.seconds = seconds

    def run(self, what):
        with tempfile.TemporaryDirectory(prefix="dermaga-bench-vault-") as folder:
            output = harness.command(
                [self.program, "--data", folder, "--seconds", str(self.seconds)], self.seconds * 10 + 60
            )
        return json.loads(output)[f"{what}_per_second"]


class Pgcrypto:
    """Rows per second of one statement over generate_series."""

    def __init__(self, cluster, rows):
        self.cluster = cluster
        self.rows = rows
        self.sql("CREATE EXTENSION pgcrypto")
        self.sql(
            f"CREATE TABLE sealed AS SELECT pgp_sym_encrypt('{TEXT}', 'a secret key of the shop', '{OPTIONS}') "
            f"AS email FROM generate_series(1, {rows})"
        )

    def sql(self, statement):
        self.cluster.run("psql", "-h", str(self.cluster.folder), "-U", "postgres", "-q", "-c", statement, "postgres")

    def measure(self, statement):
        started = time.monotonic()
        self.sql(statement)
        return self.rows / (time.monotonic() - started)

    def seal(self):
        return self.measure(
            f"SELECT sum(length(pgp_sym_encrypt('{TEXT}' || i % 10, 'a secret key of the shop', '{OPTIONS}'))) "
            f"FROM generate_series(1, {self.rows}) i"
        )

    def open(self):
        return self.measure("SELECT sum(length(pgp_sym_decrypt(email, 'a secret key of the shop'))) FROM sealed")


@contextlib.contextmanager
def prepare(arguments):
    """Yields the cases while the peer's database runs."""
    ours = Ours(arguments, 3 if arguments.quick else 10)
    os.environ["DERMAGA_BUILD"] = arguments.build
    with harness.postgres() as cluster, sign_in_storm.prepare(arguments.quick) as storm:
        peer = Pgcrypto(cluster, 4_000 if arguments.quick else 20_000)
        yield [
            harness.Case(name="fields sealed, each under its customer's key", unit="fields/s", better="higher",
                         goal=GOAL, peer_name="pgcrypto, pgp_sym_encrypt", ours=lambda: ours.run("sealed"),
                         peer=peer.seal),
            harness.Case(name="fields opened, each under its customer's key", unit="fields/s", better="higher",
                         goal=GOAL, peer_name="pgcrypto, pgp_sym_decrypt", ours=lambda: ours.run("opened"),
                         peer=peer.open),
            storm,
        ]

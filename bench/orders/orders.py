"""Full orders per second through core's order path against the classic hot row.

Ours: `dermaga-bench-orders` places orders (order, line, hold, idempotency, outbox, personal fields
sealed again) from opened boxes into SQLite with synchronous=FULL, or into a PostgreSQL with its
durable defaults. Peer: pgbench, 64 clients, one hot row, BEGIN, UPDATE, INSERT, COMMIT: the way a
shop that locks a stock row for each order works. On PostgreSQL also ourselves: one hot SKU must not
be slower than 10,000 SKUs that share the load.
"""

import contextlib
import itertools
import json
import tempfile

import harness

GOALS = {"sqlite": 40.0, "postgres": 25.0}
NAMES = {"sqlite": "SQLite", "postgres": "PostgreSQL"}
SPREAD_SKUS = 10_000
SPREAD_GOAL = 0.8


def add_arguments(parser):
    parser.add_argument("--store", choices=sorted(GOALS), default="sqlite", help="default: sqlite")


def result_name(arguments):
    return f"orders-{arguments.store}"


class Ours:
    """Runs of the program; keeps the stages of the newest."""

    def __init__(self, arguments, cluster, seconds):
        self.program = harness.built(arguments, "dermaga-bench-orders")
        self.store = arguments.store
        self.cluster = cluster
        self.seconds = seconds
        self.stages = {}
        self.numbers = itertools.count(1)

    def run(self, skus):
        """Orders per second with the load spread over so many SKUs."""
        options = ["--seconds", str(self.seconds), "--skus", str(skus), "--json"]
        if self.store == "postgres":
            socket = str(self.cluster.folder)
            database = f"orders_{next(self.numbers)}"
            self.cluster.run("createdb", "-h", socket, "-U", "postgres", database)
            options += ["--store", f"postgres:///{database}?host={socket}&user=postgres"]
        with tempfile.TemporaryDirectory(prefix="dermaga-bench-orders-") as folder:
            output = harness.command(
                [self.program, "--data", folder, *options], self.seconds * 10 + 120
            )
        if self.store == "postgres":
            self.cluster.run("dropdb", "-h", socket, "-U", "postgres", database)
        told = json.loads(output)
        self.stages[skus] = {**told["stages"], "orders_per_batch": told["orders_per_batch"]}
        return told["orders_per_second"]


@contextlib.contextmanager
def prepare(arguments):
    """Yields the cases while the peer's database runs."""
    seconds = 6 if arguments.quick else 15
    with harness.postgres() as cluster:
        ours = Ours(arguments, cluster, seconds)
        hot = lambda: ours.run(1)  # noqa: E731, one function that the cases share
        cases = [
            harness.Case(
                name=f"orders, {NAMES[arguments.store]}, durable, one hot SKU",
                unit="orders/s",
                better="higher",
                goal=GOALS[arguments.store],
                peer_name=harness.HOT_ROW_NAME,
                ours=hot,
                peer=harness.hot_row(cluster, seconds),
                detail=lambda: {"where the time goes, microseconds an order": ours.stages[1]},
            )
        ]
        if arguments.store == "postgres":
            cases.append(
                harness.Case(
                    name=f"one hot SKU, {NAMES[arguments.store]}",
                    unit="orders/s",
                    better="higher",
                    goal=SPREAD_GOAL,
                    peer_name=f"ourselves over {SPREAD_SKUS:,} SKUs",
                    ours=hot,
                    peer=lambda: ours.run(SPREAD_SKUS),
                    detail=lambda: {"the same, spread": ours.stages[SPREAD_SKUS]},
                )
            )
        yield cases

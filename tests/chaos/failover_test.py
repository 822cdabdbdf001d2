"""The primary of a PostgreSQL pair is killed under load and its synchronous standby promoted: core
finds the new primary by itself, and no order that a shopper was promised is lost.

  failover_test.py [--rounds N] [--seed S]

Each round kills whichever server is primary, with all its processes, and makes a new standby for the
next. Shoppers retry until they have a definite answer; meanwhile they are told 503.
"""

import argparse
import collections
import pathlib
import random
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import histories  # noqa: E402
import local_postgres  # noqa: E402
import shop as shops  # noqa: E402
import signal  # noqa: E402
import stored_orders  # noqa: E402

SKU = "KOP-GYO-BIJ-250G"
UNITS = 100_000_000
ORDERS_PER_SECOND = 100
NAMES = "abcdefgh"


def acknowledged(journal):
    return sum(entry.get("status") == 201 for entry in shops.read_journal(journal)) if journal.exists() else 0


def wait_for_orders(journal, more):
    wanted = acknowledged(journal) + more
    shops.wait_until(f"{more} more orders", lambda: acknowledged(journal) >= wanted)


def longest_pause_s(attempts):
    ends = sorted(attempt.end_us for attempt in attempts if attempt.acknowledged)
    return max(later - earlier for earlier, later in zip(ends, ends[1:])) / 1e6


def fail_over(servers, number, journal, generator):
    """Returns the new primary, with a standby of its own again."""
    primary, standby = servers[-2:]
    wait_for_orders(journal, 100)
    time.sleep(generator.uniform(0, 0.5))
    primary.stop(signal.SIGKILL)
    time.sleep(generator.uniform(0.2, 1.5))  # until somebody, or Patroni, decides
    standby.promote()
    wait_for_orders(journal, 50)
    heir = local_postgres.Server(standby.folder.parent, NAMES[number + 1])
    servers.append(heir)
    heir.copy_of(standby, NAMES[number + 1])
    heir.start()
    standby.wait_for_one_of(NAMES[number + 1])
    print(f"round {number}: {primary.folder.name} killed, {standby.folder.name} promoted", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}", flush=True)
    generator = random.Random(arguments.seed)

    with local_postgres.cluster(standbys=1) as servers:
        base = servers[0].folder.parent
        url = local_postgres.url_of(*(base / name for name in NAMES[:arguments.rounds + 2]))
        with shops.shop(store=url) as shop:
            shop.run_core("stock", "adjust", "--sku", SKU, "--set", str(UNITS), "--reason", "failover test")
            journal = shop.folder / "journal.jsonl"
            buyer = subprocess.Popen(
                shop.buy_command("--json", "--sku", SKU, "--count", "100000", "--concurrency", "16", "--rate",
                                 str(ORDERS_PER_SECOND), "--retry", "--journal", str(journal)),
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            try:
                for number in range(1, arguments.rounds + 1):
                    fail_over(servers, number, journal, generator)
                wait_for_orders(journal, 100)
            finally:
                buyer.terminate()
                buyer.wait(timeout=60)
            assert shop.core.poll() is None, "core did not live through it"
            assert "failover_loses_orders" not in (shop.folder / "core.out").read_text()
            print(shop.verify())
            attempts = histories.read_journals(journal)
            print(collections.Counter((attempt.status, attempt.code) for attempt in attempts))
            report = histories.check(attempts, stored_orders.read_server(servers[-2]),
                                     units={attempts[0].variant: UNITS})
            print(f"after {arguments.rounds} failovers: {report}; longest without a 201: "
                  f"{longest_pause_s(attempts):.1f} s")
            # For 0.2 s at least nothing took writes; shoppers who waited may have been told no 503.
            assert longest_pause_s(attempts) > 0.1, "there was no outage"


if __name__ == "__main__":
    main()

"""kill -9 of core under load, again and again; afterwards no acknowledged order is lost or doubled.

The shopper's journal is the witness, see histories.py; `verify` recomputes the rest from the raw rows.

  kill_core_test.py [--kills N] [--seed S]     CI runs the short form, `./dermaga test --long` 200.
"""

import argparse
import pathlib
import random
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import histories  # noqa: E402
import shop as shops  # noqa: E402
import stored_orders  # noqa: E402

SKU = "KOP-GYO-BIJ-250G"
UNITS = 100_000_000
ORDERS_PER_SECOND = 150
SECONDS_PER_KILL_MAX = 3.0


def run_kills(shop, kills, generator):
    """Core dies at a random moment of its life, often while it starts or commits."""
    for kill in range(1, kills + 1):
        time.sleep(generator.uniform(0.05, 1.2))
        shop.kill_core()
        shop.start_core(wait=kill % 3 == 0)  # two of three are hit while starting, too
        if kill % 10 == 0 or kill == kills:
            print(f"{kill} of {kills} kills", flush=True)
    shop.wait_core_ready()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=12)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}", flush=True)
    generator = random.Random(arguments.seed)

    with shops.shop() as shop:
        shop.run_core("stock", "adjust", "--sku", SKU, "--set", str(UNITS), "--reason", "kill test")
        journal_file = shop.folder / "journal.jsonl"
        # Enough orders to outlast the kills; the buyer is stopped when they are over.
        count = int(arguments.kills * SECONDS_PER_KILL_MAX * ORDERS_PER_SECOND) + 500
        buyer = subprocess.Popen(
            shop.buy_command("--json", "--sku", SKU, "--count", str(count), "--concurrency", "32",
                             "--rate", str(ORDERS_PER_SECOND), "--retry", "--journal", str(journal_file)),
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            shops.wait_until("first orders", lambda: journal_file.exists() and any(
                entry.get("status") == 201 for entry in shops.read_journal(journal_file)))
            run_kills(shop, arguments.kills, generator)
            time.sleep(1)
        finally:
            buyer.terminate()
            buyer.wait(timeout=60)
        print(shop.verify())
        attempts = histories.read_journals(journal_file)
        report = histories.check(attempts, stored_orders.read_all(shop.store_file),
                                 units={attempts[0].variant: UNITS})
        print(f"after {arguments.kills} kills: {report}")
        assert report.acknowledged > 10 * arguments.kills, "the load was too thin to prove anything"


if __name__ == "__main__":
    main()

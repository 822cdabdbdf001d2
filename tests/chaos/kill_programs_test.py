"""kill -9 of every program of a shop under load, in seeded random order, under its supervisor.

Whatever `dermaga status` names is killed: core, both edges, and what else a shop runs. Three kinds of
shoppers keep buying meanwhile: one in plenty who sends every order again, perhaps through another edge;
many after few units; and one whose payments are declined, so that units come back. Their journals are
the witness, see histories.py; `verify` recomputes the rest from the raw rows.

  kill_programs_test.py [--kills N] [--seed S]
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
import supervised  # noqa: E402

EDGES = 2
PLENTY = 1_000_000
RESTART_S = 30  # the supervisor waits up to 15 s before it starts a program that keeps dying


class Shoppers:
    """Buyers in the background, each with a journal of its own."""

    def __init__(self, shop):
        self.shop = shop
        self.units = {}  # SKU -> units before the first order
        self.journals = []
        self.processes = []

    def send(self, sku, units, *options):
        self.shop.run_core("stock", "adjust", "--sku", sku, "--set", str(units), "--reason", "chaos")
        journal = self.shop.folder / f"journal-{len(self.journals)}.jsonl"
        self.units[sku], self.journals = units, [*self.journals, journal]
        self.processes.append(subprocess.Popen(
            self.shop.command("buy", "--json", "--sku", sku, "--retry", "--journal", journal, *options),
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))

    def wait_until_they_buy(self):
        for journal in self.journals:
            shops.wait_until(f"first orders in {journal.name}", lambda path=journal: path.exists() and any(
                entry.get("status") == 201 for entry in shops.read_journal(path)))

    def stop(self):
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            process.wait(timeout=60)

    def attempts(self):
        return histories.read_journals(*self.journals)

    def units_by_variant(self):
        found = {}
        for journal, units in zip(self.journals, self.units.values(), strict=True):
            found[histories.read_journals(journal)[0].variant] = units
        return found


def kill_all(shop, kills, generator):
    """Every program once per round, in an order of the round's own; sometimes two at once."""
    waiting = []
    for kill in range(1, kills + 1):
        waiting = waiting or generator.sample(sorted(shop.programs()), k=len(shop.programs()))
        name = waiting.pop()
        time.sleep(generator.uniform(0.05, 1.0))
        shops.wait_until(f"{name} to kill", lambda name=name: shop.kill(name), RESTART_S)
        print(f"{kill} of {kills}: killed {name}", flush=True)
        if generator.random() < 0.6:
            shop.wait_all_ready(RESTART_S)


def wait_until_settled(shop, shoppers):
    """Orders that were taken for later are accepted or cancelled once core is back."""
    def settled():
        waiting = {attempt.key for attempt in shoppers.attempts() if attempt.status == 202}
        for order in stored_orders.read_all(shop.store_file):
            if order.status != "pending_acceptance":
                waiting.discard(order.key)
        return not waiting
    shops.wait_until("orders taken for later settled", settled)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=9)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}", flush=True)
    with supervised.shop(EDGES) as shop:
        shoppers = Shoppers(shop)
        count = str(min(20_000, 1_000 + 400 * arguments.kills))
        try:
            shoppers.send("KOP-GYO-BIJ-250G", PLENTY, "--count", count, "--concurrency", "16", "--rate", "60",
                          "--repeat", "1")
            shoppers.send("BTK-PRG-M", 40 * arguments.kills, "--count", count, "--concurrency", "16",
                          "--rate", "40", "--quantity", "2")
            shoppers.send("BTK-PRG-L", PLENTY, "--count", count, "--concurrency", "4", "--rate", "10",
                          "--token", "tok_decline")
            shoppers.wait_until_they_buy()
            kill_all(shop, arguments.kills, random.Random(arguments.seed))
            shop.wait_all_ready()
            time.sleep(1)
        finally:
            shoppers.stop()
        wait_until_settled(shop, shoppers)
        shop.down()
        print(shop.run_core("verify"))
        report = histories.check(shoppers.attempts(), stored_orders.read_all(shop.store_file),
                                 units=shoppers.units_by_variant())
        print(f"after {arguments.kills} kills: {report}")
        assert report.acknowledged > 20 * arguments.kills, "the load was too thin to prove anything"
        assert report.replayed > 0, "no order was sent again"


if __name__ == "__main__":
    main()

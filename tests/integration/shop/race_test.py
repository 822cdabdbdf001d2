"""64 buyers race for the last 200 units in 1,000 attempts: exactly 200 are sold, everyone else is
told out_of_stock, no refusal came while units were free, and verify finds every promise kept."""

import pathlib
import sys

TESTS = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(TESTS / "support"), str(TESTS / "chaos")]
import histories  # noqa: E402
import shop as shops  # noqa: E402
import stored_orders  # noqa: E402

SKU = "KOP-GYO-BIJ-250G"
UNITS = 200
ATTEMPTS = 1_000
BUYERS = 64


def main():
    with shops.shop() as shop:
        shop.run_core("stock", "adjust", "--sku", SKU, "--set", str(UNITS), "--reason", "race test")
        journal = shop.folder / "journal.jsonl"
        summary = shop.buy("--sku", SKU, "--count", str(ATTEMPTS), "--concurrency", str(BUYERS),
                           "--journal", str(journal), expect=None)
        print(summary)
        assert summary["placed"] == UNITS, summary
        assert summary["out_of_stock"] == ATTEMPTS - UNITS, summary
        listing = shop.run_core("stock", "list", "--sku", SKU)
        assert "available 0 " in listing, listing
        assert f"held {UNITS} " in listing, listing
        print(shop.verify())
        attempts = histories.read_journals(journal)
        print(histories.check(attempts, stored_orders.read_all(shop.store_file),
                              units={attempts[0].variant: UNITS}))


if __name__ == "__main__":
    main()

"""Core goes away: orders are taken by spools, survive kill -9 of every program, and are judged exactly
once when core is back (DESIGN §6.5). Real processes on loopback; every part ends with verify."""

import json
import pathlib
import shutil
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "support"))
import shop as shops  # noqa: E402

SKU = "KOP-GYO-BIJ-250G"


def buy(shop, name, count, *arguments):
    """Answers of so many orders, by status and code."""
    journal = shop.folder / f"{name}.journal"
    shop.buy("--sku", SKU, "--count", str(count), "--concurrency", "8", "--journal", str(journal),
             *arguments, expect=None)
    return [entry for entry in shops.read_journal(journal) if "status" in entry]


def set_available(shop, units):
    """So many units beside those that earlier orders hold."""
    words = shop.run_core("stock", "list", "--sku", SKU).split()
    held = int(words[words.index("held") + 1]) + int(words[words.index("leased") + 1])
    shop.run_core("stock", "adjust", "--sku", SKU, "--set", str(held + units), "--reason", "link down test")


def statuses(entries):
    found = {}
    for entry in entries:
        key = (entry["status"], entry.get("code") or entry.get("order_status"))
        found[key] = found.get(key, 0) + 1
    return found


def wait_delivered(shop, *numbers):
    for number in numbers or shop.spools:
        shops.wait_until(f"spool {number} empty", lambda: shop.undelivered(number) == 0, 60)


def outage_with_kills(shop):
    """Killed core, then a killed spool: nothing that was answered is lost, nothing is there twice."""
    set_available(shop, 1000)
    assert statuses(buy(shop, "before", 5)).keys() <= {(201, "open"), (201, "confirmed")}
    shop.kill_core()
    shop.wait_until_spools_take_orders(SKU)
    taken = buy(shop, "away", 30, "--repeat", "1")
    assert statuses(taken) == {(202, "pending_acceptance"): 60}, statuses(taken)
    assert len({entry["order_id"] for entry in taken}) == 30
    before = shop.undelivered()
    assert before >= 30, before
    shop.spools[1].kill()
    shop.spools[1].wait(timeout=30)
    refused = buy(shop, "nobody", 1)
    assert refused[-1]["status"] == 503, refused
    shop.start_spool(1)
    assert shop.undelivered() == before
    shop.wait_until_spools_take_orders(SKU)
    shop.start_core()
    wait_delivered(shop)
    wanted = {entry["order_id"] for entry in taken}
    assert wanted <= set(shops.stored_order_ids(shop)), "an order that was answered 202 is not in the store"
    # Core is back: orders go straight to it, and those that were deferred are told so for ever.
    shops.wait_until("orders go to core again",
                     lambda: buy(shop, f"after-{time.monotonic_ns()}", 1)[-1]["status"] == 201)


def not_enough_stock(shop):
    """Judged when core is back, in the log's order: what is short is declined with its reason."""
    set_available(shop, 3)
    shop.kill_core()
    shop.wait_until_spools_take_orders(SKU)  # takes one of the three when it is judged
    taken = buy(shop, "short", 5)
    assert statuses(taken) == {(202, "pending_acceptance"): 5}, statuses(taken)
    shop.start_core()
    wait_delivered(shop)
    stored = set(shops.stored_order_ids(shop))
    accepted = [entry for entry in taken if entry["order_id"] in stored]
    assert len(accepted) <= 2, accepted
    declined = shop.run_core("orders", "declined")
    for entry in taken:
        assert (entry["order_id"] in stored) != (entry["order_id"] in declined), entry
    assert "out_of_stock" in declined, declined


def full_and_drained(shop):
    """A full spool says 503; a drained one takes nothing, delivers, and ends by itself."""
    set_available(shop, 1000)
    shop.stop(shop.spools[1])
    shop.start_spool(1, "--orders-max", "10")
    shop.kill_core()
    shop.wait_until_spools_take_orders(SKU)
    found = statuses(buy(shop, "full", 20))
    assert found[(202, "pending_acceptance")] < 10 and found[(503, "spool_full")] >= 10, found
    shop.stop(shop.spools[1])
    shop.start_spool(1, "--drain")
    shops.wait_until("the draining spool refuses",
                     lambda: buy(shop, f"drain-{time.monotonic_ns()}", 1)[-1]["status"] == 503)
    assert shop.spools[1].poll() is None, "it ended before its orders were delivered"
    shop.start_core()
    assert shop.spools[1].wait(timeout=60) == 0
    empty_but_core_has_its_lease(shop)
    shop.start_spool(1)


def empty_but_core_has_its_lease(shop):
    """Nobody takes a spool's disk away before core has its stock back."""
    shop.kill_core()
    shop.start_spool(1, "--drain")
    time.sleep(2)
    assert shop.spools[1].poll() is None, "it ended although core could not take its lease back"
    shop.stop(shop.spools[1])
    assert shop.spools[1].returncode == 1, shop.spools[1].returncode
    assert "core has not taken its stock lease back" in (shop.folder / "spool-1.out").read_text()
    shop.start_spool(1, "--drain")
    shop.start_core()
    assert shop.spools[1].wait(timeout=60) == 0


def two_spools(shop):
    """Each order lies on two disks: one of them may be lost."""
    set_available(shop, 1000)
    shop.kill_core()
    shop.wait_until_spools_take_orders(SKU)
    taken = buy(shop, "twice", 30)
    assert statuses(taken) == {(202, "pending_acceptance"): 30}, statuses(taken)
    assert shop.undelivered(1) >= 30 and shop.undelivered(2) >= 30
    shop.spools[1].kill()
    shop.spools[1].wait(timeout=30)
    shutil.rmtree(shop.spool_folder(1) / "orders")
    shop.start_core()
    wait_delivered(shop, 2)
    wanted = {entry["order_id"] for entry in taken}
    assert wanted <= set(shops.stored_order_ids(shop)), "a lost disk lost orders"
    # With one of the two away there are no two disks: nothing is promised.
    shop.kill_core()
    shops.wait_until("the edge knows that core is away",
                     lambda: buy(shop, f"one-{time.monotonic_ns()}", 1)[-1]["status"] == 503)
    assert shop.undelivered(2) == 0
    shop.start_core()


def lease(shop, what, number=1):
    """`units` that the spool may sell now, or the `epoch` of its lease."""
    text = shops.http_get(shop.spool_url(number, "/metrics"), 5)[2].decode()
    return next((int(float(line.split()[-1])) for line in text.splitlines()
                 if line.startswith(f"dermaga_spool_lease_{what} ")), 0)


def with_leases(shop):
    """Another core process, which lends stock from now on; the spool is started anew to ask at once."""
    set_available(shop, 1000)
    shop.settings = shop.folder / "shop.toml"
    shop.settings.write_text("[leases]\nshare_percent = 5\nunits_max = 20\nkeep_units = 0\n")
    shop.kill_core()
    shop.start_core()
    shop.stop(shop.spools[1])
    shop.start_spool(1)
    shops.wait_until("the spool has a lease", lambda: lease(shop, "units") > 0)


def sold_from_a_lease(shop):
    """Within the lease orders are answered 201, beyond it 202; all of the former are there afterwards."""
    with_leases(shop)
    shop.kill_core()
    shop.wait_until_spools_take_orders(SKU)
    epoch = lease(shop, "epoch")
    taken = buy(shop, "leased", 40, "--quote")
    found = statuses(taken)
    sold = [entry["order_id"] for entry in taken if entry["status"] == 201]
    assert 0 < len(sold) <= 20 and found[(202, "pending_acceptance")] == 40 - len(sold), found
    shop.start_core()
    wait_delivered(shop)
    assert set(sold) <= set(shops.stored_order_ids(shop)), "an order that was answered 201 is not in the store"
    assert "promises_broken 0" in shops.http_get(
        f"http://127.0.0.1:{shop.port_base + 10}/metrics", 5)[2].decode()
    shops.wait_until("the spool has the next lease", lambda: lease(shop, "epoch") > epoch and lease(shop, "units") > 0)


def abandoned_lease(shop):
    """A spool that returns after its lease was abandoned: judged anew, broken promises are counted."""
    shop.kill_core()
    shop.wait_until_spools_take_orders(SKU)
    taken = buy(shop, "abandoned", 5, "--quote")
    assert {entry["status"] for entry in taken} == {201}, statuses(taken)
    shop.spools[1].kill()
    shop.spools[1].wait(timeout=30)
    shop.start_core()
    opened = [line.split() for line in shop.run_core("leases", "list").splitlines() if "  open  " in line]
    assert len(opened) == 1, opened
    answer = shop.run_core("leases", "abandon", opened[0][0], opened[0][1], "--reason", "machine lost")
    assert "abandoned" in answer and "(machine lost)" in answer, answer
    set_available(shop, 2)
    shop.start_spool(1)
    wait_delivered(shop)
    declined = shop.run_core("orders", "declined")
    stored = set(shops.stored_order_ids(shop))
    for entry in taken:
        assert (entry["order_id"] in stored) != (entry["order_id"] in declined), entry
    broken = sum(entry["order_id"] in declined for entry in taken)
    assert broken >= 3, broken
    assert declined.count("PROMISE BROKEN") == broken, declined
    assert shop.run_core("orders", "declined", "--only", "broken").count("ord_") == broken
    assert f"{broken} orders were declined though a spool had answered 201" in shop.verify()
    one = next(entry["order_id"] for entry in taken if entry["order_id"] in declined)
    assert "told 201" in shop.run_core("orders", "show", one)
    kept = next(entry["order_id"] for entry in taken if entry["order_id"] in stored)
    assert "taken by a spool" in shop.run_core("orders", "show", kept)
    assert f"promises_broken {broken}" in shops.http_get(
        f"http://127.0.0.1:{shop.port_base + 10}/metrics", 5)[2].decode()


def run(parts, spools):
    with shops.shop(spools=spools) as shop:
        for part in parts:
            print(f"{part.__name__}: {part.__doc__.splitlines()[0]}", flush=True)
            part(shop)
        shop.stop_all()
        print(json.dumps(shop.verify().splitlines()[-1:]))


def main():
    run((outage_with_kills, not_enough_stock, full_and_drained), spools=1)
    run((two_spools,), spools=2)
    run((sold_from_a_lease, abandoned_lease), spools=1)


if __name__ == "__main__":
    main()

"""Orders with a unique marker in every personal field wait in spools while core is away; nothing of the
public zone may hold one, neither while they wait nor after they were delivered.

Searched are the disks of both spools, the edge's folder, the memory, logs and monitoring pages of all
three, and the private zone's store and log, where some of the orders are declined. That the search looks
in the right places is shown by what lies there in clear: the orders' ids. That the markers were sent at
all is shown by reading one order back once core has taken it.
"""

import pathlib
import random
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import shop as shops  # noqa: E402
from markers_test import flags_of, make_markers  # noqa: E402
from process_search import Search  # noqa: E402

SKU = "KOP-GYO-BIJ-250G"
ORDERS = 60
# Far fewer than orders: some are declined when core judges them. How many depends on the marker card,
# which some seeds make one that the payment provider refuses: its units go back.
UNITS = 10


def buy(shop, markers, key_file):
    """Orders that wait in the spools; returns the ids of all and the one that can be read back."""
    journal = shop.folder / "buyer.journal"
    one = shop.buy("--sku", SKU, "--reply-key", str(key_file), *flags_of(markers))["order"]
    shop.buy("--sku", SKU, "--count", str(ORDERS), "--concurrency", "8", "--journal", str(journal),
             *flags_of(markers))
    answers = [entry for entry in shops.read_journal(journal) if "status" in entry]
    assert {(entry["status"], entry["order_status"]) for entry in answers} == {(202, "pending_acceptance")}
    assert len(answers) == ORDERS
    return [one["id"], *(entry["order_id"] for entry in answers)], one


def pages(shop):
    """What the programs of the public zone tell their operators."""
    urls = [shop.spool_url(number, path) for number in shop.spools for path in ("/metrics", "/readyz")]
    urls += [f"http://127.0.0.1:{shop.port_base + 21}{path}" for path in ("/metrics", "/readyz")]
    bodies = {url: shops.http_get(url)[2] for url in urls}
    assert all(bodies.values()), bodies
    return bodies


def check(shop, search, when):
    """Nowhere in the public zone, nor in clear in the private one."""
    places = [shop.data / "public", shop.data / "private", *shop.folder.glob("*.out")]
    found = search.in_files(*places)
    for url, body in pages(shop).items():
        found |= {(url, what) for what in search.in_bytes(body)}
    searched = 0
    for name, process in [("edge-1", shop.edges[1]), *((f"spool-{n}", s) for n, s in shop.spools.items())]:
        in_memory, size = search.in_memory(process.pid)
        found |= {(f"memory of {name}", what) for what in in_memory}
        assert size > 10_000_000, f"only {size} bytes of the memory of {name} were readable"
        searched += size
    assert not found, f"{when}: {sorted(found)}"
    print(f"{when}: no marker on disk, in logs, pages or {searched / 1e6:.0f} MB of memory", flush=True)


def check_search_sees(shop, ids, markers, search):
    """The ids lie in clear on both disks, and a marker beside them would have been found."""
    by_id = Search({id: id for id in ids})
    for number in shop.spools:
        seen = {what.split()[0] for _, what in by_id.in_files(shop.spool_folder(number))}
        assert seen == set(ids), f"spool {number} holds {len(seen)} of {len(ids)} orders"
    planted = shop.spool_folder(1) / "planted"
    planted.write_text("\n".join(markers.values()))
    found = {what for _, what in search.in_files(shop.data / "public")}
    planted.unlink()
    assert found >= {f"{name} as utf-8" for name in markers}


def check_read_back(shop, markers, one, key_file):
    def read():
        done = subprocess.run(
            shop.buy_command("--read", one["id"], "--access-token", one["access_token"],
                             "--reply-key", str(key_file)),
            capture_output=True, text=True, timeout=60, check=False)
        return done.stdout + done.stderr
    # The spools may have met core before the edge did.
    shops.wait_until("the edge reaches core", lambda: "core_unavailable" not in read())
    answer = read()
    for field in ("name", "email", "line1", "city"):
        assert markers[field] in answer, f"{field} was not read back:\n{answer}"


def main():
    seed = random.SystemRandom().randrange(1 << 32)
    print(f"seed {seed}", flush=True)
    markers = make_markers(random.Random(seed))
    search = Search(markers)
    with shops.shop(spools=2) as shop:
        shop.run_core("stock", "adjust", "--sku", SKU, "--set", str(UNITS), "--reason", "marker test")
        shop.kill_core()
        shop.wait_until_spools_take_orders(SKU)
        key_file = shop.folder / "reply.jwk"
        ids, one = buy(shop, markers, key_file)
        check_search_sees(shop, ids, markers, search)
        check(shop, search, "while they wait")
        shop.start_core()
        for number in shop.spools:
            shops.wait_until(f"spool {number} empty", lambda: shop.undelivered(number) == 0)
        check_read_back(shop, markers, one, key_file)
        declined = shop.run_core("orders", "declined", "--limit", "100")
        assert any(id in declined for id in ids), declined
        check(shop, search, "after delivery")
        shop.stop_all()
        print(shop.verify().splitlines()[-1])


if __name__ == "__main__":
    main()

"""Orders with a unique marker in every personal field; nothing of the public zone may hold one.

Searched are the edge's memory (while orders pass and afterwards), its files and its log; the
private zone's store and logs too, since personal fields are sealed at rest. That the search works is
shown by planting markers: in a file, and in the edge's own memory.
"""

import pathlib
import random
import socket
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import shop as shops  # noqa: E402
from process_search import Search  # noqa: E402

ORDERS = 400
# A sanitizer build has so much memory to search that one search outlasts the orders.
SEARCHES_UNDER_LOAD = 1 if shops.build_folder().name in ("asan", "tsan") else 2


def luhn_complete(digits):
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (2 if place % 2 == 0 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return digits + str(-total % 10)


def make_markers(generator):
    def letters(count):
        return "".join(generator.choice("bcdfghjklmnpqrstvwxz") for _ in range(count))

    def digits(count):
        return "".join(generator.choice("0123456789") for _ in range(count))

    return {
        "name": "Nama" + letters(16),
        "email": letters(16) + "@" + letters(10) + ".example",
        "phone": "+62" + digits(15),
        "line1": "Jl. " + letters(16),
        "line2": "Lt. " + letters(16),
        "city": "Kota" + letters(16),
        "card": luhn_complete("4" + digits(14)),
    }


def flags_of(markers):
    return [part for name, text in markers.items() for part in (f"--{name}", text)]


def buy_under_search(shop, search, edge_pid, arguments):
    """Places orders; the edge's memory is searched again and again while they pass."""
    buyer = subprocess.Popen(shop.buy_command("--json", *arguments), stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, text=True)
    found, searches = set(), 0
    while buyer.poll() is None and searches < 100:
        found |= search.in_memory(edge_pid)[0]
        searches += 1
    out, err = buyer.communicate(timeout=120)
    assert '"placed":%d,' % ORDERS in out, out + err
    assert searches >= SEARCHES_UNDER_LOAD, f"only {searches} searches while orders passed"
    return found


def check_read_back(shop, markers):
    """The markers did reach the private zone: a sealed read gives them back."""
    done = subprocess.run(shop.buy_command(*flags_of(markers)), capture_output=True, text=True,
                          timeout=60, check=False)
    for field in ("name", "email", "line1", "city"):
        assert markers[field] in done.stdout, f"{field} was not read back:\n{done.stdout}{done.stderr}"


def check_planted(shop, search, markers, edge_pid):
    """A search that finds nothing proves something only if it finds what is there."""
    wanted = {f"{name} as utf-8" for name in markers}
    planted = shop.edge_folder() / "planted"
    planted.write_text("\n".join(markers.values()))
    assert {what for _, what in search.in_files(shop.edge_folder())} >= wanted
    planted.unlink()
    with socket.create_connection(("127.0.0.1", shop.port_base)) as connection:
        # A head that does not end stays in the edge's buffer until its time is over.
        connection.sendall(f"GET / HTTP/1.1\r\nHost: x\r\nX-P: {' '.join(markers.values())}".encode())
        shops.wait_until("planted markers in the edge's memory",
                         lambda: search.in_memory(edge_pid)[0] >= wanted, 8)


def main():
    seed = random.SystemRandom().randrange(1 << 32)
    print(f"seed {seed}", flush=True)
    markers = make_markers(random.Random(seed))
    search = Search(markers)
    sku = "KOP-GYO-BIJ-250G"
    with shops.shop() as shop:
        shop.run_core("stock", "adjust", "--sku", sku, "--set", "100000", "--reason", "marker test")
        edge_pid = shop.edges[1].pid
        check_read_back(shop, markers)
        found = buy_under_search(
            shop, search, edge_pid,
            ["--sku", sku, "--count", str(ORDERS), "--concurrency", "4", "--rate", "100",
             *flags_of(markers)])
        at_rest, searched = search.in_memory(edge_pid)
        assert not found | at_rest, f"in the edge's memory: {sorted(found | at_rest)}"
        assert searched > 10_000_000, f"only {searched} bytes of memory were readable"
        logs = [shop.folder / "edge-1.out", shop.folder / "core.out"]
        on_disk = search.in_files(shop.edge_folder(), shop.data / "private", *logs)
        assert not on_disk, f"on disk: {sorted(on_disk)}"
        check_planted(shop, search, markers, edge_pid)
        print(f"no marker in {searched / 1e6:.0f} MB of the edge's memory, its files or logs; "
              "planted ones are found")


if __name__ == "__main__":
    main()

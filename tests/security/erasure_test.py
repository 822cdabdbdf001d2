"""A person is shown only to whoever says why, exported, and erased for good: also from a database that is
restored from before."""

import contextlib
import json
import pathlib
import shutil
import sqlite3
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import shop as shops  # noqa: E402

SKU = "KOP-GYO-BIJ-250G"
NAME, EMAIL, STREET = "Quetzalina Marker", "quetzal.marker@example.com", "Jl. Penanda 77"


def buy(shop, key):
    return shop.buy("--sku", SKU, "--name", NAME, "--email", EMAIL, "--line1", STREET,
                    "--reply-key", str(shop.folder / key))["order"]


def read_back(shop, order, key):
    done = subprocess.run([shops.program("dermaga"), "buy", "--url", shop.http, "--read", order["id"],
                           "--access-token", order["access_token"], "--reply-key", str(shop.folder / key)],
                          capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stdout + done.stderr


def shown_with_a_reason(shop, order):
    shown = shop.run_core("customers", "show", order["id"], "--reason", "asked for help by mail")
    assert NAME in shown and EMAIL in shown and STREET in shown, shown
    exported = json.loads(shop.run_core("customers", "export", order["id"], "--reason", "asked for a copy"))
    assert exported["email"] == EMAIL and exported["shipping_address"]["line1"] == STREET, exported
    assert exported["order"]["id"] == order["id"] and exported["order"]["lines"], exported
    assert "--reason is missing" in shop.run_core("customers", "show", order["id"], expect=1)
    told = shop.run_core("audit", "list")
    assert "customer.show" in told and "(asked for help by mail)" in told and "customer.export" in told, told
    assert NAME not in told and EMAIL not in told, "the audit log names a person"


def erased(shop, order):
    assert "under way" in shop.run_core("customers", "erase", order["id"], "--reason", "asked to", expect=1)
    assert EMAIL in shop.run_core("customers", "show", order["id"], "--reason", "still there")
    shop.run_core("orders", "fulfil", order["id"])
    before = shop.run_core("orders", "show", order["id"])
    with contextlib.closing(sqlite3.connect(shop.store_file)) as store:
        with contextlib.closing(sqlite3.connect(shop.folder / "backup.db")) as backup:
            store.backup(backup)
    shop.run_core("customers", "erase", order["id"], "--reason", "asked to be forgotten")
    assert shop.run_core("orders", "show", order["id"]) == before, "amounts must stay"
    nobody_finds_him(shop, order)


def nobody_finds_him(shop, order):
    for act in ("show", "export", "erase"):
        answer = shop.run_core("customers", act, order["id"], "--reason", "again", expect=None)
        assert NAME not in answer and EMAIL not in answer and STREET not in answer, answer
        assert act == "erase" or "was erased" in answer, answer
    code, answer = read_back(shop, order, "key")
    assert code != 0 and NAME not in answer and STREET not in answer, answer
    report = shop.verify()
    assert "1 customers are erased" in report, report


def restored(shop, order):
    """A store of before the erasure: `verify` says so, and core forgets him again before it serves."""
    shop.stop_all()
    shutil.copy(shop.folder / "backup.db", shop.store_file)
    for leftover in ("-wal", "-shm"):
        pathlib.Path(str(shop.store_file) + leftover).unlink(missing_ok=True)
    looked = subprocess.run(shop.core_command("verify"), capture_output=True, text=True, check=False)
    assert looked.returncode == 1 and "BREACH erasure" in looked.stdout, looked.stdout
    shop.start_core()
    shop.start_edge()
    nobody_finds_him(shop, order)
    assert "core  customer.erase" in shop.run_core("audit", "list")


def a_damaged_list_is_named(shop):
    shop.stop_all()
    listed = shop.data / "private/erasures.jsonl"
    good = listed.read_text(encoding="utf-8")
    assert NAME not in good and EMAIL not in good
    for bad in (good.replace("cus_", "cus_x", 1), "nonsense\n" + good, good.replace('"at"', '"att"', 1)):
        listed.write_text(bad, encoding="utf-8")
        refused = subprocess.run(shop.core_command("serve", "--port-base", str(shop.port_base)),
                                 capture_output=True, text=True, timeout=60, check=False)
        assert refused.returncode == 1 and "erasures.jsonl, line 1" in refused.stderr, refused.stderr
    listed.write_text(good + '{"at":"2026', encoding="utf-8")  # a crash while it was written
    shop.start_core()
    assert listed.read_text(encoding="utf-8") == good


def main():
    with shops.shop() as shop:
        first = buy(shop, "key")
        other = buy(shop, "other_key")
        shown_with_a_reason(shop, first)
        erased(shop, first)
        code, answer = read_back(shop, other, "other_key")
        assert code == 0 and NAME in answer, answer
        restored(shop, first)
        a_damaged_list_is_named(shop)
        print(shop.verify())


if __name__ == "__main__":
    main()

"""What staff do is in the audit log, by whom and why, and nobody can change that unnoticed."""

import json
import pathlib
import shutil
import sqlite3
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "support"))
import shop as shops  # noqa: E402

SKU = "KOP-GYO-BIJ-250G"


def acts_are_told(shop):
    """Through the serving core's socket and beside a stopped one."""
    copy = shop.folder / "copied.jsonl"
    shop.run_core("stock", "adjust", "--sku", SKU, "--set", "50", "--reason", "counted twice")
    shop.start_core()
    shop.start_edge()
    order = shop.buy("--sku", SKU)["order"]["id"]
    other = shop.buy("--sku", SKU)["order"]["id"]
    shop.run_core("orders", "cancel", order, "--reason", "wrong_colour")
    shop.run_core("orders", "fulfil", other)
    shop.run_core("orders", "cancel", order, "--reason", "again", expect=1)  # no act, no entry
    shop.run_core("stock", "adjust", "--sku", SKU, "--by", "-2000", "--reason", "x", expect=1)
    user = subprocess.run(["id", "-un"], capture_output=True, text=True, check=True).stdout.strip()
    told = shop.run_core("audit", "list").splitlines()
    actions = [line.split()[3] for line in told]
    assert actions == ["catalog.import", "catalog.import", "stock.adjust", "order.cancel", "order.fulfil"], told
    assert all(f"host:{user}" in line for line in told), told
    assert "to 50  (counted twice)" in told[2] and order in told[3] and "(wrong_colour)" in told[3], told
    exported = [json.loads(line) for line in shop.run_core("audit", "export").splitlines()]
    assert [entry["action"] for entry in exported] == actions
    shops.wait_until("everything is copied as it grows", lambda: copy.exists() and [
        json.loads(line) for line in copy.read_text(encoding="utf-8").splitlines()] == [
            {"sequence": number, "entry": entry} for number, entry in enumerate(exported)], 10)
    assert exported[3]["subject"] == order and exported[3]["reason"] == "wrong_colour", exported[3]


def kept_checkpoint(shop):
    note = shop.folder / "checkpoint"
    note.write_text(shop.run_core("audit", "checkpoint"), encoding="utf-8")
    assert note.read_text(encoding="utf-8").startswith("dermaga/audit/")
    assert shop.run_core("audit", "key").startswith("dermaga/audit/")
    assert "kept" in shop.run_core("audit", "verify", "--checkpoint", str(note))
    forged = shop.folder / "forged"
    forged.write_text(note.read_text(encoding="utf-8").replace("\n5\n", "\n4\n"), encoding="utf-8")
    assert "signature" in shop.run_core("audit", "verify", "--checkpoint", str(forged), expect=1)
    return note


def tampered(shop, change):
    """Core's store with one change in it; the answers of both ways to look."""
    good = shop.store_file.with_suffix(".good")
    shutil.copy(shop.store_file, good)
    with sqlite3.connect(shop.store_file) as store:
        change(store)
    store.close()
    log = shop.run_core("audit", "verify", expect=None)
    rows = subprocess.run(shop.core_command("verify"), capture_output=True, text=True, check=False)
    shutil.move(good, shop.store_file)
    return log, rows.stdout


def changes_are_found(shop, note):
    for what in ("UPDATE audit_entries SET entry = replace(entry, 'counted twice', 'counted once')",
                 "DELETE FROM audit_entries WHERE sequence = 4",
                 "DELETE FROM audit_entries WHERE sequence = 1",
                 "UPDATE audit_entries SET sequence = CASE sequence WHEN 2 THEN 3 ELSE 2 END + 100 "
                 "WHERE sequence IN (2, 3)",
                 "INSERT INTO audit_entries SELECT 5, entry FROM audit_entries WHERE sequence = 3"):
        log, rows = tampered(shop, lambda store, what=what: store.execute(what))
        assert "BREACH" in log and "tampered" in log, (what, log)
        assert "BREACH audit_log" in rows, (what, rows)

    def forget_the_last(store):
        """A careful hand: entry, tree and checkpoints of an earlier time, all consistent."""
        store.executescript(f"""
            ATTACH '{shop.folder}/earlier.db' AS earlier;
            DELETE FROM audit_entries; INSERT INTO audit_entries SELECT * FROM earlier.audit_entries;
            DELETE FROM audit_tree; INSERT INTO audit_tree SELECT * FROM earlier.audit_tree;
            DELETE FROM audit_checkpoints; INSERT INTO audit_checkpoints SELECT * FROM earlier.audit_checkpoints;
        """)
    good = shop.store_file.with_suffix(".good")
    shutil.copy(shop.store_file, good)
    with sqlite3.connect(shop.store_file) as store:
        forget_the_last(store)
    store.close()
    assert "nothing was changed" in shop.run_core("audit", "verify")
    rolled_back = shop.run_core("audit", "verify", "--checkpoint", str(note), expect=1)
    assert "kept elsewhere" in rolled_back, rolled_back
    shutil.move(good, shop.store_file)


def main():
    with shops.shop(start=False, sample=False) as shop:
        shop.settings = shop.folder / "shop.toml"
        shop.settings.write_text(f'[audit]\nexport = "{shop.folder / "copied.jsonl"}"\n', encoding="utf-8")
        shop.import_sample()
        shutil.copy(shop.store_file, shop.folder / "earlier.db")
        acts_are_told(shop)
        note = kept_checkpoint(shop)
        shop.stop_all()
        changes_are_found(shop, note)
        assert "kept" in shop.run_core("audit", "verify", "--checkpoint", str(note))
        print(shop.verify())


if __name__ == "__main__":
    main()

"""What goes wrong on a merchant's machine gets a sentence that says what and what to do, a non-zero
exit, and loses nothing: port in use, wide or missing keys, corrupt database, second writer, full disk."""

import os
import pathlib
import signal
import socket
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "support"))
import shop as shops  # noqa: E402

SKU = "KOP-GYO-BIJ-250G"


def serve_and_fail(shop, *words):
    """Starts core, which must refuse within its time with every one of the words in its message."""
    done = subprocess.run(
        shop.core_command("serve", "--port-base", str(shop.port_base)), capture_output=True, text=True,
        timeout=shops.READY_TIMEOUT_S, check=False)
    message = done.stdout + done.stderr
    print("  " + message.strip())
    assert done.returncode not in (0, None) and done.returncode > 0, (done.returncode, message)
    for word in words:
        assert word in message, f"'{word}' is not in: {message}"


def port_in_use(shop):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", shop.port_base + 10))
        taken.listen()
        serve_and_fail(shop, str(shop.port_base + 10), "in use")


def wide_key(shop):
    key = shop.data / "private/keys/root.key"
    key.chmod(0o644)
    serve_and_fail(shop, "chmod 600", "root.key")
    key.chmod(0o600)


def missing_root_key(shop):
    key = shop.data / "private/keys/root.key"
    aside = key.with_suffix(".aside")
    key.rename(aside)
    serve_and_fail(shop, "root.key")
    assert not key.exists(), "a new root key was made over data that the old one sealed"
    aside.rename(key)


def missing_keys_folder(shop):
    keys = shop.data / "private/keys"
    aside = keys.with_name("keys-aside")
    keys.rename(aside)
    serve_and_fail(shop, "root.key", "backup")
    checked = subprocess.run(shop.core_command("verify"), capture_output=True, text=True, check=False)
    assert checked.returncode != 0 and "root.key" in checked.stderr, checked.stderr
    assert not list(keys.iterdir()), "new keys were made beside a store that the old ones sealed"
    keys.rmdir()
    aside.rename(keys)


def missing_derivation_key(shop):
    key = shop.data / "private/keys/secret-derivation.wrapped"
    aside = key.with_suffix(".aside")
    key.rename(aside)
    serve_and_fail(shop, "secret-derivation.wrapped", "backup")
    assert not key.exists(), "known idempotency keys would have got other order ids"
    aside.rename(key)


def corrupt_database(shop):
    store = shop.data / "private/store/core.db"
    good = store.read_bytes()
    store.write_bytes(good[:100] + os.urandom(4096) + good[4196:])
    serve_and_fail(shop, "core.db", "backup")
    store.write_bytes(b"this is not a database at all, " * 300)
    serve_and_fail(shop, "core.db")
    store.write_bytes(good)


def second_writer(shop):
    shop.start_core()
    serve_and_fail_on_other_ports(shop)
    before = shop.run_core("orders", "list")
    assert "no orders" in before  # through the serving core's socket
    shop.stop(shop.core)


def paused_core(shop):
    """Whoever gave up on a paused core is not obeyed later, however often he asked."""
    shop.start_core()
    before = shop.run_core("stock", "list", "--sku", SKU)
    os.kill(shop.core.pid, signal.SIGSTOP)
    for _ in range(3):
        try:
            subprocess.run(shop.core_command("stock", "adjust", "--sku", SKU, "--by", "-1", "--reason", "test"),
                           capture_output=True, timeout=1, check=False)
            raise AssertionError("a paused core answered")
        except subprocess.TimeoutExpired:
            pass
    os.kill(shop.core.pid, signal.SIGCONT)
    assert shop.run_core("stock", "list", "--sku", SKU) == before
    shop.run_core("stock", "adjust", "--sku", SKU, "--by", "-1", "--reason", "test")
    assert shop.run_core("stock", "list", "--sku", SKU) != before
    shop.stop(shop.core)


def serve_and_fail_on_other_ports(shop):
    done = subprocess.run(
        shop.core_command("serve", "--port-base", str(shop.port_base + 200)), capture_output=True,
        text=True, timeout=shops.READY_TIMEOUT_S, check=False)
    assert done.returncode > 0 and "already open" in done.stderr, done.stderr
    print("  " + done.stderr.strip())


def full_disk():
    """Core's folder on a small tmpfs that fills up under load; then the disk grows and all is there."""
    with shops.shop(start=False, sample=False) as shop:
        private = shop.data / "private"
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=12m,mode=0700", "tmpfs", str(private)],
                                 capture_output=True, check=False)
        if mounted.returncode != 0:
            print("  skipped: this kernel lets us mount no tmpfs")
            return
        try:
            shop.init()
            shop.import_sample()
            shop.run_core("stock", "adjust", "--sku", SKU, "--set", "100000000", "--reason", "test")
            shop.start_core()
            shop.start_edge()
            journal = shop.folder / "journal.jsonl"
            summary = shop.buy("--sku", SKU, "--count", "20000", "--concurrency", "32",
                               "--journal", str(journal), expect=None, timeout_s=240)
            print(f"  {summary}")
            assert summary["placed"] < 20000, "the disk never filled up"
            shop.stop(shop.core)
            subprocess.run(["mount", "-o", "remount,size=200m", str(private)], check=True)
            shop.start_core()
            print("  " + shop.verify().strip())
            acknowledged = {entry["order_id"] for entry in shops.read_journal(journal)
                            if entry["kind"] == "answer" and entry.get("status") == 201}
            missing = [order for order in acknowledged if order not in shops.stored_order_ids(shop)]
            assert acknowledged and not missing, f"{len(missing)} acknowledged orders lost"
            again = shop.buy("--sku", SKU, "--count", "3")
            assert again["placed"] == 3, again
        finally:
            shop.stop_all()
            subprocess.run(["umount", "-l", str(private)], check=False)


def main():
    with shops.shop(start=False) as shop:
        for fault in (port_in_use, wide_key, missing_root_key, missing_keys_folder, missing_derivation_key,
                      corrupt_database, second_writer, paused_core):
            print(f"{fault.__name__}:", flush=True)
            fault(shop)
        shop.start_core()  # after all of it the shop is as it was
        print(shop.verify())
    print("full_disk:", flush=True)
    full_disk()


if __name__ == "__main__":
    main()

"""Key-encryption keys change while orders come in and core is killed: every row stays readable, and the
old keys can be destroyed in the end.

  key_rotation_test.py [--rotations N] [--seed S] [--root token]     CI runs the short form, `./dermaga test --long` more.
"""

import argparse
import contextlib
import pathlib
import random
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import accounts  # noqa: E402
import shop as shops  # noqa: E402
import tokens  # noqa: E402

SKU = "KOP-GYO-BIJ-250G"
ORDERS_BEFORE = 3_000
ORDERS_PER_SECOND = 100
SECONDS_PER_ROTATION_MAX = 30


@contextlib.contextmanager
def token_settings():
    """Settings of a shop whose root key lies in a PKCS#11 token."""
    with tempfile.TemporaryDirectory(prefix="dermaga-token-") as folder:
        folder = pathlib.Path(folder)
        tokens.make_token(folder)
        pin = tokens.write_secret(folder / "pin.txt", tokens.PIN + "\n")
        settings = folder / "shop.toml"
        settings.write_text('[card_vault]\nenabled = true\n[keys]\nroot = "pkcs11"\n' + tokens.settings_of(pin),
                            encoding="utf-8")
        yield settings


def keep_what_accounts_have(shop):
    """A person with an address and a saved card: more rows that hang on the keys."""
    with accounts.door(shop) as (door, _):
        code = accounts.sign_up(door, shop, "sari", "sari@contoh.example", "sepeda biru di kebun", "Sari Uji")
        session = door.call("sari", "verify_email", code=code, password="sepeda biru di kebun")["session"]
        card = {"number": "4242424242424242", "expiry_month": 12, "expiry_year": 2040}
        door.call("sari", "save_card", session=session, card=card)


def keks(shop):
    return sorted(int(path.name.split("-")[1].split(".")[0])
                  for path in (shop.data / "private/keys").glob("kek-*.wrapped"))


def interrupted(shop, generator, *words):
    """The command, with core killed somewhere in it (or just after); core is there again afterwards."""
    command = subprocess.Popen(shop.core_command(*words), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(generator.uniform(0.0, 0.25))
    shop.kill_core()
    command.wait(timeout=60)
    shop.start_core()


def rotate_once(shop, generator):
    """A new key and everything under it, with a kill at each step."""
    before, orders = keks(shop)[-1], len(shops.stored_order_ids(shop))
    interrupted(shop, generator, "keys", "rotate")
    if keks(shop)[-1] == before:  # killed before it had begun
        shop.run_core("keys", "rotate")
    interrupted(shop, generator, "keys", "rewrap")
    interrupted(shop, generator, "keys", "rewrap")
    shop.verify()  # whatever was done until now, every sealed field opens
    newest = keks(shop)[-1]
    shop.run_core("keys", "rewrap")
    for version in keks(shop)[:-1]:
        # An order may have come in under the old key in the moment of the rotation.
        shops.wait_until(f"KEK {version} is destroyed", lambda version=version: version not in keks(shop) or (
            shop.run_core("keys", "rewrap") and
            "is destroyed" in shop.run_core("keys", "destroy", "--kek", str(version), "--reason", "test",
                                            expect=None)), 30)
    assert keks(shop) == [newest], keks(shop)
    shops.wait_until("orders came in meanwhile", lambda: len(shops.stored_order_ids(shop)) > orders + 20)
    print(shop.run_core("keys", "status").strip(), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rotations", type=int, default=3)
    parser.add_argument("--root", choices=("file", "token"), default="file")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}", flush=True)
    generator = random.Random(arguments.seed)
    if arguments.root == "token" and not tokens.SOFTHSM.exists():
        print("softhsm2 is not installed")
        sys.exit(shops.SKIPPED)
    with (token_settings() if arguments.root == "token" else contextlib.nullcontext()) as settings, \
            shops.shop(settings=settings) as shop:
        keep_what_accounts_have(shop)
        shop.run_core("stock", "adjust", "--sku", SKU, "--set", "100000000", "--reason", "test")
        shop.buy("--sku", SKU, "--count", str(ORDERS_BEFORE), "--concurrency", "32")
        journal = shop.folder / "journal.jsonl"
        # Enough orders to outlast the rotations; the buyer is stopped when they are over.
        count = arguments.rotations * SECONDS_PER_ROTATION_MAX * ORDERS_PER_SECOND
        buyer = subprocess.Popen(
            shop.buy_command("--sku", SKU, "--count", str(count), "--concurrency", "16", "--rate",
                             str(ORDERS_PER_SECOND), "--retry", "--journal", str(journal)),
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            shops.wait_until("first orders", lambda: journal.exists() and any(
                entry.get("status") == 201 for entry in shops.read_journal(journal)))
            for _ in range(arguments.rotations):
                rotate_once(shop, generator)
        finally:
            buyer.terminate()
            buyer.wait(timeout=60)
        print(shop.verify())
        # Also from the disk alone, and without the keys that are gone.
        shop.stop_all()
        print(shop.verify())
        told = [line.split()[3] for line in shop.run_core("audit", "list", "--limit", "1000").splitlines()]
        assert told.count("keys.destroy") >= arguments.rotations, told


if __name__ == "__main__":
    main()

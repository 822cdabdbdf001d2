"""A root key out of the data folder, a passphrase's or a PKCS#11 token's (SoftHSM2): the shop takes orders,
starts again and changes its keys, and a copy of its data folder opens nothing."""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import shop as shops  # noqa: E402
import tokens  # noqa: E402
from tokens import write_secret  # noqa: E402

SKU = "KOP-GYO-BIJ-250G"
PASSPHRASE = "satu dua tiga empat lima enam"


def verify(shop, data, settings):
    done = subprocess.run([shops.program("dermaga-core"), "verify", "--data", str(data), "--config", str(settings)],
                          capture_output=True, text=True, timeout=120, check=False)
    return done.returncode, done.stdout + done.stderr


def lives(shop):
    """Orders before and after a restart, keys changed while core serves and while it is stopped."""
    shop.run_core("init", "--port-base", str(shop.port_base), "--edges", "1")
    assert not (shop.data / "private/keys/root.key").exists()
    shop.start_core()
    shop.import_sample()
    shop.start_edge()
    shop.buy("--sku", SKU, "--count", "20", "--name", "Nama Pembeli")
    shop.run_core("keys", "rotate")
    shop.run_core("keys", "rewrap")
    shop.run_core("keys", "destroy", "--kek", "1", "--reason", "test")
    status, told = verify(shop, shop.data, shop.settings)  # beside the serving core
    assert status == 0, told

    shop.kill_core()
    shop.run_core("keys", "rotate")
    shop.start_core()
    shops.wait_until("the edge sells again", lambda: shop.buy(
        "--sku", SKU, "--name", "Nama Pembeli", expect=None)["placed"] == 1, 30)
    shop.run_core("keys", "rewrap")
    shop.stop_all()
    status, told = verify(shop, shop.data, shop.settings)
    assert status == 0 and "every promise holds" in told, told
    print(told.strip(), flush=True)


def opens_nothing(shop, settings, words):
    """A copy of the data folder is refused, with a sentence, by verify and by serve, and stays as it was."""
    copy = shop.folder / "copy"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(shop.data, copy)
    keys = {path.name: path.read_bytes() for path in (copy / "private/keys").iterdir()}
    status, told = verify(shop, copy, settings)
    assert status == 2 and words in told, (status, told)
    served = subprocess.run([shops.program("dermaga-core"), "serve", "--log-to-stderr", "--data", str(copy),
                             "--config", str(settings), "--port-base", str(shop.port_base)],
                            capture_output=True, text=True, timeout=120, check=False)
    assert served.returncode != 0 and words in served.stderr, served
    for secret in (PASSPHRASE, tokens.PIN):
        assert secret not in told + served.stderr, "a message tells a secret"
    assert keys == {path.name: path.read_bytes() for path in (copy / "private/keys").iterdir()}


def nowhere_in(folder, *secrets):
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            content = path.read_bytes()
            for secret in secrets:
                assert secret.encode() not in content, f"{secret} lies in {path}"


def moves(shop, settings):
    """From the token to a passphrase, with core stopped; `settings` name the latter."""
    words = ["keys", "move-root", "--to", "passphrase"]
    shop.start_core()
    shop.run_core(*words, expect=1)
    shop.stop_all()
    assert (shop.data / "private/keys/root.pkcs11").exists()
    assert 'root = "passphrase"' in shop.run_core(*words)
    opens_nothing(shop, shop.settings, "was made with the root key of root.passphrase")
    status, told = verify(shop, shop.data, settings)
    assert status == 0, told
    acts = shop.run_core("audit", "list", "--limit", "10", "--config", str(settings))
    assert "keys.move_root" in acts, acts


def passphrase_shop(folder):
    shop = shops.Shop(folder / "passphrase")
    shop.folder.mkdir()
    passphrase = write_secret(folder / "passphrase.txt", PASSPHRASE + "\n")
    shop.settings = folder / "passphrase.toml"
    shop.settings.write_text(f'[keys]\nroot = "passphrase"\npassphrase_file = "{passphrase}"\n', encoding="utf-8")
    try:
        lives(shop)
        nowhere_in(shop.data, PASSPHRASE)
        write_secret(passphrase, "another one of six words, wrong")
        opens_nothing(shop, shop.settings, "is not the one that this shop's keys were made with")
        plain = folder / "plain.toml"
        plain.write_text("", encoding="utf-8")
        opens_nothing(shop, plain, "was made with the root key of root.passphrase")
        assert not list(shop.data.rglob("root.key"))
    finally:
        shop.stop_all()


def token_shop(folder):
    shop = shops.Shop(folder / "token")
    shop.folder.mkdir()
    tokens.make_token(folder / "first")
    passphrase = write_secret(folder / "moved.txt", PASSPHRASE)
    pin = write_secret(folder / "pin.txt", tokens.PIN + "\n")
    shop.settings = folder / "token.toml"
    text = tokens.settings_of(pin) + f'passphrase_file = "{passphrase}"\n'
    shop.settings.write_text(f'[keys]\nroot = "pkcs11"\n{text}', encoding="utf-8")
    moved = folder / "moved.toml"
    moved.write_text(f'[keys]\nroot = "passphrase"\n{text}', encoding="utf-8")
    try:
        lives(shop)
        write_secret(pin, "000000")
        opens_nothing(shop, shop.settings, "CKR_PIN_INCORRECT")
        write_secret(pin, tokens.PIN)
        first = os.environ["SOFTHSM2_CONF"]
        tokens.make_token(folder / "second")  # of the same label, with the same PIN
        opens_nothing(shop, shop.settings, "holds no key dermaga-root")
        os.environ["SOFTHSM2_CONF"] = first
        moves(shop, moved)
    finally:
        shop.stop_all()


def main():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="dermaga-test-"))
    passphrase_shop(folder)
    if tokens.SOFTHSM.exists():
        token_shop(folder)
    shutil.rmtree(folder)
    if not tokens.SOFTHSM.exists():
        print("softhsm2 is not installed: root keys in a token were not tested")
        sys.exit(shops.SKIPPED)


if __name__ == "__main__":
    main()

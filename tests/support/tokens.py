"""A PKCS#11 token of its own for a test (SoftHSM2)."""

import os
import pathlib
import subprocess

SOFTHSM = pathlib.Path("/usr/lib/softhsm/libsofthsm2.so")
PIN = "482915"


def write_secret(path, text):
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)
    return path


def make_token(folder):
    """A token labelled "shop" in a store of its own; programs started from now on see this store."""
    (folder / "tokens").mkdir(parents=True)
    settings = folder / "softhsm2.conf"
    settings.write_text(f"directories.tokendir = {folder}/tokens\n", encoding="utf-8")
    os.environ["SOFTHSM2_CONF"] = str(settings)
    subprocess.run(["softhsm2-util", "--init-token", "--free", "--label", "shop", "--so-pin", "12345678",
                    "--pin", PIN], check=True, stdout=subprocess.DEVNULL)


def settings_of(pin_file):
    """What stands below [keys] for the token, but for `root` itself."""
    return f'pkcs11_module = "{SOFTHSM}"\npkcs11_token = "shop"\npkcs11_pin_file = "{pin_file}"\n'

#!/usr/bin/env python3
"""Runs a program of this folder against a real shop over HTTPS.

    run.py test       browser_test.mjs; screenshots go to build/screenshots
    run.py outage     outage_test.mjs: core goes away and comes back
    run.py console    console_test.mjs: staff enrol, sign in and act in the admin console
    run.py account    account_test.mjs: a shopper signs up, orders, signs in elsewhere and is erased
    run.py picture    draws docs/images/storefront.png anew

Needs node, npm and Chromium; without them the exit code says "skipped".
"""

import os
import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(ROOT / "tests/support"))

from operator_door import operator  # noqa: E402
from shop import SKIPPED, shop  # noqa: E402

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
PICTURE = ROOT / "docs/images/storefront.png"
PROGRAMS = {"test": ["--test", "browser_test.mjs"], "outage": ["--test", "outage_test.mjs"],
            "console": ["--test", "console_test.mjs"], "account": ["--test", "account_test.mjs"],
            "picture": ["storefront_picture.mjs"]}
CATALOG = ROOT / "samples/catalog/products.csv"
PICTURE_BYTES_MAX = 200 * 1024
TIMEOUT_S = 540
# What a shopper of account_test.mjs tells the shop, and the public zone may not know.
PERSONAL = ("sari@contoh.example", "sari.baru@contoh.example", "Sari Déwi", "Pelabuhan Lama", "layar terkembang", "jangkar turun",
            "hujan reda", "4242424242424242")


def missing_program():
    for name in ("node", "npm", CHROMIUM):
        if shutil.which(name) is None:
            return name
    return None


def install():
    """npm ci into build/browser, so that the tree stays clean; only when the lock file changed."""
    work = ROOT / "build/browser"
    work.mkdir(parents=True, exist_ok=True)
    lock = (HERE / "package-lock.json").read_bytes()
    stamp = work / ".installed"
    for source in (*HERE.glob("*.mjs"), *HERE.glob("package*.json"), HERE / ".npmrc"):
        shutil.copy(source, work)
    if not stamp.exists() or stamp.read_bytes() != lock:
        subprocess.run(["npm", "ci", "--silent", "--no-audit", "--no-fund"], cwd=work, check=True)
        stamp.write_bytes(lock)
    return work


def trust(home, ca_file):
    """Chromium takes no certificate error for passkeys: the shop's authority is trusted in a home of the test's."""
    store = home / ".pki/nssdb"
    store.mkdir(parents=True)
    subprocess.run(["certutil", "-d", f"sql:{store}", "-N", "--empty-password"], check=True)
    subprocess.run(["certutil", "-d", f"sql:{store}", "-A", "-n", "shop", "-t", "C,,", "-i", ca_file], check=True)


def run_console():
    if shutil.which("certutil") is None:
        print("certutil is not installed")
        return SKIPPED
    if not (ROOT / "build/web/admin/index.html").exists():
        print("the console is not built; build it with: ./dermaga build")
        return 1
    work = install()
    with shop() as one:
        home = one.folder / "home"
        trust(home, one.ca_file)
        order = one.buy("--sku", "KOP-GYO-BIJ-250G", "--name", "Putri Penanda", "--email", "penanda@example.com")["order"]
        environment = os.environ | {"HOME": str(home), "CONSOLE_URL": f"https://localhost:{one.port_base + 1}",
                                    "OWNER_LINK": one.run_core("staff", "owner-link").splitlines()[0],
                                    "ORDER_ID": order["id"], "SCREENSHOTS": str(ROOT / "build/screenshots")}
        code = subprocess.run(["node", *PROGRAMS["console"]], cwd=work, env=environment, timeout=TIMEOUT_S,
                              check=False).returncode
        if code != 0:
            return code
        log = one.run_core("audit", "list", "--limit", "200")
        for act in ("staff.enrol", "staff.add_passkey", "staff.invite", "customer.show", "customer.find"):
            assert act in log, f"{act} is not in the audit log:\n{log}"
        assert "penanda" not in log.lower(), "the audit log names a person"
        one.run_core("audit", "verify")
        one.verify()
    return code


def check_public_zone(one):
    """Nothing personal lies with an edge: not in its files, not in what it said."""
    for path in (*one.edge_folder().rglob("*"), *one.folder.glob("edge-*.out")):
        if not path.is_file():
            continue
        data = path.read_bytes()
        for personal in PERSONAL:
            assert personal.encode() not in data, f"{path} holds {personal}"


def run_account():
    if shutil.which("certutil") is None:
        print("certutil is not installed")
        return SKIPPED
    work = install()
    with shop() as one, operator(one, CATALOG) as address:
        home = one.folder / "home"
        trust(home, one.ca_file)
        environment = os.environ | {"HOME": str(home), "SHOP_URL": one.https, "OPERATOR_URL": address,
                                    "MAIL_FOLDER": str(one.data / "private/mail"),
                                    "SCREENSHOTS": str(ROOT / "build/screenshots")}
        code = subprocess.run(["node", *PROGRAMS["account"]], cwd=work, env=environment, timeout=TIMEOUT_S,
                              check=False).returncode
        check_public_zone(one)
        # The pages are what the tamper probe takes them to be.
        one.run_core("probe", "accept", "--assets", str(ROOT / "build/web/storefront"), "--reason", "browser test")
        print(one.run_core("probe", "run"))
        one.verify()
    return code


def main():
    task = sys.argv[1] if len(sys.argv) > 1 else "test"
    if (absent := missing_program()) is not None:
        print(f"{absent} is not installed")
        return SKIPPED
    if not (ROOT / "build/web/storefront/manifest.json").exists():
        print("the storefront's scripts are not built; build them with: ./dermaga build")
        return 1
    if task in ("console", "account"):
        return run_console() if task == "console" else run_account()
    work = install()
    with shop(spools=1 if task == "outage" else 0) as one, operator(one, CATALOG) as address:
        environment = os.environ | {"SHOP_URL": one.https, "OPERATOR_URL": address, "PICTURE": str(PICTURE),
                                    "SCREENSHOTS": str(ROOT / "build/screenshots")}
        PICTURE.parent.mkdir(parents=True, exist_ok=True)
        code = subprocess.run(["node", *PROGRAMS[task]], cwd=work, env=environment, timeout=TIMEOUT_S,
                              check=False).returncode
        one.verify()
    if task == "picture" and PICTURE.stat().st_size > PICTURE_BYTES_MAX:
        print(f"{PICTURE} has {PICTURE.stat().st_size} bytes, at most {PICTURE_BYTES_MAX}")
        return 1
    return code


if __name__ == "__main__":
    sys.exit(main())

"""A shopper with an account, each personal field a unique marker: neither the public zone nor what the
private one keeps or logs may hold one, and after the erasure nobody finds the person again.

Searched are the edge's memory (while signed-in orders pass, and after each step), its files and its log;
core's log and the files of the private zone, where fields are sealed, and the session and the mailed codes
are hashes. The one place where an address and a code lie in clear is the folder that stands for a mail
server, `<data>/private/mail`: exactly that is left out. That the search works is shown by planting markers.
"""

import base64
import contextlib
import pathlib
import random
import shutil
import sqlite3
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import accounts  # noqa: E402
import markers_test as planting  # noqa: E402
import shop as shops  # noqa: E402
from process_search import Search  # noqa: E402

SKU = "KOP-GYO-BIJ-250G"
IS_SANITIZED = shops.build_folder().name in ("asan", "tsan")
ORDERS = 40
SEARCHES_UNDER_LOAD = 1 if IS_SANITIZED else 3
PASSWORDS = ("password", "new_password", "last_password")
CARDS = ("card", "saved_card")  # shown to nobody any more
SECRETS = ("session", "verify code", "reset code")  # what the shop gives begins so
BROWSER, OTHER_BROWSER = "at home", "elsewhere"


def make_markers(generator):
    def letters(count):
        return "".join(generator.choice("bcdfghjklmnpqrstvwxz") for _ in range(count))

    markers = planting.make_markers(generator)
    markers |= {"saved_card": planting.luhn_complete("4" + "".join(generator.choice("0123456789") for _ in range(14)))}
    markers |= {f"account_{field}": markers[field][:4] + letters(16) for field in ("name", "line1", "line2", "city")}
    markers |= {"account_phone": "+62" + "".join(generator.choice("0123456789") for _ in range(15)),
                "account_email": letters(16) + "@" + letters(10) + ".example", "label": "Kunci " + letters(16)}
    return markers | {password: letters(24) for password in PASSWORDS}


class Shopper:
    """What the person does; `markers` grows by each secret that the shop gives."""

    def __init__(self, shop, door, markers):
        self.shop = shop
        self.door = door
        self.markers = markers
        self.sessions = {}

    def search(self):
        return Search(self.markers)

    def call(self, method, browser=BROWSER, **params):
        return self.door.call(browser, method, session=self.sessions[browser], **params)

    def is_in(self, answer, browser=BROWSER):
        self.sessions[browser] = answer["session"]
        self.keep_secret("session", answer["session"])

    def keep_secret(self, kind, secret):
        number = sum(name.startswith(kind) for name in self.markers)
        self.markers[f"{kind} {number + 1}"] = secret

    def code(self, path, act):
        code = accounts.mailed_code(self.shop, self.markers["account_email"], path, act)
        self.keep_secret(f"{path} code", code)
        return code

    def address(self):
        return {field: self.markers[f"account_{field}"] for field in ("name", "line1", "line2", "city")} | {
            "country": "ID", "region": "ID-JK", "postal_code": "10110"}

    def order(self):
        return {"sku": SKU, "session": self.sessions[BROWSER],
                "customer": {field: self.markers[field] for field in ("name", "email", "phone")},
                "address": {field: self.markers[field] for field in ("name", "line1", "line2", "city")}}

    def sign_in(self, password, browser=BROWSER):
        return self.door.ask("call", browser, method="account.sign_in", params={
            "email": self.markers["account_email"], "password": self.markers[password]})


def opens_an_account(shopper):
    markers = shopper.markers
    who = {"email": markers["account_email"], "password": markers["password"]}
    code = shopper.code("verify", lambda: shopper.door.call(
        BROWSER, "sign_up", name=markers["account_name"], locale="id", consents=["marketing_email"], **who))
    shopper.is_in(shopper.door.call(BROWSER, "verify_email", code=code, password=markers["password"]))
    shopper.call("update", version=1, name=markers["account_name"], phone=markers["account_phone"], locale="en")
    shopper.call("put_address", address=shopper.address())
    shopper.door.ask("passkey", BROWSER, what={
        "session": shopper.sessions[BROWSER], "password": markers["password"], "label": markers["label"],
        "origin": shopper.shop.https})
    shopper.call("save_card", card={"number": markers["saved_card"], "expiry_month": 12, "expiry_year": 2040})
    profile = str(shopper.call("show"))
    assert f"'last_four': '{markers['saved_card'][-4:]}'" in profile, profile
    assert markers["saved_card"] not in profile, profile
    for field in ("account_name", "account_email", "account_phone", "account_line1", "account_city", "label"):
        assert markers[field] in profile, f"{field} is not in the profile: {profile}"


def orders_under_search(shopper, edge_pid):
    """Places orders; the edge's memory is searched again and again while they pass."""
    search, found, searches = shopper.search(), set(), 0
    ids = []
    while searches < SEARCHES_UNDER_LOAD or not ids:
        placing = shopper.door.begin("orders", BROWSER, what=shopper.order(), count=ORDERS)
        while not placing.done():
            found |= search.in_memory(edge_pid)[0]
            searches += 1
        assert isinstance(placing.result(), list), placing.result()
        ids += placing.result()
        assert len(ids) < 20 * ORDERS, f"only {searches} searches while orders passed"
    assert not found, f"in the edge's memory while orders passed: {sorted(found)}"
    print(f"{searches} searches while {len(ids)} orders passed")
    return ids


def orders_with_cards(shopper):
    """The sandbox declines both cards, so that these orders end by themselves: one was typed, one was saved."""
    cards = shopper.call("show")["cards"]
    typed = {"number": shopper.markers["card"], "expiry_month": 12, "expiry_year": 2040, "cvc": "987"}
    for payment in ({"card": typed}, {"saved_card": {"id": cards[0]["id"], "cvc": "987"}}):
        order = shopper.door.ask("order", BROWSER, what=shopper.order() | {"payment": payment})
        shops.wait_until("the card is declined", lambda order=order: shopper.call(
            "order", order_id=order["id"])["order"]["payment_status"] == "failed")


def changes_passwords(shopper):
    markers = shopper.markers
    shopper.is_in(shopper.sign_in("password", OTHER_BROWSER), OTHER_BROWSER)
    shopper.is_in(shopper.call("change_password", password=markers["password"],
                               new_password=markers["new_password"]))
    assert str(shopper.sign_in("password")) == "401 sign_in_failed", "the old password still works"
    code = shopper.code("reset", lambda: shopper.door.call(
        BROWSER, "request_password_reset", email=markers["account_email"]))
    shopper.is_in(shopper.door.call(BROWSER, "reset_password", code=code, password=markers["last_password"]))
    shopper.call("sign_out")
    ended = shopper.door.ask("call", BROWSER, method="account.show",
                             params={"session": shopper.sessions[BROWSER]})
    assert str(ended) == "401 session_ended", ended
    shopper.is_in(shopper.sign_in("last_password"))


def exports(shopper, orders):
    """All pages of it: the markers did reach the private zone."""
    pages = [shopper.call("export")]
    while pages[-1]["next_cursor"]:
        pages.append(shopper.call("export", cursor=pages[-1]["next_cursor"]))
    assert {one["order"]["id"] for page in pages for one in page["orders"]} >= set(orders), pages
    for field in set(shopper.markers) - set(PASSWORDS):
        is_secret = field.startswith(SECRETS) or field in CARDS
        assert (shopper.markers[field] in str(pages)) != is_secret, f"{field} in the export"


def private_places(shop):
    """All of the private zone but the mails."""
    return [path for path in (shop.data / "private").iterdir() if path != accounts.mail_folder(shop)]


def nothing_is_found(shopper, edge_pid, when):
    shop, search = shopper.shop, shopper.search()
    in_memory, searched = search.in_memory(edge_pid)
    assert not in_memory, f"{when}, in the edge's memory: {sorted(in_memory)}"
    assert searched > 10_000_000, f"only {searched} bytes of memory were readable"
    logs = [shop.folder / "edge-1.out", shop.folder / "core.out"]
    on_disk = search.in_files(shop.edge_folder(), *private_places(shop), *logs)
    assert not on_disk, f"{when}, on disk: {sorted(on_disk)}"
    raw = {name: base64.urlsafe_b64decode(secret + "=") for name, secret in shopper.markers.items()
           if name.startswith(SECRETS)}
    stored = b"".join(path.read_bytes() for path in shop.store_file.parent.iterdir() if path.is_file())
    assert not [name for name, secret in raw.items() if secret in stored], f"{when}, decoded in the store"
    audited = shop.run_core("audit", "list")
    assert not search.in_bytes(audited.encode()), f"{when}, in the audit log"


def planted_are_found(shopper, edge_pid):
    """Also in the mails, which is why their folder is left out, and in the store and core's log."""
    shop, search = shopper.shop, shopper.search()
    planting.check_planted(shop, search, shopper.markers, edge_pid)
    in_mails = {what for _, what in search.in_files(accounts.mail_folder(shop))}
    assert {"account_email as utf-8"} <= in_mails, in_mails
    planted = shop.store_file.parent / "planted"
    planted.write_text("\n".join(shopper.markers.values()))
    wanted = {f"{name} as utf-8" for name in shopper.markers}
    assert {what for _, what in search.in_files(*private_places(shop))} >= wanted
    planted.unlink()


def copy_store(shop, to):
    with contextlib.closing(sqlite3.connect(shop.store_file)) as store:
        with contextlib.closing(sqlite3.connect(to)) as backup:
            store.backup(backup)


def is_erased(shopper, orders):
    shop = shopper.shop
    asked = {"method": "account.erase", "params": {"session": shopper.sessions[BROWSER],
                                                   "password": shopper.markers["last_password"]}}
    assert str(shopper.door.ask("call", BROWSER, **asked)) == "409 version_conflict", "orders are under way"
    for order in orders:
        shop.run_core("orders", "fulfil", order)
    before = shop.run_core("orders", "show", orders[0])
    copy_store(shop, shop.folder / "backup.db")
    assert shopper.door.ask("call", BROWSER, **asked) == {"status": "erased"}
    assert shop.run_core("orders", "show", orders[0]) == before, "amounts must stay"


def nobody_finds_the_person(shopper, orders):
    shop, search = shopper.shop, shopper.search()
    tried = shopper.sign_in("last_password")
    assert str(tried) == "401 sign_in_failed", tried
    for browser, session in shopper.sessions.items():
        ended = shopper.door.ask("call", browser, method="account.show", params={"session": session})
        assert str(ended) == "401 session_ended", ended
    for order in (orders[0], orders[-1]):
        for act in ("show", "export"):
            answer = shop.run_core("customers", act, order, "--reason", "looking", expect=None)
            assert "was erased" in answer and not search.in_bytes(answer.encode()), answer
    with contextlib.closing(sqlite3.connect(f"file:{shop.store_file}?mode=ro", uri=True)) as store:
        tables = [name for name, in store.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'account%'")]
        assert len(tables) >= 8, tables
        left = {name for name in tables if store.execute(f"SELECT COUNT(*) FROM {name}").fetchone() != (0,)}
    assert not left, f"rows are left in {left}"
    report = shop.verify()
    assert f"{len(orders) + len(CARDS)} customers are erased" in report, report  # whoever an order names
    listed = (shop.data / "private/erasures.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(listed) == len(orders) + len(CARDS) + 1, "the account is not in the list of erasures"
    audited = shop.run_core("audit", "list")
    assert "customer.erase" in audited and not search.in_bytes(audited.encode()), audited


def restored(shopper, orders):
    """A store of before the erasure: `verify` says so, and core forgets the person before it serves."""
    shop = shopper.shop
    shop.stop_all()
    shutil.copy(shop.folder / "backup.db", shop.store_file)
    for leftover in ("-wal", "-shm"):
        pathlib.Path(str(shop.store_file) + leftover).unlink(missing_ok=True)
    looked = subprocess.run(shop.core_command("verify"), capture_output=True, text=True, check=False)
    assert looked.returncode == 1 and "BREACH erasure" in looked.stdout, looked.stdout
    shop.start_core()
    shop.start_edge()
    accounts.wait_until_core_answers(shopper.door, BROWSER)
    nobody_finds_the_person(shopper, orders)


def main():
    seed = random.SystemRandom().randrange(1 << 32)
    print(f"seed {seed}", flush=True)
    markers = make_markers(random.Random(seed))
    with shops.shop() as shop, accounts.door(shop) as (door, _):
        shop.run_core("stock", "adjust", "--sku", SKU, "--set", "100000", "--reason", "marker test")
        edge_pid = shop.edges[1].pid
        shopper = Shopper(shop, door, markers)
        opens_an_account(shopper)
        nothing_is_found(shopper, edge_pid, "with a new account")
        orders = orders_under_search(shopper, edge_pid)
        orders_with_cards(shopper)
        changes_passwords(shopper)
        exports(shopper, orders)
        nothing_is_found(shopper, edge_pid, "after orders, new passwords and an export")
        is_erased(shopper, orders)
        nobody_finds_the_person(shopper, orders)
        nothing_is_found(shopper, edge_pid, "after the erasure")
        planted_are_found(shopper, edge_pid)  # they may stay in this edge's memory: the next search is of another
        restored(shopper, orders)
        nothing_is_found(shopper, shop.edges[1].pid, "after an older store was put back")
        print(f"no marker of {len(markers)} outside the mails; planted ones are found")


if __name__ == "__main__":
    main()

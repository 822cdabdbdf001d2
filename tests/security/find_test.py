"""Staff find whoever ordered by exactly their address or number: masked, with a reason, in the audit log without what
was looked for, and never again once the person is erased."""

import contextlib
import pathlib
import sqlite3
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import admin  # noqa: E402
import shop as shops  # noqa: E402

SKU = "KOP-GYO-BIJ-250G"
NAME, EMAIL, PHONE = "Quetzalina Marker", "Quetzal.Marker@Example.com", "0811-7654-321"
EMAIL_FORMS = (EMAIL, " quetzal.marker@EXAMPLE.com ", "QUETZAL.MARKER@example.com")
PHONE_FORMS = (PHONE, "+62 811 7654 321", "0062-811-7654321", "+62 (0)811 7654321", "628117654321")


def buy(shop, *arguments):
    return shop.buy("--sku", SKU, *arguments)["order"]


def find(console, kind, text, expect=200):
    return console.ask("POST", "/customers/find", {kind: text, "reason": "asked by letter"}, expect=expect)


def found(console, kind, text):
    return find(console, kind, text).json["items"]


def only_with_rights(shop, owner):
    """Deny by default: a second factor again, the right to it, a reason, one thing to look for."""
    plain = owner.beside(shop)
    plain.sign_in()
    assert find(plain, "email", EMAIL, expect=403).code == "step_up_required"
    analyst = admin.enrol_member(shop, "analyst")
    assert find(analyst, "email", EMAIL, expect=403).code == "forbidden"
    for body in ({"email": EMAIL}, {"reason": "x"}, {"email": EMAIL, "phone": PHONE, "reason": "x"},
                 {"email": " ", "reason": "x"}, {"email": "a" * 300, "reason": "x"},
                 {"phone": "+", "reason": "x"}, {"email": EMAIL, "reason": "x", "cursor": "1"},
                 {"email": [EMAIL], "reason": "x"}, {"name": NAME, "reason": "x"}):
        owner.ask("POST", "/customers/find", body, expect=400)


def found_by_every_form(owner, order):
    shops.wait_until("the order is in the index", lambda: found(owner, "email", EMAIL))
    for kind, forms in (("email", EMAIL_FORMS), ("phone", PHONE_FORMS)):
        for form in forms:
            items = found(owner, kind, form)
            assert [[one["order_id"] for one in item["orders"]] for item in items] == [[order["id"]]], (form, items)
    person = items[0]
    assert (person["name"], person["email"], person["phone"]) == ("Q••• M•••", "Q•••@E•••.com", "•••• 321"), person
    assert person["account"] is False and "next_cursor" not in person
    for kind, nobody in (("email", "marker@example.com"), ("email", PHONE), ("phone", "0811-7654-322")):
        assert found(owner, kind, nobody) == [], nobody


def log_says_who_but_not_for_whom(shop):
    told = shop.run_core("audit", "list", "--limit", "1000")
    assert "customer.find" in told and "(asked by letter)" in told and ", 1 found" in told and ", 0 found" in told, told
    for secret in (*EMAIL_FORMS, *PHONE_FORMS, NAME):
        assert secret.strip().lower() not in told.lower(), f"the audit log names {secret}"


def nothing_readable_is_stored(shop):
    with contextlib.closing(sqlite3.connect(f"file:{shop.store_file}?mode=ro", uri=True)) as store:
        rows = store.execute("SELECT value, customer_id FROM customer_index").fetchall()
    assert len(rows) == 4, rows
    for value, _ in rows:
        assert len(value) == 32 and b"arker" not in value and b"7654321" not in value, value


def gone_once_erased(shop, owner, order, other):
    shop.run_core("orders", "fulfil", order["id"])
    shop.run_core("customers", "erase", order["id"], "--reason", "asked to be forgotten")
    for kind, form in (("email", EMAIL), ("phone", PHONE)):
        assert found(owner, kind, form) == [], "an erased person is found"
    assert [item["orders"][0]["order_id"] for item in found(owner, "email", "budi@example.com")] == [other["id"]]


def main():
    with shops.shop() as shop:
        owner = admin.first_owner(shop)
        order = buy(shop, "--name", NAME, "--email", EMAIL, "--phone", PHONE)
        other = buy(shop, "--name", "Budi", "--email", "budi@example.com")
        only_with_rights(shop, owner)
        found_by_every_form(owner, order)
        log_says_who_but_not_for_whom(shop)
        nothing_readable_is_stored(shop)
        gone_once_erased(shop, owner, order, other)
        shop.kill_core()
        shop.start_core()
        assert found(owner, "email", EMAIL) == [], "the start of core brought somebody back"
        print(shop.verify())


if __name__ == "__main__":
    main()

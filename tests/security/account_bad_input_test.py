"""What an attacker tries with the calls of an account: each gets its stable code, and no row changes.

Two shoppers have accounts: `alice`, whose browser is "alice", and `bob`. "thief" and "stranger" are other
browsers, which have keys of their own.
"""

import contextlib
import json
import pathlib
import random
import sqlite3
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import accounts  # noqa: E402
import shop as shops  # noqa: E402
import stored_orders  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
SKU = "KOP-GYO-BIJ-250G"
TOKENS = 10_000
PASSWORD, NEW_PASSWORD = "layar terkembang di teluk", "jangkar turun saat senja"
CARD = {"number": "4242424242424242", "expiry_month": 12, "expiry_year": 2040}
ADDRESS = {"name": "Sari Uji", "line1": "Jalan Uji 1", "city": "Jakarta", "country": "ID"}
NOTHING = "A" * 43  # no session and no code
INVALID = "422 box_field_invalid"


def rows(shop):
    """Every row of accounts and orders. Not of used nonces, counted tries and challenges: that a call was
    made is kept."""
    with contextlib.closing(sqlite3.connect(f"file:{shop.store_file}?mode=ro", uri=True)) as store:
        tables = [name for name, in store.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
                  if name.startswith("account") or name in ("orders", "customers", "order_lines")]
        assert {"accounts", "account_sessions", "account_addresses", "orders"} <= set(tables), tables
        return {name: sorted(map(repr, store.execute(f"SELECT * FROM {name}"))) for name in tables}


def is_indexed(shop):
    """Core makes those who have an account findable for staff a moment after they change."""
    with contextlib.closing(sqlite3.connect(f"file:{shop.store_file}?mode=ro", uri=True)) as store:
        return store.execute("SELECT count(*) FROM accounts WHERE index_due = 1").fetchone() == (0,)


@contextlib.contextmanager
def nothing_changes(shop, what):
    shops.wait_until("accounts are indexed", lambda: is_indexed(shop))
    before = rows(shop)
    yield
    after = rows(shop)
    changed = [name for name in before if before[name] != after[name]]
    assert not changed, f"{what} changed {changed}"
    print(f"ok   {what}", flush=True)


def refused(door, browser, wanted, method, params, **how):
    answer = door.ask("call", browser, method=method, params=params, **how)
    assert str(answer) == wanted, f"{method} {str(params)[:200]} {how}: wanted {wanted}, not {answer}"
    return answer


class Person:
    def __init__(self, shop, door, name):
        self.name = self.browser = name
        self.email = f"{name}@contoh.example"
        self.door = door
        self.code = accounts.sign_up(door, shop, name, self.email, PASSWORD, "Sari Uji")
        self.session = door.call(name, "verify_email", code=self.code, password=PASSWORD)["session"]

    def call(self, method, **params):
        return self.door.call(self.browser, method, session=self.session, **params)

    def refused(self, wanted, method, **params):
        return refused(self.door, self.browser, wanted, f"account.{method}", {"session": self.session, **params})

    def order(self, **how):
        return self.door.ask("order", self.browser, what={"sku": SKU, "session": self.session, **how})

    def signs_in(self, browser, password=PASSWORD):
        return self.door.ask("call", browser, method="account.sign_in",
                             params={"email": self.email, "password": password})


def calls_of(person, order):
    """Every method that needs a session, with parameters that its owner could send."""
    profile = person.call("show")
    return {
        "token": {}, "show": {}, "orders": {}, "export": {}, "sign_out": {}, "sign_out_everywhere": {},
        "update": {"version": profile["account"]["version"], "name": "Orang Lain", "phone": "", "locale": "id"},
        "change_password": {"password": PASSWORD, "new_password": NEW_PASSWORD},
        "put_address": {"address": ADDRESS},
        "remove_address": {"id": profile["addresses"][0]["id"]},
        "save_card": {"card": CARD}, "remove_card": {"id": profile["cards"][0]["id"]},
        "set_consent": {"purpose": "marketing_email", "given": True},
        "passkey_registration_options": {"password": PASSWORD},
        "add_passkey": {"label": "Kunci", "client_data_json": "e30", "attestation_object": "oA"},
        "remove_passkey": {"id": profile["passkeys"][0]["id"]},
        "order": {"order_id": order}, "cancel_order": {"order_id": order},
        "erase": {"password": PASSWORD},
    }


def boxes_are_taken_once(shop, alice):
    door = alice.door
    nonce = {"nonce": "n" * 22}
    change = {"session": alice.session, "address": ADDRESS}
    first = door.ask("call", "alice", method="account.put_address", params=change, changes=nonce)
    assert len(first["addresses"]) == 2, first
    with nothing_changes(shop, "a nonce that was used"):
        refused(door, "alice", "409 nonce_used", "account.put_address", change, changes=nonce)
        refused(door, "alice", "409 nonce_used", "account.show", {"session": alice.session}, changes=nonce)


def a_stolen_session_is_worth_nothing(shop, alice, order):
    door = alice.door
    calls = calls_of(alice, order)
    with nothing_changes(shop, f"a session secret with another browser's key, {len(calls)} methods"):
        for browser, session in (("thief", alice.session), ("bob", alice.session), ("alice", NOTHING)):
            for method, params in calls.items():
                refused(door, browser, "401 session_ended", f"account.{method}", {"session": session, **params})
            ordered = door.ask("order", browser, what={"sku": SKU, "session": session})
            assert str(ordered) == "401 session_ended", ordered


def ids_of_others_are_nobodys(shop, alice, bob, orders):
    profile = alice.call("show")
    address, passkey, card = (profile[kind][0]["id"] for kind in ("addresses", "passkeys", "cards"))
    unknown = {"card": "card_" + "a" * 24, "adr": "adr_" + "a" * 24, "pky": "pky_" + "a" * 24, "ord": "ord_" + "a" * 24}
    with nothing_changes(shop, "ids of another's address, passkey and orders"):
        for method, member, theirs, nobodys, more in (
                ("put_address", "id", address, unknown["adr"], {"address": ADDRESS}),
                ("remove_address", "id", address, unknown["adr"], {}),
                ("remove_card", "id", card, unknown["card"], {}),
                ("remove_passkey", "id", passkey, unknown["pky"], {}),
                ("order", "order_id", orders[0], unknown["ord"], {}),
                ("cancel_order", "order_id", orders[0], unknown["ord"], {})):
            answers = [bob.refused("404 not_found", method, **{member: id_}, **more) for id_ in (theirs, nobodys)]
            assert answers[0] == answers[1], f"{method} tells what exists: {answers}"
            assert method != "order" or alice.call("order", order_id=theirs)["customer"]["name"] == "Sari Uji"


def cards_of_others_pay_for_nothing(shop, alice, bob):
    card = alice.call("show")["cards"][0]["id"]
    with nothing_changes(shop, "another's saved card, one that is none, one without a session"):
        for session, id_ in ((bob.session, card), (bob.session, "card_" + "a" * 24), (None, card)):
            answer = bob.door.ask("order", "bob", what={
                "sku": SKU, "session": session, "payment": {"saved_card": {"id": id_, "cvc": "123"}}})
            assert str(answer) == "422 saved_card_unknown", answer
        for payment in ({"saved_card": {"id": card}}, {"saved_card": {"id": card, "cvc": "12"}},
                        {"saved_card": {"id": card, "cvc": 123}}, {"saved_card": {"id": "adr_a", "cvc": "123"}},
                        {"saved_card": {"id": card, "cvc": "123"}, "card": CARD}, {"saved_card": []},
                        {"saved_card": {"id": card, "cvc": "123", "number": CARD["number"]}}):
            answer = alice.order(payment=payment)
            assert str(answer) == INVALID, f"{payment}: {answer}"


def cursors_of_others_show_ones_own(shop, alice, bob, orders, bobs_order):
    """Bob's order is older than all of Alice's, so that it stands on any page of hers."""
    page = alice.call("orders")
    assert len(page["items"]) == 20 and page["next_cursor"], page
    rest = alice.call("orders", cursor=page["next_cursor"])
    assert {one["id"] for one in page["items"] + rest["items"]} == set(orders), "pages do not make the whole"
    with nothing_changes(shop, "another's cursor"):
        for method in ("orders", "export"):
            answer = bob.call(method, cursor=page["next_cursor"])
            assert not [order for order in orders if order in str(answer)], f"{method}: {answer}"
            assert bobs_order in str(answer), f"{method}: {answer}"
        for cursor in ("x", "-1", "0", "1e3", " 1", "9" * 20, "1;2"):
            alice.refused("400 invalid_request", "orders", cursor=cursor)
            alice.refused("400 invalid_request", "export", cursor=cursor)


def parameters_are_read_strictly(shop, alice, order):
    """Each member of each method: missing, of another type, too long; and one more member."""
    door = alice.door
    calls = {name: {"session": alice.session, **params} for name, params in calls_of(alice, order).items()}
    calls |= {
        "sign_up": {"email": "x@contoh.example", "password": PASSWORD, "name": "X", "locale": "id"},
        "verify_email": {"code": NOTHING, "password": PASSWORD},
        "sign_in": {"email": alice.email, "password": PASSWORD},
        "sign_in_with_passkey": {"credential_id": "AA", "client_data_json": "e30", "authenticator_data": "AA",
                                 "signature": "AA"},
        "request_password_reset": {"email": alice.email},
        "reset_password": {"code": NOTHING, "password": PASSWORD},
    }
    with nothing_changes(shop, f"parameters of {len(calls)} methods, each broken"):
        for method, params in calls.items():
            for broken in (params | {"colour": "red"}, [params], "x", None, *broken_members(params)):
                refused(door, "alice", INVALID, f"account.{method}", broken)


def broken_members(params):
    """What is base64url has no bound of its own."""
    unbounded = ("client_data_json", "attestation_object", "authenticator_data", "signature", "credential_id")
    for member, value in params.items():
        yield {name: params[name] for name in params if name != member}
        yield params | {member: None}
        for other in ([], {"a": 1}, 7 if isinstance(value, str) else "x", not value):
            if type(other) is not type(value):
                yield params | {member: other}
        if isinstance(value, str) and member not in unbounded:
            yield params | {member: "x" * 2000}


def odd_values(shop, alice):
    show = {"session": alice.session}
    update = {"version": alice.call("show")["account"]["version"], "name": "X", "phone": "", "locale": "id"}
    sign_up = {"email": "x@contoh.example", "password": PASSWORD, "name": "X", "locale": "id"}
    with nothing_changes(shop, "odd values"):
        for change in ({"name": ""}, {"name": "x" * 201}, {"name": "a\nb"}, {"phone": "1"}, {"phone": "a" * 9},
                       {"locale": "ID"}, {"locale": "ind"}, {"version": 0}, {"version": -1}, {"version": 1.5},
                       {"version": "1"}, {"version": 2**60}):
            alice.refused(INVALID, "update", **(update | change))
        alice.refused("409 version_conflict", "update", **(update | {"version": update["version"] + 1}))
        for change in ({"line1": ""}, {"line1": "x" * 201}, {"name": ""}, {"country": "Indonesia"}, {"city": ""},
                       {"postal_code": "1" * 17}, {"note": "hi"}, {"city": {"deep": []}}):
            alice.refused(INVALID, "put_address", address=ADDRESS | change)
        alice.refused(INVALID, "put_address", id="x" * 65, address=ADDRESS)
        for change in ({"number": "4242424242424241"}, {"number": "4242 4242 4242 4242"}, {"number": "42"},
                       {"number": 4242424242424242}, {"expiry_month": 0}, {"expiry_month": 13}, {"expiry_year": 30},
                       {"cvc": "123"}):
            alice.refused(INVALID, "save_card", card=CARD | change)
        alice.refused("422 card_expired", "save_card", card=CARD | {"expiry_year": 2020})
        alice.refused(INVALID, "set_consent", purpose="marketing_email", given="yes")
        alice.refused("400 invalid_request", "set_consent", purpose="everything", given=True)
        alice.refused(INVALID, "add_passkey", label="x" * 61, client_data_json="e30", attestation_object="oA")
        alice.refused(INVALID, "add_passkey", label="x", client_data_json="e30=", attestation_object="oA")
        alice.refused("403 passkey_refused", "add_passkey", label="x", client_data_json="e30",
                      attestation_object="oA")
        for change in ({"email": "x"}, {"email": "a@b@c"}, {"email": "x" * 250 + "@b.cd"}, {"consents": "all"},
                       {"consents": ["x"] * 17}, {"password": "x" * 1025}):
            refused(alice.door, "alice", INVALID, "account.sign_up", sign_up | change)
        for password, why in (("short", "too_short"), ("password1234", "breached"), ("sari uji sari", "is_about_you"),
                              ("x" * 129, "too_long")):
            refused(alice.door, "alice", f"422 password_{why}", "account.sign_up",
                    sign_up | {"password": password, "name": "Sari Uji"})
        for method in ("account.destroy", "account.", "account.Show", "admin.show", "account.show ", "x" * 65):
            refused(alice.door, "alice", INVALID, method, show)


def odd_sessions_in_orders(shop, alice):
    known = {"session": alice.session}
    with nothing_changes(shop, "odd sessions in orders"):
        for account in ("x", [], {}, {"session": 7}, {"session": None}, {"session": {}}, {"session": "x" * 2000},
                        known | {"customer_id": "cus_" + "a" * 24}, known | {"deep": [[[[known]]]]}):
            answer = alice.door.ask("order", "alice", what={"sku": SKU, "account": account})
            assert str(answer) == INVALID, f"{account}: {answer}"


def odd_boxes(shop, alice):
    door, show = alice.door, {"session": alice.session}
    with nothing_changes(shop, "odd boxes"):
        for change in ({"nonce": "short"}, {"nonce": "n" * 65}, {"nonce": "n" * 21 + "!"}, {"extra": 1},
                       {"reply_key": {"kty": "OKP"}}, {"expires_at": "tomorrow"}):
            refused(door, "alice", INVALID, "account.show", show, changes=change)
        refused(door, "alice", INVALID, "account.show", show, changes={"expires_at": "2099-01-01T00:00:00Z"})
        refused(door, "alice", "422 box_expired", "account.show", show,
                changes={"expires_at": "2020-01-01T00:00:00Z"})
        refused(door, "alice", "422 box_purpose", "account.show", show, changes={"purpose": "order"})
        refused(door, "alice", "422 box_malformed", "account.show", show, changes={"v": 2})
        deep = '{"v":1,"purpose":"call","method":"account.show","params":' + "[" * 5000 + "]" * 5000 + "}"
        refused(door, "alice", "422 box_malformed", "", {}, text=deep)
        # Larger ones the edge cuts off while they are being sent, and a client may see only that.
        for size, wanted in ((23_000, "422 box_purpose"), (25_000, "413 body_too_large"),
                             (40_000, "413 body_too_large")):
            box = door.ask("seal", "alice", text=json.dumps({"v": 1, "x": "y" * size}), pad=False)
            answer = door.ask("send", "alice", box=box)
            assert str(answer) == wanted, f"{size} bytes sealed: {answer} {answer.detail}, not {wanted}"


def codes_work_once(shop, alice):
    door = alice.door
    with nothing_changes(shop, "codes of a sign-up that are wrong or used"):
        for code in (NOTHING, alice.code, alice.session, "x"):
            refused(door, "alice", "422 code_invalid", "account.verify_email",
                    {"code": code, "password": PASSWORD})
    code = accounts.sign_up(door, shop, "stranger", "carol@contoh.example", PASSWORD, "Carol Uji")
    with nothing_changes(shop, "a code with another's password, or for something else"):
        refused(door, "thief", "403 password_wrong", "account.verify_email",
                {"code": code, "password": NEW_PASSWORD})
        refused(door, "thief", "422 code_invalid", "account.reset_password",
                {"code": code, "password": NEW_PASSWORD})
    reset = accounts.mailed_code(shop, alice.email, "reset", lambda: door.call(
        "alice", "request_password_reset", email=alice.email))
    with nothing_changes(shop, "a reset code that is wrong, for something else, or with a weak password"):
        refused(door, "thief", "422 code_invalid", "account.reset_password",
                {"code": NOTHING, "password": NEW_PASSWORD})
        refused(door, "thief", "422 code_invalid", "account.verify_email", {"code": reset, "password": PASSWORD})
        refused(door, "alice", "422 password_breached", "account.reset_password",
                {"code": reset, "password": "password1234"})
    ended = alice.session
    alice.session = door.call("alice", "reset_password", code=reset, password=PASSWORD)["session"]
    with nothing_changes(shop, "a reset code again, and the session of before"):
        refused(door, "alice", "422 code_invalid", "account.reset_password",
                {"code": reset, "password": NEW_PASSWORD})
        refused(door, "alice", "401 session_ended", "account.show", {"session": ended})


def guessing_ends_and_locks_nobody_out(shop, alice):
    """A budget of ten tries for strange browsers, whether or not the address has an account."""
    door = alice.door
    with nothing_changes(shop, "guessed passwords"):
        for address in (alice.email, "nobody@contoh.example"):
            asked = {"email": address, "password": NEW_PASSWORD}
            for _ in range(10):
                refused(door, "stranger", "401 sign_in_failed", "account.sign_in", asked)
            limited = refused(door, "stranger", "429 rate_limited", "account.sign_in", asked)
            assert int(limited.retryAfter) >= 1, limited
        for browser in ("stranger", "thief"):
            assert str(alice.signs_in(browser)) == "429 rate_limited", "the right password, from a strange browser"
    known = alice.signs_in("alice")
    assert not isinstance(known, accounts.Refusal), f"the known browser is locked out: {known}"
    alice.session = known["session"]


def tokens_are_cores_own(shop, alice, work):
    token = alice.call("token")["token"]
    keys = json.loads((shop.edge_folder() / "keys.json").read_text(encoding="utf-8"))
    seed = random.SystemRandom().randrange(1 << 32)
    print(f"tokens: seed {seed}", flush=True)
    with nothing_changes(shop, "changed shopper tokens"):
        subprocess.run(["node", "shopper_tokens.mjs", shop.http, token, keys["shopper_token_key"], str(TOKENS),
                        str(seed)], cwd=work, check=True, timeout=200)
    status, _, _ = shops.http_get(shop.http + "/store/v1/shopper")
    assert status == 401, "nobody is a shopper too"
    status, _, _ = shops.http_get(shop.http + "/store/v1/shopper", headers={"Authorization": f"Basic {token}"})
    assert status == 401, "a token of another scheme"


def history(person):
    """The newest page of it."""
    return {one["id"] for one in person.call("orders")["items"]}


def orders_with_an_ended_session(shop, alice):
    """Core refuses them; what a spool took is kept, as a guest's."""
    ended = alice.session
    alice.call("sign_out")
    with nothing_changes(shop, "an order with a session that has ended"):
        refusal = alice.door.ask("order", "alice", what={"sku": SKU, "session": ended})
        assert str(refusal) == "401 session_ended", refusal
    alice.session = alice.signs_in("alice")["session"]
    before = history(alice)
    shop.kill_core()
    shop.wait_until_spools_take_orders(SKU)
    late = alice.door.ask("order", "alice", what={"sku": SKU, "session": ended})
    stolen = alice.door.ask("order", "thief", what={"sku": SKU, "session": alice.session})
    living = alice.order()
    assert "id" in late and "id" in stolen and "id" in living, (late, stolen, living)
    assert shop.undelivered() >= 3, "the spool has not got them"
    shop.start_core()
    accounts.wait_until_core_answers(alice.door, "alice")
    shops.wait_until("the spool has delivered", lambda: shop.undelivered() == 0)
    shops.wait_until("the order stands in the history", lambda: living["id"] in history(alice), 20)
    assert {late["id"], stolen["id"]} <= shops.stored_order_ids(shop), "an order that a spool took is lost"
    assert history(alice) - before == {living["id"]}, "a session that is none put an order into the history"
    for browser, order in (("alice", late), ("thief", stolen)):
        alice.refused("404 not_found", "order", order_id=order["id"])
        read = alice.door.ask("call", browser, method="order.read", params={
            "order_id": order["id"], "access_token": order["access_token"]})
        assert read["order"]["id"] == order["id"], "a guest's order, which whoever placed it can read"
    print("ok   orders with a session that had ended or was stolen, by way of a spool")


def main():
    with shops.shop(spools=1) as shop, accounts.door(shop, HERE / "shopper_tokens.mjs") as (door, work):
        shop.run_core("stock", "adjust", "--sku", SKU, "--set", "100000", "--reason", "bad input test")
        alice, bob = Person(shop, door, "alice"), Person(shop, door, "bob")
        bobs_order = bob.order()["id"]
        alice.call("put_address", address=ADDRESS)
        alice.call("save_card", card=CARD)
        door.ask("passkey", "alice", what={"session": alice.session, "password": PASSWORD, "label": "Kunci",
                                           "origin": shop.https})
        orders = [alice.order()["id"] for _ in range(22)]
        shops.wait_until("orders are paid", lambda: all(
            one.status == "confirmed" for one in stored_orders.read_all(shop.store_file)))
        boxes_are_taken_once(shop, alice)
        a_stolen_session_is_worth_nothing(shop, alice, orders[0])
        ids_of_others_are_nobodys(shop, alice, bob, orders)
        cards_of_others_pay_for_nothing(shop, alice, bob)
        cursors_of_others_show_ones_own(shop, alice, bob, orders, bobs_order)
        parameters_are_read_strictly(shop, alice, orders[0])
        odd_values(shop, alice)
        odd_sessions_in_orders(shop, alice)
        odd_boxes(shop, alice)
        codes_work_once(shop, alice)
        tokens_are_cores_own(shop, alice, work)
        guessing_ends_and_locks_nobody_out(shop, alice)
        orders_with_an_ended_session(shop, alice)
        print(shop.verify())


if __name__ == "__main__":
    main()

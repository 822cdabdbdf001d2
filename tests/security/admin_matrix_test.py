"""Every route of the admin API × every role × nobody, a session, a fresh session, a program's token; and ids of
others. The table is the API's own description, which a house test holds to the program."""

import pathlib
import re
import sys

import yaml

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import admin  # noqa: E402
import shop as shops  # noqa: E402

ROLES = ("owner", "operator", "catalog", "fulfilment", "support", "analyst", "auditor")
# Ends the session that asks, so it comes last.
LAST = "signOut"
# Ends what the walk needs.
NOT_ALLOWED_TO_RUN = {"endMyOtherSessions", "makeRecoveryCodes", "changePassword"}
PLACEHOLDERS = {"order_id": "ord_none", "session_id": "ses_none", "passkey_id": "pky_none",
                "staff_id": "stf_none", "token_id": "tok_none", "approval_id": "apr_none", "name": "nobody", "version": "999",
                "spool_id": "spool-9", "epoch": "9", "customer_id": "cus_none"}


def routes():
    """(method, path, operation) of the description, sign-out last."""
    document = yaml.safe_load((shops.ROOT / "api/admin.openapi.yaml").read_text(encoding="utf-8"))
    found = [(method.upper(), path, operation) for path, item in document["paths"].items()
             for method, operation in item.items() if method != "parameters"]
    return sorted(found, key=lambda route: route[2]["operationId"] == LAST)


def filled(path):
    return re.sub(r"\{(\w+)\}", lambda match: PLACEHOLDERS[match.group(1)], path)


def is_public(operation):
    return operation.get("security") == []


def asks_again(operation, again):
    return operation.get("x-permission") in again or "Asks again" in operation["summary"]


def ask(console, method, path, token=None):
    body = {} if method in ("POST", "PUT", "PATCH") else None
    return console.ask(method, filled(path), body, token=token)


def nobody_passes(shop):
    stranger = admin.Console(shop)
    for method, path, operation in routes():
        answer = ask(stranger, method, path)
        if is_public(operation):
            assert answer.status in (200, 400), f"{path}: {answer}"
        else:
            assert answer.status == 401, f"nobody {method} {path}: {answer}"
        made_up = ask(stranger, method, path, token="dmg_" + "A" * 43)
        assert is_public(operation) or made_up.status == 401, f"a made-up token {method} {path}: {made_up}"


def wanted(operation, permissions, fresh, again, token=False):
    """What the gate must say: 403 with this code, or None where the request reaches its handler."""
    permission = operation.get("x-permission")
    if is_public(operation):
        return None
    if (permission is None and token) or (permission is not None and permission not in permissions):
        return "forbidden"
    if token and asks_again(operation, again):
        return "forbidden"
    return "step_up_required" if asks_again(operation, again) and not fresh else None


def walk(console, role, permissions, fresh, again, token=None):
    """Returns how many requests passed the gate."""
    passed = 0
    for method, path, operation in routes():
        name = operation["operationId"]
        refusal = wanted(operation, permissions, fresh, again, token is not None)
        if refusal is None and name in NOT_ALLOWED_TO_RUN | {LAST} or is_public(operation):
            continue
        answer = ask(console, method, path, token)
        if refusal is None:
            passed += 1
            assert answer.status not in (401, 403, 405, 500), f"{role} {method} {path}: {answer}"
        else:
            assert (answer.status, answer.code) == (403, refusal), f"{role} {method} {path}: {answer}, not {refusal}"
    return passed


def ids_of_others(one, other):
    """What belongs to somebody else is not there, whoever asks."""
    theirs = other.ask("GET", "/me/sessions", expect=200).json["items"][0]["id"]
    assert one.ask("DELETE", f"/me/sessions/{theirs}").status == 404
    other.ask("GET", "/me", expect=200)
    for path in ("/orders/ord_aaaa", "/orders/ord_aaaa/customer/reveal"):
        assert one.ask("POST" if path.endswith("reveal") else "GET", path,
                       {"reason": "look"} if path.endswith("reveal") else None).status in (403, 404)
    for odd in ("prod_1", "ord_", "..", "%2e%2e", "ord_%00", "ord_'--", "a" * 300):
        answer = one.ask("GET", f"/orders/{odd}")
        assert answer.status in (400, 404), f"{odd}: {answer}"


def token_of(owner, permissions):
    made = owner.ask("POST", "/tokens", {"label": "walk", "permissions": permissions, "lifetime_hours": 1,
                                         "reason": "a test"}, expect=201).json
    return made["secret"]


def main():
    with shops.shop(edges=0) as shop:
        nobody_passes(shop)
        owner = admin.first_owner(shop)
        listed = owner.ask("GET", "/roles", expect=200).json
        again = {row["name"] for row in listed["permissions"] if row["asks_again"]}
        table = {role["name"]: set(role["permissions"]) for role in listed["items"]}
        assert set(table) == set(ROLES), table.keys()
        people = {"owner": owner} | {role: admin.enrol_member(shop, role) for role in ROLES[1:]}
        passed = {}
        for role, fresh in people.items():
            passed[role] = walk(fresh, role, table[role], True, again)
            plain = fresh.beside(shop)
            plain.sign_in()
            passed[role + ", not fresh"] = walk(plain, role, table[role], False, again)
            for method, path, operation in routes():
                if operation["operationId"] == LAST:
                    plain.ask(method, path, expect=204)
            assert plain.cookie is None and plain.ask("GET", "/me").status == 401
        assert passed["owner"] == max(passed.values()) and passed["analyst"] < passed["support"] < passed["owner"], passed
        for role in ROLES:
            held = sorted(table[role] - again)
            walk(owner, role + "'s token", set(held), False, again, token_of(owner, held))
        ids_of_others(people["support"], owner)
        ids_of_others(owner, people["support"])
        denied = shop.run_core("audit", "list", "--limit", "1000")
        assert "rotateKeys" in denied and "DENIED" in denied, "denied acts are not in the log"
        print({"requests that passed the gate": passed})
        shop.verify()


if __name__ == "__main__":
    main()

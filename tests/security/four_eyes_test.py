"""Refunds over a limit and destroyed keys want a second person: whoever asks cannot agree, splitting does not
evade it, and what was agreed to is done once. Ends with verify and the audit log proven whole."""

import contextlib
import pathlib
import sqlite3
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import admin  # noqa: E402
import shop as shops  # noqa: E402

SKU = "KOP-GYO-BIJ-250G"
LIMIT, OVER, HALF = 50_000, 60_000, 30_000
SETTINGS = f"""
[four_eyes]
refunds_over = {LIMIT}
key_destruction = true
approval_hours = 1
"""
WHY = {"reason": "a test"}


def paid_order(shop, owner):
    order = shop.buy("--sku", SKU)["order"]["id"]
    shops.wait_until("the order is paid", lambda: seen(owner, order)["payment_status"] == "paid")
    return order


def seen(console, order):
    return console.ask("GET", f"/orders/{order}", expect=200).json


def refund(console, order, amount, key, token=None):
    return console.ask("POST", f"/orders/{order}/refunds", {"amount": amount} | WHY, {"Idempotency-Key": key}, token)


def wait_refunded(console, order, amount):
    shops.wait_until(f"{amount} given back", lambda: seen(console, order)["refunded"]["amount"] == amount)


def decide(console, approval, what, token=None):
    body = None if what == "withdraw" else WHY
    return console.ask("POST", f"/approvals/{approval['id']}/{what}", body, token=token)


def asked(answer):
    assert answer.status == 202 and answer.json["state"] == "waiting", answer
    return answer.json


def refused(answer, status, code):
    assert (answer.status, answer.code) == (status, code), answer


def off_as_ever(shop, owner):
    order = paid_order(shop, owner)
    assert refund(owner, order, OVER, "off-1").status == 201
    wait_refunded(owner, order, OVER)
    assert owner.ask("POST", f"/orders/{order}/cancel", WHY, expect=200).json["status"] == "cancelled"
    owner.ask("POST", "/keys", WHY, expect=201)
    shop.run_core("keys", "rewrap")
    assert [key["version"] for key in owner.ask("POST", "/keys/1/destroy", WHY, expect=200).json["items"]] == [2]
    assert owner.ask("GET", "/approvals", expect=200).json["items"] == []


def a_refund(shop, owner, support, auditor, order):
    refused(refund(support, order, OVER, "apr_mine"), 400, "invalid_request")
    one = asked(refund(support, order, OVER, "k1"))
    assert one["is_own"] and not one["may_decide"], one
    assert asked(refund(support, order, OVER, "k1"))["id"] == one["id"], "the same request, another approval"
    refused(refund(support, order, OVER + 1, "k1"), 422, "idempotency_key_reused")
    assert seen(owner, order)["refund_due"]["amount"] == 0, "given back before anybody agreed"
    refused(decide(support, one, "approve"), 403, "own_request")
    refused(decide(support, one, "refuse"), 403, "own_request")
    refused(decide(auditor, one, "approve"), 403, "forbidden")
    refused(decide(auditor, one, "refuse"), 403, "forbidden")
    refused(decide(owner, one, "withdraw"), 403, "forbidden")
    stale = owner.beside(shop)
    stale.sign_in(code=owner.recovery_codes.pop())
    refused(decide(stale, one, "approve"), 403, "step_up_required")
    stale.step_up(code=owner.recovery_codes.pop())
    refused(stale.ask("POST", f"/approvals/{one['id']}/approve", {"reason": " "}), 400, "invalid_request")
    assert "dermaga_approvals_waiting 1" in metrics(shop), "nobody sees that it waits"
    done = decide(stale, one, "approve")
    assert done.status == 200 and done.json["state"] == "done", done
    wait_refunded(owner, order, OVER)
    refused(decide(owner, one, "approve"), 409, "approval_over")
    again = refund(support, order, OVER, "k1")
    assert again.status == 202 and again.json["state"] == "done", again
    assert seen(owner, order)["refunded"]["amount"] == OVER and seen(owner, order)["refund_due"]["amount"] == 0


def split(owner, support, order):
    assert refund(support, order, HALF, "s1").status == 201
    wait_refunded(owner, order, HALF)
    one = asked(refund(support, order, HALF, "s2"))
    assert decide(owner, one, "refuse").json["state"] == "refused"
    refused(decide(owner, one, "approve"), 409, "approval_over")
    assert asked(refund(support, order, HALF, "s2"))["id"] != one["id"], "refusals are remembered"
    assert refund(support, order, LIMIT - HALF, "s3").status == 201, "up to the limit nobody else is asked"
    wait_refunded(owner, order, LIMIT)
    # So does cancelling give back what is left.
    asked(support.ask("POST", f"/orders/{order}/cancel", WHY))


def a_cancellation(owner, support, order):
    one = asked(support.ask("POST", f"/orders/{order}/cancel", WHY))
    assert asked(support.ask("POST", f"/orders/{order}/cancel", WHY))["id"] == one["id"]
    assert seen(owner, order)["status"] == "confirmed"
    assert decide(support, one, "withdraw").json["state"] == "withdrawn"
    two = asked(support.ask("POST", f"/orders/{order}/cancel", WHY))
    assert two["id"] != one["id"] and decide(owner, two, "approve").json["state"] == "done"
    shops.wait_until("all of it given back", lambda: seen(owner, order)["payment_status"] == "refunded")
    assert seen(owner, order)["status"] == "cancelled"


def programs(owner, support, order):
    """A token holds nothing that asks again: it neither gives money back nor agrees to it."""
    token = owner.ask("POST", "/tokens", {"label": "t", "lifetime_hours": 1, "permissions":
                                          ["orders.read", "orders.cancel", "approvals.read"]} | WHY,
                      expect=201).json["secret"]
    refused(refund(owner, order, OVER, "t1", token), 403, "forbidden")
    refused(owner.ask("POST", f"/orders/{order}/cancel", WHY, token=token), 403, "forbidden")
    one = asked(refund(support, order, OVER, "t2"))
    assert owner.ask("GET", "/approvals?state=waiting", token=token, expect=200).json["items"]
    for what in ("approve", "refuse", "withdraw"):
        refused(decide(owner, one, what, token), 403, "forbidden")
    assert decide(support, one, "withdraw").status == 200


def the_host(shop, owner, support, order):
    words = ("orders", "refund", order, "--amount", str(OVER), "--reason", "by mail", "--key", "host-1")
    told = shop.run_core(*words)
    assert "nothing was done" in told and "Approvals" in told, told
    listed = owner.ask("GET", "/approvals?state=waiting", expect=200).json["items"]
    one = next(item for item in listed if item["subject"] == order)
    assert one["requested_by"].startswith("host:") and one["id"] in shop.run_core("approvals", "list", "--state", "waiting")
    assert "no such command" in shop.run_core("approvals", "approve", one["id"], expect=1)
    assert "withdraw" in shop.run_core("approvals", "refuse", one["id"], "--reason", "no", expect=1)
    assert decide(support, one, "approve").json["state"] == "done"
    wait_refunded(owner, order, OVER)
    assert "it is done" in shop.run_core(*words), "asked again, it is the same"
    told = shop.run_core("orders", "cancel", order)
    assert "nothing was done" in told, told
    assert "withdrawn" in shop.run_core("approvals", "withdraw", told.split()[0])


def who_asked_has_left(shop, owner, order):
    owner.ask("POST", "/roles", {"name": "clerk", "permissions": ["orders.refund"]} | WHY, expect=201)
    clerk = admin.enrol_member(shop, "clerk", owner)
    one = asked(refund(clerk, order, OVER, "left-1"))
    refused(clerk.ask("GET", "/approvals"), 403, "forbidden")
    shop.run_core("staff", "disable", one["requested_by"].removeprefix("staff:"), "--reason", "left")
    refused(decide(owner, one, "approve"), 409, "requester_not_allowed")
    assert owner.ask("GET", f"/approvals/{one['id']}", expect=200).json["state"] == "refused"
    assert seen(owner, order)["refunded"]["amount"] == 0


def versions(console):
    return [key["version"] for key in console.ask("GET", "/keys", expect=200).json["items"]]


def a_key(shop, owner, custodian):
    refused(owner.ask("POST", "/keys/2/destroy", WHY), 409, "version_conflict")
    refused(owner.ask("POST", "/keys/99/destroy", WHY), 404, "not_found")
    owner.ask("POST", "/keys", WHY, expect=201)
    shop.run_core("keys", "rewrap")
    one = asked(owner.ask("POST", "/keys/2/destroy", WHY))
    assert one["kind"] == "key.destroy" and versions(owner) == [2, 3]
    refused(decide(owner, one, "approve"), 403, "own_request")
    assert decide(custodian, one, "approve").json["state"] == "done" and versions(owner) == [3]
    shop.run_core("keys", "rotate")
    shop.run_core("keys", "rewrap")
    assert "nothing was done" in shop.run_core("keys", "destroy", "--kek", "3", "--reason", "old")
    shop.stop(shop.core)
    told = shop.run_core("keys", "destroy", "--kek", "3", "--reason", "old", "--config", str(shop.settings))
    assert "nothing was done" in told, f"without core it is done by one: {told}"
    shop.start_core()
    assert versions(owner) == [3, 4]


def core_ended_between(shop, owner, support, custodian):
    """Agreed to and done, but core ended before it could say so: agreeing again does nothing twice."""
    done = owner.ask("GET", "/approvals?state=done", expect=200).json["items"]
    assert {one["kind"] for one in done} == {"order.refund", "order.cancel", "key.destroy"}, done
    before = {one["subject"]: seen(owner, one["subject"])["refunded"] for one in done if one["kind"] != "key.destroy"}
    shop.stop(shop.core)
    with contextlib.closing(sqlite3.connect(shop.store_file)) as store, store:
        store.execute("UPDATE approvals SET state = 2 WHERE state = 3")
    shop.start_core()
    assert len(owner.ask("GET", "/approvals?state=approved", expect=200).json["items"]) == len(done)
    for one in done:
        is_own = support.ask("GET", f"/approvals/{one['id']}", expect=200).json["is_own"]
        second = custodian if one["kind"] == "key.destroy" else owner if is_own else support
        refused(decide(second, one, "refuse"), 409, "approval_over")
        again = decide(second, one, "approve")
        assert again.status == 200 and again.json["state"] == "done", again
    for order, refunded in before.items():
        now = seen(owner, order)
        assert now["refunded"] == refunded and now["refund_due"]["amount"] == 0, f"{order} was given back twice: {now}"


def metrics(shop):
    return shops.http_get(f"http://127.0.0.1:{shop.port_base + 10}/metrics")[2].decode()


def all_of_it_is_recorded(shop):
    shop.run_core("audit", "verify")
    lines = shop.run_core("audit", "list", "--limit", "1000").splitlines()
    for act in ("approval.ask", "approval.approve", "approval.done", "approval.refuse", "approval.withdraw"):
        assert any(act in line and "DENIED" not in line for line in lines), f"{act} is not in the audit log"
    for act in ("approval.approve", "approveApproval", "refuseApproval", "withdrawApproval"):
        assert any(act in line and "DENIED" in line for line in lines), f"{act}: denied, and not in the audit log"
    assert any("order.refund" in line and "agreed by two: apr_" in line for line in lines)
    assert any("settings.change" in line and f'four_eyes.refunds_over  from "0" to "{LIMIT}"' in line for line in lines)


def main():
    with shops.shop() as shop:
        owner = admin.first_owner(shop)
        off_as_ever(shop, owner)
        orders = [paid_order(shop, owner) for _ in range(6)]
        shop.settings = shop.folder / "shop.toml"
        shop.settings.write_text(SETTINGS, encoding="utf-8")
        shop.stop(shop.core)
        shop.start_core()
        support = admin.enrol_member(shop, "support")
        auditor = admin.enrol_member(shop, "auditor")
        owner.step_up(code=owner.recovery_codes.pop())
        owner.ask("POST", "/roles", {"name": "custodian", "permissions": ["keys.destroy", "approvals.read"]} | WHY,
                  expect=201)
        custodian = admin.enrol_member(shop, "custodian", owner)
        a_refund(shop, owner, support, auditor, orders[0])
        split(owner, support, orders[1])
        a_cancellation(owner, support, orders[2])
        programs(owner, support, orders[3])
        the_host(shop, owner, support, orders[4])
        who_asked_has_left(shop, owner, orders[5])
        a_key(shop, owner, custodian)
        core_ended_between(shop, owner, support, custodian)
        all_of_it_is_recorded(shop)
        print(shop.verify())


if __name__ == "__main__":
    main()

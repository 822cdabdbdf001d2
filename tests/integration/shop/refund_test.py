"""Money goes back by people who may, who prove it again and say why: once for one key, never more than was paid.
Also while core is killed between asking and writing down. Ends with verify."""

import concurrent.futures
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "support"))
import admin  # noqa: E402
import shop as shops  # noqa: E402

SKU = "KOP-GYO-BIJ-250G"
WHY = {"reason": "arrived dented"}


def paid_order(shop):
    order = shop.buy("--sku", SKU)["order"]
    assert order["payment_status"] == "paid", order
    return order["id"]


def refund(console, order, key, amount=None):
    return console.ask("POST", f"/orders/{order}/refunds", WHY | ({"amount": amount} if amount else {}),
                       headers={"Idempotency-Key": key} if key else {})


def details(console, order):
    return console.ask("GET", f"/orders/{order}", expect=200).json


def wait_until_refunded(console, order, amount):
    shops.wait_until(f"{amount} given back",
                     lambda: details(console, order)["refunded"]["amount"] == amount, 30)


def rules(support, order):
    total = details(support, order)["total"]["amount"]
    for key, amount, status, code in ((None, 1, 400, "idempotency_key_missing"), ("a", total + 1, 400, "invalid_request"),
                                      ("b", total, 409, "version_conflict"), ("c", None, 409, "version_conflict")):
        answer = refund(support, order, key, amount)
        assert (answer.status, answer.code) == (status, code), f"{key} {amount}: {answer}"
    assert details(support, order)["refund_due"]["amount"] == 0
    # The same key by many at once.
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: refund(support, order, "once", 1_000), range(6)))
    assert {answer.status for answer in answers} == {201}, answers
    wait_until_refunded(support, order, 1_000)
    reused = refund(support, order, "once", 2_000)
    assert (reused.status, reused.code) == (422, "idempotency_key_reused"), reused
    return total


def killed_in_between(shop, owner, support, order, total):
    for number in range(3):
        before = details(support, order)["refunded"]["amount"]
        answer = refund(support, order, f"kill-{number}", 500)
        assert answer.status == 201, answer
        shop.kill_core()
        shop.start_core()
        wait_until_refunded(support, order, before + 500)
    assert details(support, order)["payment_status"] == "partially_refunded"
    stale = support.beside(shop)
    stale.sign_in()
    assert stale.ask("POST", f"/orders/{order}/cancel", WHY).code == "step_up_required", "cancelling gives money back"
    token = owner.ask("POST", "/tokens", {"label": "t", "permissions": ["orders.cancel"], "lifetime_hours": 1,
                                          "reason": "a test"}, expect=201).json["secret"]
    assert owner.ask("POST", f"/orders/{order}/cancel", WHY, token=token).code == "forbidden"
    support.ask("POST", f"/orders/{order}/cancel", WHY, expect=200)
    wait_until_refunded(support, order, total)
    paid = details(support, order)
    assert paid["payment_status"] == "refunded", paid
    assert len(paid["payments"]) == 6 and len({p["reference"] for p in paid["payments"]}) == 6, paid["payments"]
    after = refund(support, order, "after", 1)
    assert after.status == 409, after


def main():
    with shops.shop() as shop:
        owner = admin.first_owner(shop)
        support = admin.enrol_member(shop, "support", owner)
        analyst = admin.enrol_member(shop, "analyst")
        order = paid_order(shop)
        assert refund(analyst, order, "x", 1).code == "forbidden"
        later = support.beside(shop)
        later.sign_in()
        assert refund(later, order, "x", 1).code == "step_up_required"
        total = rules(support, order)
        killed_in_between(shop, owner, support, order, total)
        log = shop.run_core("audit", "list", "--limit", "1000")
        assert log.count("order.refund") == 9 and "arrived dented" in log, log
        shop.verify()


if __name__ == "__main__":
    main()

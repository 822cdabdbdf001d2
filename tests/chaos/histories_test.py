"""The checker of histories finds every planted breach, and nothing in histories that are sound."""

import json
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import histories  # noqa: E402
from histories import Attempt  # noqa: E402
from stored_orders import StoredOrder  # noqa: E402

SHIRT = "var_shirt"


def asked(key, start_us, end_us, status=201, **more):
    """An attempt; of one unit, answered with the key's own order id where it was acknowledged."""
    fields = {"code": "", "order_id": "", "order_status": "", "replayed": False, "quantity": 1} | more
    if status in histories.ACKNOWLEDGED:
        fields["order_id"] = fields["order_id"] or "ord_" + key
        fields["order_status"] = fields["order_status"] or "open"
    return Attempt(key, fields.pop("body", "body-" + key), SHIRT, fields.pop("quantity"), start_us, end_us, status,
                   **fields)


def sold_out(key, start_us, end_us, quantity=1):
    return asked(key, start_us, end_us, 409, code="out_of_stock", quantity=quantity)


def kept(key, status="confirmed", reason="", quantity=1, **more):
    return StoredOrder(more.get("order_id", "ord_" + key), key, more.get("body", "body-" + key), status, reason,
                       {SHIRT: quantity})


def declined(key, reason="out_of_stock"):
    return StoredOrder("ord_" + key, key, "body-" + key, "cancelled", reason, {}, declined=True)


class Histories(unittest.TestCase):
    def kinds(self, attempts, stored, **options):
        return [breach.kind for breach in histories.find_breaches(attempts, stored, **options)]

    def assert_finds(self, kind, attempts, stored, **options):
        self.assertIn(kind, self.kinds(attempts, stored, **options))

    def assert_sound(self, attempts, stored, **options):
        self.assertEqual(self.kinds(attempts, stored, **options), [])

    def test_a_sound_history(self):
        attempts = [
            asked("a", 0, 10), asked("a", 20, 30, replayed=True, order_status="confirmed"),
            asked("b", 0, float("inf"), 0), asked("b", 50, 60, replayed=True),
            asked("c", 0, 10, 503, code="core_unavailable"), asked("c", 20, 30),
            asked("d", 5, float("inf"), 0),  # never answered: stored or not, both are right
            sold_out("e", 31, 45)]
        stored = [kept("a"), kept("b"), kept("c", "cancelled", "payment_declined")]
        self.assert_sound(attempts, stored)
        self.assert_sound(attempts, [*stored, kept("d")])
        report = histories.check(attempts, stored, units={SHIRT: 3})
        self.assertEqual((report.acknowledged, report.replayed, report.out_of_stock), (3, 2, 1))
        self.assertIn("3 orders acknowledged", str(report))

    def test_an_order_declined_later(self):
        later = asked("b", 10, 20, 202, order_status="pending_acceptance")
        self.assert_sound([asked("a", 0, 10), later], [kept("a"), declined("b")], units={SHIRT: 1})
        self.assertEqual(histories.check([later], [declined("b", "box_expired")]).declined, 1)
        self.assert_finds("false_refusal", [asked("a", 0, 10), later], [kept("a"), declined("b")], units={SHIRT: 2})
        self.assert_finds("taken_back", [asked("a", 0, 10)], [declined("a")])
        self.assert_finds("altered", [asked("b", 10, 20, 202, body="another", order_status="pending_acceptance")],
                          [declined("b")])

    def test_lost(self):
        self.assert_finds("lost", [asked("a", 0, 10)], [])
        self.assert_finds("lost", [asked("a", 0, 10, 202, order_status="pending_acceptance")], [])

    def test_doubled(self):
        self.assert_finds("doubled", [asked("a", 0, 10)], [kept("a"), kept("a", order_id="ord_other")])
        self.assert_finds("doubled", [asked("a", 0, 10), asked("a", 20, 30)], [kept("a")])

    def test_two_ids(self):
        self.assert_finds("two_ids", [asked("a", 0, 10), asked("a", 20, 30, order_id="ord_x", replayed=True)],
                          [kept("a")])
        self.assert_finds("two_ids", [asked("a", 0, 10)], [kept("a", order_id="ord_x")])
        self.assert_finds("two_ids", [asked("a", 0, 10), asked("b", 0, 10, order_id="ord_a")],
                          [kept("a"), kept("b", order_id="ord_a")])

    def test_altered(self):
        self.assert_finds("altered", [asked("a", 0, 10)], [kept("a", body="another")])
        self.assert_finds("altered", [asked("a", 0, 10, quantity=2)], [kept("a", quantity=1)])
        self.assert_finds("altered", [asked("a", 0, 10), asked("a", 20, 30, body="b", replayed=True)], [kept("a")])
        # Another body under the key is refused; the first stays.
        self.assert_sound([asked("a", 0, 10), asked("a", 5, 30, 422, body="b", code="idempotency_key_reused")],
                          [kept("a")])

    def test_unasked(self):
        self.assert_finds("unasked", [], [kept("a")])

    def test_refused_and_stored(self):
        self.assert_finds("refused_stored", [sold_out("a", 0, 10)], [kept("a")])
        # A 503, or no answer, promises nothing.
        self.assert_sound([asked("a", 0, 10, 503, code="outcome_unknown")], [kept("a")])
        self.assert_sound([asked("a", 0, float("inf"), 0), sold_out("a", 5, 10)], [kept("a")])

    def test_forgotten(self):
        self.assert_finds("forgotten", [asked("a", 0, 10), sold_out("a", 20, 30)], [kept("a")])
        # At the same time both may be true.
        self.assert_sound([asked("a", 0, 10), sold_out("a", 5, 30)], [kept("a")])

    def test_oversold(self):
        attempts = [asked("a", 0, 10, quantity=2), asked("b", 0, 10)]
        stored = [kept("a", quantity=2), kept("b")]
        self.assert_finds("oversold", attempts, stored, units={SHIRT: 2})
        self.assert_sound(attempts, stored, units={SHIRT: 3})
        stored[1].status, stored[1].cancel_reason = "cancelled", "shopper_request"
        self.assert_sound(attempts, stored, units={SHIRT: 2})

    def test_a_refusal_while_units_were_free(self):
        attempts = [asked("a", 0, 10), sold_out("b", 20, 30), asked("c", 40, 50)]
        stored = [kept("a"), kept("c", "cancelled", "shopper_request")]
        self.assert_finds("false_refusal", attempts, stored, units={SHIRT: 2})
        self.assert_finds("false_refusal", [sold_out("b", 0, 10, quantity=2)], [], units={SHIRT: 2})
        # An order in flight may have held the last unit when b was judged.
        attempts[2].start_us = 25
        self.assert_sound(attempts, stored, units={SHIRT: 2})
        # One that was never answered and is stored may have, too; and so may a lease.
        self.assert_sound([asked("a", 0, float("inf"), 0), sold_out("b", 20, 30)], [kept("a")], units={SHIRT: 1})
        self.assert_sound([sold_out("b", 20, 30)], [], units={SHIRT: 1}, elsewhere={SHIRT: 1})

    def test_sold_after_a_refusal(self):
        attempts = [asked("a", 0, 10), sold_out("b", 12, 14), asked("c", 20, 30), asked("d", 13, 40, quantity=5)]
        stored = [kept("a"), kept("c"), kept("d", quantity=5)]
        self.assert_finds("sold_later", attempts, stored, units={SHIRT: 7})
        # What was too much for b need not be too much for one who wants less.
        attempts[1].quantity = 2
        self.assert_sound(attempts, stored, units={SHIRT: 7})
        # Units that came back may be sold again.
        attempts[1].quantity, stored[0].status = 1, "expired"
        self.assert_sound(attempts, stored, units={SHIRT: 6})

    def test_statuses_move_along_the_table(self):
        self.assert_finds("status_moves", [asked("a", 0, 10, order_status="confirmed"),
                                           asked("a", 20, 30, replayed=True)], [kept("a")])
        self.assert_finds("status_moves", [asked("a", 0, 10, order_status="confirmed")], [kept("a", "expired")])
        # Answers that overlap may have been given in either order.
        self.assert_sound([asked("a", 0, 10, order_status="confirmed"), asked("a", 5, 30, replayed=True)],
                          [kept("a")])
        # An edge that meets a known order without core can only say that it was taken.
        self.assert_sound([asked("a", 0, 10, order_status="confirmed"),
                           asked("a", 20, 30, 202, order_status="pending_acceptance")], [kept("a")])

    def test_taken_for_later(self):
        taken = [asked("a", 0, 10, 202, order_status="pending_acceptance")]
        self.assert_finds("never_accepted", taken, [kept("a", "pending_acceptance")])
        self.assert_sound(taken, [kept("a", "pending_acceptance")], settled=False)
        self.assert_finds("no_reason", taken, [kept("a", "cancelled")])
        self.assert_sound(taken, [kept("a", "cancelled", "out_of_stock")])
        self.assert_sound(taken, [kept("a", "open")])

    def test_breaches_are_told(self):
        with self.assertRaisesRegex(AssertionError, "1 breaches:\n  lost: a was answered 201"):
            histories.check([asked("a", 0, 10)], [])

    def test_journals(self):
        request = {"kind": "request", "monotonic_us": 1, "idempotency_key": "a", "body_sha256": "b",
                   "variant_id": SHIRT, "quantity": 2}
        answer = {"kind": "answer", "monotonic_us": 5, "idempotency_key": "a", "status": 201, "order_id": "ord_a",
                  "order_status": "open", "replayed": False}
        refusal = {"kind": "answer", "monotonic_us": 9, "idempotency_key": "a", "status": 503, "code": "overloaded"}
        unknown = {"kind": "unknown", "monotonic_us": 9, "idempotency_key": "a", "code": "unavailable"}
        lines = [request, unknown, request, refusal, request, answer, request]
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "journal.jsonl"
            path.write_text("".join(json.dumps(line) + "\n" for line in lines) + '{"kind":"ans', encoding="utf-8")
            attempts = histories.read_journals(path, path)
        self.assertEqual([attempt.status for attempt in attempts], [0, 503, 201, 0] * 2)
        self.assertEqual(attempts[2], asked("a", 1, 5, body="b", quantity=2))
        self.assertEqual(attempts[3].end_us, float("inf"))


if __name__ == "__main__":
    unittest.main()

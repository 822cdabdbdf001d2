"""Judges what shoppers were told against what is stored.

Shoppers write journals (`dermaga buy --journal`): every request before it is sent, every answer after
it came, with a clock that all buyers of one machine share. From those and from the rows of the store
`check()` finds every breach of what an answer promises:

  lost            an order was acknowledged (201, 202) and is not stored
  doubled         one key has several orders, or several answers each say that they placed it first
  two_ids         one key was answered with different order ids, or one id answers two keys
  altered         what is stored is not the body that was sent
  unasked         an order is stored that nobody sent
  refused_stored  every answer to a key was a definite refusal, and its order is stored
  forgotten       a key that had been acknowledged was refused later
  oversold        more units are placed than there were
  false_refusal   out_of_stock, while units were certainly free and no order in flight could hold them
  sold_later      out_of_stock, and an order that was first sent afterwards got the units
  status_moves    an order's status moved as no order's may
  no_reason       a cancelled order does not say why
  never_accepted  an order taken for later was neither accepted nor cancelled
  taken_back      an order was answered 201 and declined later

Stock is judged as a linearizable counter: an order takes its units at one moment between its first
request and its answer, or later where it has no answer. Moments overlap, so a breach is only what no
choice of moments explains.
"""

import collections
import dataclasses
import json
import math

# docs/reference/store-api.md and src/commerce/order_state name the same moves.
MOVES = {
    "pending_acceptance": {"open", "cancelled"},
    "open": {"confirmed", "expired", "cancelled"},
    "confirmed": {"completed", "cancelled"},
    "completed": set(), "expired": set(), "cancelled": set(),
}
RELEASED = {"expired", "cancelled"}  # their units went back
ACKNOWLEDGED = {201, 202}
SHOWN_BREACHES_MAX = 20


@dataclasses.dataclass
class Attempt:
    """One request and what became of it."""
    key: str
    body_sha256: str
    variant: str
    quantity: int
    start_us: int
    end_us: float = math.inf  # inf: no answer came, so it may take effect at any later time
    status: int = 0
    code: str = ""
    order_id: str = ""
    order_status: str = ""
    replayed: bool = False

    @property
    def acknowledged(self):
        return self.status in ACKNOWLEDGED

    @property
    def refused(self):
        """A definite no. 429 and 5xx are none: they promise nothing."""
        return 400 <= self.status < 500 and self.status != 429 and self.code != "idempotency_key_in_flight"


@dataclasses.dataclass(frozen=True)
class Breach:
    kind: str
    text: str


@dataclasses.dataclass
class Report:
    attempts: int
    acknowledged: int  # distinct keys
    replayed: int
    out_of_stock: int
    unanswered: int
    stored: int
    declined: int  # of the stored ones: taken for later and declined

    def __str__(self):
        return (f"{self.attempts} requests: {self.acknowledged} orders acknowledged, {self.replayed} replays, "
                f"{self.out_of_stock} told out_of_stock, {self.unanswered} without answer; {self.stored} stored, "
                f"{self.declined} of them declined")


def read_journals(*paths):
    """The attempts of several journals. A torn last line, of a buyer that was killed, is ignored."""
    attempts = []
    for path in paths:
        waiting = {}
        with open(path, encoding="utf-8") as journal:
            for line in journal:
                if line.endswith("\n"):
                    _take_line(json.loads(line), waiting, attempts)
    return attempts


def _take_line(line, waiting, attempts):
    key = line["idempotency_key"]
    if line["kind"] == "request":
        # A buyer sends a key again only after it has given the first attempt up.
        waiting[key] = Attempt(key, line["body_sha256"], line["variant_id"], line["quantity"],
                               line["monotonic_us"])
        attempts.append(waiting[key])
        return
    attempt = waiting.pop(key)
    if line["kind"] == "answer":
        attempt.end_us = line["monotonic_us"]
        attempt.status = line["status"]
        attempt.code = line.get("code", "")
        attempt.order_id = line.get("order_id", "")
        attempt.order_status = line.get("order_status", "")
        attempt.replayed = line.get("replayed", False)


class _History:
    """All attempts by key and all orders by key, and the breaches found so far."""

    def __init__(self, attempts, stored):
        self.of_key = collections.defaultdict(list)
        for attempt in sorted(attempts, key=lambda one: one.start_us):
            self.of_key[attempt.key].append(attempt)
        self.stored = collections.defaultdict(list)
        for order in stored:
            self.stored[order.key].append(order)
        self.breaches = []

    def breach(self, kind, text):
        self.breaches.append(Breach(kind, text))

    # ---- one order per key, the one that was sent

    def check_ids(self):
        key_of = {}
        for key, attempts in self.of_key.items():
            ids = {attempt.order_id for attempt in attempts if attempt.order_id}
            ids |= {order.order_id for order in self.stored.get(key, [])}
            if len(ids) > 1:
                self.breach("two_ids", f"{key} was answered as {sorted(ids)}")
            for order_id in ids:
                if key_of.setdefault(order_id, key) != key:
                    self.breach("two_ids", f"{order_id} answers {key_of[order_id]} and {key}")

    def check_stored(self):
        for key, orders in self.stored.items():
            if len(orders) > 1:
                self.breach("doubled", f"{key} has {len(orders)} orders")
            attempts = self.of_key.get(key)
            if not attempts:
                self.breach("unasked", f"{key} was never sent and is order {orders[0].order_id}")
                continue
            self._check_contents(key, orders[0], attempts)
            if all(attempt.refused for attempt in attempts):
                self.breach("refused_stored", f"{key} was refused ({attempts[-1].code}) and is stored")
            if orders[0].status == "cancelled" and not orders[0].cancel_reason:
                self.breach("no_reason", f"{key} is cancelled and does not say why")

    def _check_contents(self, key, order, attempts):
        acknowledged = {attempt.body_sha256 for attempt in attempts if attempt.acknowledged}
        if not (acknowledged or {attempt.body_sha256 for attempt in attempts}) >= {order.body_sha256} \
                or len(acknowledged) > 1:
            self.breach("altered", f"{key}: stored body {order.body_sha256} is not the one that was sent")
        elif not order.declined and all(order.units != {attempt.variant: attempt.quantity} for attempt in attempts):
            self.breach("altered", f"{key}: stored lines {order.units} are not those that were sent")

    def check_acknowledged(self):
        for key, attempts in self.of_key.items():
            acknowledged = [attempt for attempt in attempts if attempt.acknowledged]
            if not acknowledged:
                continue
            if key not in self.stored:
                self.breach("lost", f"{key} was answered {acknowledged[0].status} and is not stored")
            if sum(one.status == 201 and not one.replayed for one in acknowledged) > 1:
                self.breach("doubled", f"{key}: several answers say that they placed it")
            known_from = min(attempt.end_us for attempt in acknowledged)
            for attempt in attempts:
                if attempt.refused and attempt.start_us > known_from:
                    self.breach("forgotten", f"{key} was acknowledged and later refused: {attempt.code}")

    # ---- statuses

    def check_statuses(self, settled):
        for key, attempts in self.of_key.items():
            seen = [attempt for attempt in attempts if attempt.order_status]
            for earlier in seen:
                for later in seen:
                    if later.start_us > earlier.end_us and not _taken_for_later(later):
                        self._check_move(key, earlier.order_status, later.order_status)
            for order in self.stored.get(key, []):
                if order.declined and any(attempt.status == 201 and not attempt.replayed for attempt in attempts):
                    self.breach("taken_back", f"{key} was answered 201 and declined ({order.cancel_reason})")
                for attempt in seen:
                    self._check_move(key, attempt.order_status, order.status)
                if settled and order.status == "pending_acceptance":
                    self.breach("never_accepted", f"{key} still waits to be accepted")

    def _check_move(self, key, earlier, later):
        if later not in _reachable(earlier):
            self.breach("status_moves", f"{key} went from {earlier} to {later}")

    # ---- stock

    def check_stock(self, variant, units, elsewhere):
        """`units` before the first order; at most `elsewhere` of them held by others meanwhile."""
        takers = []  # (first sent, units) of every order that ever held some
        kept = 0
        for key, orders in self.stored.items():
            quantity = orders[0].units.get(variant, 0)
            if quantity and key in self.of_key:
                takers.append((self.of_key[key][0].start_us, quantity))
                kept += 0 if orders[0].status in RELEASED else quantity
        if kept > units:
            self.breach("oversold", f"{kept} units of {variant} are sold, there were {units}")
        refusals = [attempt for attempts in self.of_key.values() for attempt in attempts
                    if attempt.variant == variant and attempt.code == "out_of_stock"]
        refusals += self._declined_later(variant)
        self._check_refusals(variant, units - elsewhere, sorted(takers), refusals)
        released = any(orders[0].status in RELEASED and variant in orders[0].units
                       for orders in self.stored.values())
        if not released and elsewhere == 0:
            self._check_sold_later(variant, takers, refusals)

    def _declined_later(self, variant):
        """Orders that were taken for later and declined for want of units, at a time that no journal tells."""
        return [dataclasses.replace(attempts[0], end_us=math.inf) for key, attempts in self.of_key.items()
                if attempts[0].variant == variant
                and any(order.declined and order.cancel_reason == "out_of_stock" for order in self.stored.get(key, []))]

    def _check_refusals(self, variant, units, takers, refusals):
        possible, taker = 0, 0
        for refusal in sorted(refusals, key=lambda one: one.end_us):
            while taker < len(takers) and takers[taker][0] < refusal.end_us:
                possible += takers[taker][1]
                taker += 1
            if units - possible >= refusal.quantity:
                self.breach("false_refusal", f"{refusal.key} was told out_of_stock for {refusal.quantity} of "
                            f"{variant} when at most {possible} of {units} could be taken")

    def _check_sold_later(self, variant, takers, refusals):
        # Without returns the free units only fall: what was too much once is too much for ever.
        first_refused = {}
        for refusal in refusals:
            known = first_refused.get(refusal.quantity, math.inf)
            first_refused[refusal.quantity] = min(known, refusal.end_us)
        for start_us, quantity in takers:
            if any(start_us > end_us for refused, end_us in first_refused.items() if refused <= quantity):
                self.breach("sold_later", f"{quantity} of {variant} were sold to an order that was first sent "
                            "after as many had been refused")


def _taken_for_later(attempt):
    # An edge without core knows no order: it says how it takes this request, not where the order stands.
    return attempt.status == 202 and not attempt.replayed


def _reachable(status):
    reached, new = set(), {status}
    while new:
        reached |= new
        new = set().union(*(MOVES[one] for one in new)) - reached
    return reached


def find_breaches(attempts, stored, units=None, elsewhere=None, settled=True):
    """`units`: variant id -> units there were, for variants that nothing but these orders moved.
    `elsewhere`: variant id -> units that something else (a lease) may have held of those."""
    history = _History(attempts, stored)
    history.check_ids()
    history.check_stored()
    history.check_acknowledged()
    history.check_statuses(settled)
    for variant, there in (units or {}).items():
        history.check_stock(variant, there, (elsewhere or {}).get(variant, 0))
    return history.breaches


def check(attempts, stored, **options):
    """A Report; AssertionError that lists the breaches when there are any."""
    breaches = find_breaches(attempts, stored, **options)
    if breaches:
        shown = "\n".join(f"  {breach.kind}: {breach.text}" for breach in breaches[:SHOWN_BREACHES_MAX])
        raise AssertionError(f"{len(breaches)} breaches:\n{shown}")
    return Report(
        attempts=len(attempts),
        acknowledged=len({attempt.key for attempt in attempts if attempt.acknowledged}),
        replayed=sum(attempt.replayed for attempt in attempts),
        out_of_stock=sum(attempt.code == "out_of_stock" for attempt in attempts),
        unanswered=sum(attempt.status == 0 for attempt in attempts),
        stored=len(stored),
        declined=sum(order.declined for order in stored))

import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { beforeEach, describe, expect, test } from "vitest";
import { Refusal, Unanswered } from "../src/api/client";
import type { Quote } from "../src/api/types";
import { makeReplyKey } from "../src/seal/box";
import type { SavedCard } from "../src/seal/account";
import { Shopper, SignedOut, signIn } from "../src/shop/account";
import {
  type Entries,
  type Payment,
  type RawEntries,
  cardOf,
  findCardErrors,
  findErrors,
} from "../src/shop/checks";
import { hashOfNotes, notesFor, notesOf, outcomeWithin } from "../src/shop/order_notes";
import { boxText, prepareAttempt } from "../src/shop/placing";
import { pendingAttempt } from "../src/shop/records";
import { cardName, expiryText, hasRoomForCard, usableCards } from "../src/shop/saved_cards";
import { StorageRefused } from "../src/shop/storage";
import { FakeShop } from "./fake_shop";

const NOW = new Date(2026, 10, 28);
const NUMBER = "4242424242424242";
const saved: SavedCard = {
  id: "card_abcdefghijklmnopqrstuvwx",
  brand: "visa",
  last_four: "4242",
  expiry_month: 3,
  expiry_year: 2030,
  expired: false,
  saved_at: "2026-11-28T00:00:00Z",
};

describe("a card's words", () => {
  test.each([
    ["visa", "Visa"],
    ["mastercard", "Mastercard"],
    ["amex", "American Express"],
    ["jcb", "JCB"],
    ["unionpay", "UnionPay"],
    ["discover", "Discover"],
    ["other", "Kartu"],
    ["a brand of tomorrow", "Kartu"],
  ])("%s", (brand, word) => {
    expect(cardName({ ...saved, brand }, "Kartu")).toBe(`${word} •••• 4242`);
  });

  test("month and year have two digits each", () => {
    expect(expiryText(saved)).toBe("03/30");
    expect(expiryText({ expiry_month: 12, expiry_year: 2105 })).toBe("12/05");
  });
});

test("a card that has expired cannot pay, but takes room", () => {
  const expired = { ...saved, id: "card_old", expired: true };
  expect(usableCards([expired, saved])).toEqual([saved]);
  expect(hasRoomForCard([])).toBe(true);
  expect(hasRoomForCard(Array.from({ length: 9 }, () => expired))).toBe(true);
  expect(hasRoomForCard(Array.from({ length: 10 }, () => expired))).toBe(false);
});

describe("the form", () => {
  const raw: RawEntries = {
    name: "Sari",
    email: "sari@contoh.id",
    phone: "+62 812 345",
    country: "ID",
    line1: "Jl. Pelabuhan 1",
    line2: "",
    city: "Jakarta",
    postal: "14310",
    region: "ID-JK",
    card: "",
    expiry: "",
    code: "123",
  };

  test("asks for number and month only where no saved card pays", () => {
    expect(findErrors(raw, NOW, saved.id).size).toBe(0);
    expect([...findErrors(raw, NOW)]).toEqual([
      ["card", "error_required"],
      ["expiry", "error_required"],
    ]);
  });

  test.each([
    ["", "error_required"],
    ["12", "error_code"],
    ["12a", "error_code"],
  ])("asks for a saved card's code: %j", (code, message) => {
    expect([...findErrors({ ...raw, code }, NOW, saved.id)]).toEqual([["code", message]]);
  });

  test("of a card to save has the checkout's rules, and no code", () => {
    expect(findCardErrors({ card: "4242 4242 4242 4242", expiry: "12/30" }, NOW).size).toBe(0);
    expect([...findCardErrors({ card: "4242", expiry: "10/26" }, NOW)]).toEqual([
      ["card", "error_card"],
      ["expiry", "error_expiry"],
    ]);
    expect(cardOf({ card: "4242-4242 4242 4242", expiry: "1230" }, NOW)).toEqual({
      number: NUMBER,
      expiry_month: 12,
      expiry_year: 2030,
    });
    expect(cardOf({ card: NUMBER, expiry: "10/26" }, NOW)).toBeNull();
  });
});

describe("what is sent and kept", () => {
  const LATER = "2999-01-01T00:00:00Z";
  let shop: FakeShop;

  beforeEach(async () => {
    indexedDB = new IDBFactory();
    shop = await FakeShop.open();
    shop.answer = () => ({
      result: { session: "s".repeat(43), expires_at: LATER, token: "", token_expires_at: LATER },
    });
  });

  const total = { amount: 1, currency: "IDR" };
  const typed: Payment = {
    card: { number: NUMBER, expiry_month: 12, expiry_year: 2030, cvc: "987" },
  };
  const chosen: Payment = { saved_card: { id: saved.id, cvc: "987" } };
  const buyerWith = (payment: Payment) => {
    const entries: Entries = {
      name: "Sari",
      recipient: "Sari",
      email: "sari@contoh.id",
      phone: "+62 812 345",
      country: "ID",
      line1: "Jl. Pelabuhan 1",
      line2: "",
      city: "Jakarta",
      region: "ID-JK",
      postal: "14310",
      payment,
    };
    return { entries, account: null, locale: "id" };
  };

  test.each([[typed], [chosen]])("the order's box has the payment and nothing beside it: %#", async (payment) => {
    const clear = {
      lines: [{ variant_id: "var_a", quantity: 1 }],
      quote_id: "q",
      destination: { country: "ID", region: "ID-JK", postal_code: "14310" },
      shipping_method: "regular",
      total,
      sealed: "",
    };
    const text = await boxText(buyerWith(payment), clear, "key", await makeReplyKey());
    expect((JSON.parse(text) as { payment: unknown }).payment).toEqual(payment);
  });

  test.each([[typed], [chosen]])("a checkout that waits for its answer is kept sealed: %#", async (payment) => {
    const lines = [{ variant_id: "var_a", product: "kopi", quantity: 1 }];
    const quote = { id: "q", total } as unknown as Quote;
    await prepareAttempt(buyerWith(payment), lines, quote, "regular");
    const kept = await pendingAttempt();
    expect(Object.keys(kept ?? {}).sort()).toEqual([
      "body", "idempotency_key", "lines", "reply_key", "started_ms",
    ]);
    const text = JSON.stringify(kept);
    for (const secret of [NUMBER, saved.id, '"cvc"', "987", "saved_card", "sari@"]) {
      // Three digits may stand anywhere in a sealed box: they count where they stand alone.
      expect(text.includes(secret.length === 3 ? `"${secret}"` : secret), secret).toBe(false);
    }
    const body = JSON.parse(kept?.body ?? "") as Record<string, unknown>;
    expect(Object.keys(body).sort()).toEqual([
      "destination", "lines", "quote_id", "sealed", "shipping_method", "total",
    ]);
  });

  test("saving and removing a card are sealed calls; the public zone sees no digit", async () => {
    const shopper = Shopper.of(await signIn("a@b.id", "x"));
    const { cvc: _, ...card } = typed.card;
    await shopper.call("account.save_card", { card });
    expect(shop.last).toMatchObject({ method: "account.save_card", params: { card } });
    expect(Object.keys(shop.last.params["card"] as object)).toEqual([
      "number", "expiry_month", "expiry_year",
    ]);
    await shopper.call("account.remove_card", { id: saved.id });
    expect(shop.last).toMatchObject({ method: "account.remove_card", params: { id: saved.id } });
    for (const { path, body } of shop.requests) {
      expect(path + body).not.toMatch(/4242424242424242|card_/);
    }
  });
});

test.each([
  [[], ""],
  [["address-not-saved"], "#address-not-saved"],
  [["card-not-saved"], "#card-not-saved"],
  [["address-not-saved", "card-not-saved"], "#address-not-saved&card-not-saved"],
  [["address-unsure", "card-unsure"], "#address-unsure&card-unsure"],
] as const)("the order's page is told %j as %j", (notes, hash) => {
  expect(hashOfNotes(notes)).toBe(hash);
  expect(notesOf(hash)).toEqual(notes);
});

test("any other # tells nothing", () => {
  expect(notesOf("#main&<b>")).toEqual([]);
});

describe("what became of saving something", () => {
  const refusal = (status: number) =>
    new Refusal({ type: "about:blank", title: "", status, code: "some_code" }, 0);

  test.each([
    [refusal(422), "not-saved"],
    [refusal(429), "not-saved"],
    [new SignedOut(), "not-saved"],
    [new StorageRefused(), "not-saved"],
    [refusal(503), "unsure"],
    [new Unanswered(), "unsure"],
    [new TypeError("no box"), "unsure"],
  ] as const)("%s: %s", async (error, outcome) => {
    expect(await outcomeWithin(Promise.reject(error), 1000)).toBe(outcome);
  });

  test("it is saved with the shop's word, and without one nobody knows", async () => {
    expect(await outcomeWithin(Promise.resolve({}), 1000)).toBe("saved");
    expect(await outcomeWithin(new Promise(() => undefined), 1)).toBe("unsure");
  });

  test("only what is not certainly saved is told", () => {
    expect(notesFor({ address: "saved", card: "saved" })).toEqual([]);
    expect(notesFor({ address: "unsure", card: "not-saved" })).toEqual([
      "address-unsure",
      "card-not-saved",
    ]);
  });
});

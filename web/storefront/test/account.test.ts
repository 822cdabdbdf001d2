import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { Refusal, Unanswered } from "../src/api/client";
import {
  Shopper,
  SignedOut,
  requestPasswordReset,
  resetPassword,
  signIn,
  signInWithPasskey,
  signUp,
  verifyEmail,
} from "../src/shop/account";
import { browserKey, currentSession, forgetSession, keepSession } from "../src/shop/session";
import { FakeShop } from "./fake_shop";

const SECRET = "s".repeat(43);
const OTHER = "o".repeat(43);
const LATER = "2999-01-01T00:00:00Z";
const answerOf = (session: string, expires_at = LATER) => ({
  session,
  expires_at,
  token: "jws",
  token_expires_at: LATER,
});

let shop: FakeShop;
const kept: string[] = [];

beforeEach(async () => {
  indexedDB = new IDBFactory();
  shop = await FakeShop.open();
  shop.answer = () => ({ result: answerOf(SECRET) });
  kept.length = 0;
  const storage = { setItem: (_: string, value: string) => kept.push(value), getItem: () => null };
  vi.stubGlobal("localStorage", storage);
});

async function shopperNow(): Promise<Shopper> {
  const shopper = await Shopper.current();
  if (shopper === null) throw new Error("nobody is signed in");
  return shopper;
}

describe("what is sent", () => {
  test("signing in is one sealed box; the public zone sees neither method nor password", async () => {
    await signIn("sari@contoh.id", "kata sandi panjang");
    expect(shop.last).toMatchObject({
      v: 1,
      purpose: "call",
      method: "account.sign_in",
      params: { email: "sari@contoh.id", password: "kata sandi panjang" },
    });
    expect(shop.last.nonce).toMatch(/^[A-Za-z0-9_-]{22,64}$/);
    expect(Object.keys(shop.last.reply_key)).toEqual(["kty", "crv", "x", "y"]);
    for (const { path, body } of shop.requests) {
      expect(path).toMatch(/^\/store\/v1\/(sealing-keys|sealed)$/);
      expect(body).not.toMatch(/sari|sandi|sign_in/);
    }
  });

  test("passwords are sent in one form, however they were typed", async () => {
    const composed = "d\u00e9wi menari di pantai";
    const decomposed = "de\u0301wi menari di pantai";
    await signIn("a@b.id", decomposed);
    expect(shop.last.params["password"]).toBe(composed);
    await verifyEmail("code", decomposed);
    expect(shop.last.params).toEqual({ code: "code", password: composed });
    await resetPassword("code", decomposed);
    expect(shop.last.params).toEqual({ code: "code", password: composed });
    const shopper = await shopperNow();
    await shopper.changePassword(decomposed, ` ${decomposed} `);
    expect(shop.last.params).toEqual({
      session: SECRET,
      password: composed,
      new_password: ` ${composed} `,
    });
    await signUp({ name: "Sari", email: "a@b.id", password: decomposed, consents: [] }, "id");
    expect(shop.last.params).toEqual({
      email: "a@b.id",
      password: composed,
      name: "Sari",
      locale: "id",
      consents: [],
    });
    await shopper.changeEmail("b@b.id", decomposed);
    expect(shop.last).toMatchObject({
      method: "account.change_email",
      params: { session: SECRET, email: "b@b.id", password: composed },
    });
    await shopper.erase(decomposed);
    expect(shop.last.params).toEqual({ session: SECRET, password: composed });
  });

  test("a reset asks with the address alone", async () => {
    await requestPasswordReset("a@b.id");
    expect(shop.last).toMatchObject({
      method: "account.request_password_reset",
      params: { email: "a@b.id" },
    });
  });

  test("a passkey answers the challenge that came for the same key", async () => {
    shop.answer = ({ method }) => ({
      result: method === "account.passkey_options" ? { options: { challenge: "AA" } } : answerOf(SECRET),
    });
    const proof = {
      credential_id: "a",
      client_data_json: "b",
      authenticator_data: "c",
      signature: "d",
    };
    await signInWithPasskey(async (options) => {
      expect(options).toEqual({ challenge: "AA" });
      return proof;
    });
    expect(shop.boxes.map(({ method }) => method)).toEqual([
      "account.passkey_options",
      "account.sign_in_with_passkey",
    ]);
    expect(shop.last.params).toEqual(proof);
    expect(shop.boxes[0]?.reply_key).toEqual(shop.last.reply_key);
  });
});

describe("the session", () => {
  test("is kept with its key, whose private half cannot be taken out, and nowhere else", async () => {
    await signIn("a@b.id", "x");
    const session = await currentSession();
    expect(session).toMatchObject({ session: SECRET, expires_at: LATER });
    expect(Object.keys(session ?? {}).sort()).toEqual(["expires_at", "reply_key", "session"]);
    const key = session?.reply_key.privateKey as CryptoKey;
    expect(key.extractable).toBe(false);
    await expect(crypto.subtle.exportKey("jwk", key)).rejects.toThrow();
    expect(kept).toEqual([]);
  });

  test("goes with every call, in the box, answered to its own key", async () => {
    await signIn("a@b.id", "x");
    const { reply_key } = shop.last;
    await (await shopperNow()).call("account.orders", { cursor: "c" });
    expect(shop.last.params).toEqual({ session: SECRET, cursor: "c" });
    expect(shop.last.reply_key).toEqual(reply_key);
    expect(shop.requests.some(({ path, body }) => (path + body).includes(SECRET))).toBe(false);
  });

  test("that has ended is forgotten", async () => {
    await signIn("a@b.id", "x");
    shop.answer = () => ({ status: 401, code: "session_ended" });
    const shopper = await shopperNow();
    await expect(shopper.call("account.show", {})).rejects.toBeInstanceOf(SignedOut);
    expect(await currentSession()).toBeNull();
    const calls = shop.boxes.length;
    await expect(shopper.call("account.show", {})).rejects.toBeInstanceOf(SignedOut);
    expect(shop.boxes).toHaveLength(calls);
    expect(await Shopper.current()).toBeNull();
  });

  test("stays after any other refusal, and without an answer", async () => {
    await signIn("a@b.id", "x");
    shop.answer = () => ({ status: 403, code: "password_wrong" });
    const shopper = await shopperNow();
    await expect(shopper.changePassword("x", "y")).rejects.toBeInstanceOf(Refusal);
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("offline")));
    await expect(shopper.call("account.show", {})).rejects.toBeInstanceOf(Unanswered);
    expect(await currentSession()).not.toBeNull();
  });

  test("is not used past its end", async () => {
    await keepSession(answerOf(SECRET, "2001-01-01T00:00:00Z"), await browserKey());
    expect(await currentSession()).toBeNull();
  });

  test.each([
    [{ ...answerOf("short") }],
    [{ ...answerOf(SECRET), expires_at: "soon" }],
  ])("is refused when the answer is none: %#", async (answer) => {
    await expect(keepSession(answer, await browserKey())).rejects.toBeInstanceOf(Unanswered);
    expect(await currentSession()).toBeNull();
  });

  test("of another tab is not forgotten with an older one", async () => {
    await keepSession(answerOf(OTHER), await browserKey());
    await forgetSession(SECRET);
    expect((await currentSession())?.session).toBe(OTHER);
  });

  test("is renewed when the password changes, and the page goes on with the new one", async () => {
    await signIn("a@b.id", "x");
    const shopper = await shopperNow();
    shop.answer = () => ({ result: answerOf(OTHER) });
    await shopper.changePassword("x", "y");
    expect((await currentSession())?.session).toBe(OTHER);
    await shopper.call("account.show", {});
    expect(shop.last.params).toEqual({ session: OTHER });
  });
});

describe("once somebody else has signed in in another tab", () => {
  const card = { number: "4242424242424242", expiry_month: 12, expiry_year: 2030 };
  const address = { name: "Sari", line1: "Jl. 1", city: "Jakarta", country: "ID" };
  let earlier: Shopper;

  beforeEach(async () => {
    await signIn("sari@contoh.id", "x");
    earlier = await shopperNow();
    await earlier.signOut();
    shop.answer = () => ({ result: answerOf(OTHER) });
    await signIn("budi@contoh.id", "y");
  });

  test.each([
    ["a card", () => earlier.call("account.save_card", { card })],
    ["an address", () => earlier.call("account.put_address", { address })],
    ["a look", () => earlier.call("account.show", {})],
    ["a new password", () => earlier.changePassword("x", "z")],
    ["a new address to sign in with", () => earlier.changeEmail("z@z.id", "x")],
    ["a copy of the data", () => earlier.exportAll()],
    ["signing out", () => earlier.signOut()],
    ["signing out everywhere", () => earlier.signOutEverywhere()],
    ["the end of the account", () => earlier.erase("x")],
  ])("nothing is sent of an earlier page: %s", async (_, act) => {
    const requests = shop.requests.length;
    await expect(act()).rejects.toBeInstanceOf(SignedOut);
    expect(shop.requests).toHaveLength(requests);
    expect((await currentSession())?.session).toBe(OTHER);
  });

  test("their session stays, whatever an answer to the earlier one says", async () => {
    const THIRD = "t".repeat(43);
    const shopper = await shopperNow();
    shop.answer = async () => {
      await keepSession(answerOf(THIRD), await browserKey());
      return { result: answerOf(SECRET) };
    };
    await shopper.changePassword("y", "z");
    expect((await currentSession())?.session).toBe(THIRD);
    await expect(shopper.call("account.show", {})).rejects.toBeInstanceOf(SignedOut);
  });
});

test("a copy of the data has every page of the orders", async () => {
  await signIn("a@b.id", "x");
  shop.answer = ({ params }) => ({
    result:
      params["cursor"] === undefined
        ? { profile: { a: 1 }, orders: [1, 2], next_cursor: "c" }
        : { orders: [3], next_cursor: null },
  });
  expect(await (await shopperNow()).exportAll()).toEqual({ profile: { a: 1 }, orders: [1, 2, 3] });
  expect(shop.last.params).toEqual({ session: SECRET, cursor: "c" });
  shop.answer = () => ({ result: { account: {}, orders: [], consent_log: [] } });
  expect(await (await shopperNow()).exportAll()).toEqual({ account: {}, orders: [], consent_log: [] });
});

describe("leaving", () => {
  test("signing out forgets the session even when nobody answers, and keeps the browser's key", async () => {
    await signIn("a@b.id", "x");
    const { reply_key } = shop.last;
    shop.answer = () => ({ status: 503, code: "core_unavailable" });
    await expect((await shopperNow()).signOut()).rejects.toBeInstanceOf(Refusal);
    expect(shop.last).toMatchObject({ method: "account.sign_out", params: { session: SECRET } });
    expect(await currentSession()).toBeNull();
    shop.answer = () => ({ result: answerOf(OTHER) });
    await signIn("a@b.id", "x");
    expect(shop.last.reply_key).toEqual(reply_key);
  });

  test("signing out everywhere needs the shop's word", async () => {
    await signIn("a@b.id", "x");
    shop.answer = () => ({ status: 503, code: "core_unavailable" });
    const shopper = await shopperNow();
    await expect(shopper.signOutEverywhere()).rejects.toBeInstanceOf(Refusal);
    expect(await currentSession()).not.toBeNull();
    shop.answer = () => ({ result: {} });
    await shopper.signOutEverywhere();
    expect(await currentSession()).toBeNull();
  });

  test("erasing leaves neither session nor key", async () => {
    await signIn("a@b.id", "x");
    const { reply_key } = shop.last;
    shop.answer = () => ({ result: { status: "erased" } });
    await (await shopperNow()).erase("x");
    expect(await currentSession()).toBeNull();
    await requestPasswordReset("a@b.id");
    expect(shop.last.reply_key).not.toEqual(reply_key);
  });

  test("two tabs that begin at once share one key", async () => {
    const [one, other] = await Promise.all([browserKey(), browserKey()]);
    const jwk = (pair: CryptoKeyPair) => crypto.subtle.exportKey("jwk", pair.publicKey);
    expect(await jwk(one)).toEqual(await jwk(other));
  });
});

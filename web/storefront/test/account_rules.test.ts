import { describe, expect, test, vi } from "vitest";
import { Refusal, Unanswered } from "../src/api/client";
import { accountEn } from "../src/messages/account_en";
import { accountId } from "../src/messages/account_id";
import { makeReplyKey, publicJwk } from "../src/seal/box";
import { findAddressErrors, isLabel, isPasswordLong, isSameEmail } from "../src/shop/checks";
import { codeOf, takeCode } from "../src/shop/mail_code";
import {
  PasskeyKnown,
  assertionOf,
  creationOptionsOf,
  fromBase64url,
  requestOptionsOf,
} from "../src/shop/passkeys";
import { boxText } from "../src/shop/placing";
import { addressOf, canBeSaved, contactFor, findSaved, placeOf } from "../src/shop/prefill";
import { accountMessage } from "../src/shop/refusals";
import { StorageRefused } from "../src/shop/storage";
import { hashOf, readHash } from "../src/shop/way_back";

const refusal = (status: number, code: string, detail = "", retryAfterS = 0) =>
  new Refusal({ type: "about:blank", title: code, status, code, detail }, retryAfterS);

describe("refusals", () => {
  test.each([
    [401, "sign_in_failed", "refused_sign_in_failed"],
    [401, "session_ended", "refused_session_ended"],
    [403, "password_wrong", "refused_password_wrong"],
    [403, "passkey_refused", "refused_passkey_refused"],
    [404, "not_found", "refused_not_found"],
    [409, "version_conflict", "refused_version_conflict"],
    [422, "code_invalid", "refused_code_invalid"],
    [422, "password_too_short", "error_password_length"],
    [422, "password_too_long", "error_password_length"],
    [422, "password_is_about_you", "refused_password_about_you"],
    [422, "password_breached", "refused_password_breached"],
    [422, "password_malformed", "refused_password_refused"],
    [422, "limit_reached", "refused_limit_reached"],
    [422, "card_expired", "refused_card_expired"],
    [422, "card_vault_off", "refused_card_vault_off"],
    [429, "rate_limited", "refused_rate_limited_later"],
    [422, "box_field_invalid", "refused_box_field_invalid"],
    [422, "box_expired", "refused_other"],
    [503, "core_unavailable", "unanswered"],
  ])("%d %s has words", (status, code, key) => {
    expect(accountMessage(refusal(status, code)).key).toBe(key);
  });

  test("say more where more is known", () => {
    expect(accountMessage(refusal(429, "rate_limited", "", 61))).toEqual({
      key: "refused_rate_limited",
      values: { minutes: "2" },
    });
    expect(accountMessage(refusal(409, "version_conflict"), "erase").key).toBe(
      "refused_version_conflict_erase",
    );
    expect(accountMessage(refusal(409, "version_conflict"), "password").key).toBe(
      "refused_version_conflict_password",
    );
    expect(accountMessage(refusal(422, "odd")).values).toEqual({ code: "odd" });
    expect(accountMessage(new StorageRefused()).key).toBe("storage_refused");
    expect(accountMessage(new PasskeyKnown()).key).toBe("passkey_known");
    expect(accountMessage(new Unanswered()).key).toBe("unanswered");
  });

  test("both languages say the same things with the same values", () => {
    expect(Object.keys(accountEn)).toEqual(Object.keys(accountId));
    const values = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();
    for (const key of Object.keys(accountId) as (keyof typeof accountId)[]) {
      expect(accountEn[key].trim(), key).not.toBe("");
      expect(values(accountEn[key]), key).toEqual(values(accountId[key]));
    }
  });
});

describe("what stands behind #", () => {
  const code = "v1.abcdefghijklmnopqrstuvwxyz_-0123456789ABCDE";

  test("a mail's code is taken, and the address does not keep it", () => {
    const replaceState = vi.fn();
    const place = { hash: `#${code}`, pathname: "/id/account/verify", search: "" };
    expect(takeCode(place, { replaceState })).toBe(code);
    expect(replaceState).toHaveBeenCalledWith(null, "", "/id/account/verify");
  });

  test.each(["", "#", "#main", "#back=/checkout", "#a b", `#${"a".repeat(513)}`, "#<script>"])(
    "%j is no code and stays",
    (hash) => {
      const replaceState = vi.fn();
      expect(codeOf(hash)).toBe("");
      takeCode({ hash, pathname: "/x", search: "" }, { replaceState });
      expect(replaceState).not.toHaveBeenCalled();
    },
  );

  test.each([
    [{ back: "/account", note: null }, ""],
    [{ back: "/checkout", note: null }, "#back=/checkout"],
    [{ back: "/account", note: "signed-out" }, "#signed-out"],
    [{ back: "/orders/ord_abc1", note: "ended" }, "#back=/orders/ord_abc1&ended"],
  ] as const)("the way back %j is %j, both ways", (way, hash) => {
    expect(hashOf(way)).toBe(hash);
    expect(readHash(hash)).toEqual(way);
  });

  test.each([
    "#back=https://evil.example/",
    "#back=//evil.example",
    "#back=/\\evil.example",
    "#back=/account/../../x",
    "#back=javascript:alert(1)",
    "#back=/orders/ord_a?x",
    "#nonsense",
  ])("%s leads to the account", (hash) => {
    expect(readHash(hash)).toEqual({ back: "/account", note: null });
  });
});

describe("rules", () => {
  test.each([
    ["123456789", false],
    ["1234567890", true],
    ["é".repeat(9), false],
    ["e\u0301".repeat(9), false],
    ["😀".repeat(10), true],
    ["x".repeat(128), true],
    ["x".repeat(129), false],
  ])("a new password has 10 to 128 characters: %#", (password, isGood) => {
    expect(isPasswordLong(password)).toBe(isGood);
  });

  test("the case of an address does not make another one of it", () => {
    expect(isSameEmail("Sari@Contoh.id", "sari@contoh.id")).toBe(true);
    expect(isSameEmail("sari@contoh.id", "sari.baru@contoh.id")).toBe(false);
  });

  test("a passkey's name has 1 to 60 bytes", () => {
    expect([isLabel(""), isLabel("HP saya"), isLabel("é".repeat(30)), isLabel("é".repeat(31))]).toEqual(
      [false, true, true, false],
    );
  });

  test("an address has the checkout's rules", () => {
    const good = {
      name: "Sari",
      country: "ID",
      line1: "Jl. Pelabuhan 1",
      line2: "",
      city: "Jakarta",
      postal: "14310",
      region: "ID-JK",
    };
    expect(findAddressErrors(good).size).toBe(0);
    expect(findAddressErrors({ ...good, country: "SG", region: "", postal: "" }).size).toBe(0);
    expect([...findAddressErrors({ ...good, name: "", line1: "", city: "", region: "", postal: "1" })]).toEqual([
      ["name", "error_required"],
      ["line1", "error_required"],
      ["city", "error_required"],
      ["region", "error_region"],
      ["postal", "error_postal"],
    ]);
  });
});

describe("the checkout of an account", () => {
  const address = {
    name: "Ibu Sari",
    line1: "Jl. Pelabuhan 1",
    city: "Jakarta",
    region: "ID-JK",
    postal_code: "14310",
    country: "ID",
  };
  const saved = [{ id: "adr_1", address }];
  const account = {
    email: "sari@contoh.id",
    name: "Sari",
    phone: "",
    locale: "id",
    created_at: "2026-11-28T00:00:00Z",
    version: 1,
    sessions: 1,
  };

  test("fills what is empty and leaves what is typed", () => {
    const raw = { name: "Budi", email: "", phone: "" };
    expect(contactFor({ account }, raw)).toEqual({
      name: "Budi",
      email: "sari@contoh.id",
      phone: "",
    });
  });

  test("knows a saved address again, and offers to keep a new one while there is room", () => {
    const raw = placeOf(address);
    expect(findSaved(saved, raw)?.id).toBe("adr_1");
    expect(canBeSaved(saved, raw)).toBe(false);
    const other = { ...raw, line1: "Jl. Lain 2" };
    expect(findSaved(saved, other)).toBeUndefined();
    expect(canBeSaved(saved, other)).toBe(true);
    const full = Array.from({ length: 20 }, (_, i) => ({ id: `adr_${i}`, address }));
    expect(canBeSaved(full, other)).toBe(false);
    expect(placeOf(addressOf({ name: "X", ...other }))).toEqual(other);
  });

  const entries = {
    name: "Sari",
    recipient: "Ibu Sari",
    email: "sari@contoh.id",
    phone: "+62 812 345",
    ...placeOf(address),
    payment: {
      card: { number: "4242424242424242", expiry_month: 12, expiry_year: 2030, cvc: "123" },
    },
  };
  const clear = {
    lines: [{ variant_id: "var_a", quantity: 1 }],
    quote_id: "q",
    destination: { country: "ID", region: "ID-JK", postal_code: "14310" },
    shipping_method: "regular",
    total: { amount: 1, currency: "IDR" },
    sealed: "",
  };
  const members = [
    "v", "purpose", "idempotency_key", "clear_hash", "expires_at", "locale", "customer",
    "shipping_address", "payment", "reply_key",
  ];

  test("puts the session into the order's box, and the recipient on the parcel", async () => {
    const reply_key = await makeReplyKey();
    const session = { session: "s".repeat(43), expires_at: "2999-01-01T00:00:00Z", reply_key };
    const buyer = { entries, account: session, locale: "id" };
    const box = JSON.parse(await boxText(buyer, clear, "key", reply_key)) as Record<string, unknown>;
    expect(Object.keys(box)).toEqual([...members, "account"]);
    expect(box["account"]).toEqual({ session: session.session });
    expect(box["customer"]).toEqual({
      name: "Sari",
      email: "sari@contoh.id",
      phone: "+62 812 345",
    });
    expect(box["shipping_address"]).toMatchObject({ name: "Ibu Sari", line1: "Jl. Pelabuhan 1" });
    expect(box["reply_key"]).toEqual(await publicJwk(reply_key));
  });

  test("a guest's box has what it always had", async () => {
    const buyer = { entries: { ...entries, recipient: "Sari" }, account: null, locale: "id" };
    const box = JSON.parse(
      await boxText(buyer, clear, "key", await makeReplyKey()),
    ) as Record<string, unknown>;
    expect(Object.keys(box)).toEqual(members);
    expect(box["shipping_address"]).toMatchObject({ name: "Sari" });
  });
});

describe("passkeys", () => {
  const bytes = (buffer: BufferSource) => [...new Uint8Array(buffer as ArrayBuffer)];

  test("options have their bytes as bytes and all else as it was", () => {
    const request = requestOptionsOf({
      challenge: "AQID",
      rpId: "localhost",
      userVerification: "required",
      allowCredentials: [{ type: "public-key", id: "_-8", transports: ["internal"] }],
    });
    expect(bytes(request.challenge)).toEqual([1, 2, 3]);
    expect(request.rpId).toBe("localhost");
    expect(bytes(request.allowCredentials?.[0]?.id as ArrayBuffer)).toEqual([255, 239]);
    const creation = creationOptionsOf({
      challenge: "AQID",
      rp: { id: "localhost", name: "Toko" },
      user: { id: "BA", name: "sari@contoh.id", displayName: "Sari" },
      pubKeyCredParams: [{ type: "public-key", alg: -7 }],
    });
    expect(bytes(creation.user.id)).toEqual([4]);
    expect(creation.pubKeyCredParams).toEqual([{ type: "public-key", alg: -7 }]);
    expect(creation.excludeCredentials).toEqual([]);
  });

  test.each([[{}], [{ challenge: 1 }], [{ challenge: "a+b" }], [{ challenge: "abcde" }]])(
    "options without a good challenge are refused: %#",
    (options) => expect(() => requestOptionsOf(options)).toThrow(TypeError),
  );

  test("an answer goes out as base64url", () => {
    const part = (text: string) => fromBase64url(text);
    const response = {
      clientDataJSON: part("AQ"),
      authenticatorData: part("Ag"),
      signature: part("_-8"),
    };
    expect(assertionOf(part("AAAA"), response)).toEqual({
      credential_id: "AAAA",
      client_data_json: "AQ",
      authenticator_data: "Ag",
      signature: "_-8",
    });
  });
});

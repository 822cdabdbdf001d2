import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Refusal, Unanswered } from "../src/api/refusal";
import type { ProblemCode } from "../src/api/types";
import { PasskeyDismissed } from "../src/api/webauthn";
import { formatAgo, formatDuration, formatMoney, formatTime } from "../src/i18n/format";
import { sentenceOf } from "../src/i18n/problems";
import { en, id, isMessageKey, type MessageKey, sayIn, wordsIn } from "../src/i18n/words";

// Browsers differ in which space stands between a number and its sign.
const plain = (text: string): string => text.replace(/\s/g, " ");

describe("messages", () => {
  it("are the same in both languages", () => {
    expect(Object.keys(en)).toEqual(Object.keys(id));
  });

  it("have no key twice", () => {
    const folder = new URL("../src/i18n/", import.meta.url);
    const keys = readdirSync(folder)
      .filter((file) => /^id_.*\.ts$/.test(file))
      .flatMap(
        (file) => readFileSync(new URL(file, folder), "utf8").match(/^ {2}\w+(?=:)/gm) ?? [],
      );
    expect(keys).toHaveLength(new Set(keys).size);
    expect(keys).toHaveLength(Object.keys(id).length);
  });

  it.each(Object.keys(id) as MessageKey[])("%s names the same values", (key) => {
    const values = (text: string): string[] => (text.match(/\{\w+\}/g) ?? []).sort();
    expect(values(en[key])).toEqual(values(id[key]));
    expect(id[key]).not.toBe("");
    expect(en[key]).not.toBe("");
  });

  it("fill in values as the language writes them", () => {
    expect(sayIn("id", "recovery_left", { count: 1234 })).toBe("Tersisa 1.234 kode.");
    expect(sayIn("en", "recovery_left", { count: 1234 })).toBe("Codes left: 1,234.");
    expect(sayIn("en", "order_named", { name: "1234" })).toBe("Order 1234");
  });
});

describe("formats", () => {
  it.each([
    [185_000, "IDR", "id", "Rp 185.000"],
    [185_000, "IDR", "en", "IDR 185,000"],
    [-5_000, "IDR", "id", "-Rp 5.000"],
    [1_250, "USD", "en", "US$12.50"],
    [1_250, "USD", "id", "US$12,50"],
    [1_250, "JPY", "en", "JP¥1,250"],
    [1_250, "KWD", "en", "KWD 1.250"],
    [7, "??", "en", "7 ??"],
  ] as const)("%d %s in %s", (amount, currency, language, expected) => {
    expect(plain(formatMoney({ amount, currency }, language))).toBe(expected);
  });

  it("times", () => {
    const at = "2026-11-22T10:05:09Z";
    const options = { timeZone: "Asia/Jakarta" };
    expect(plain(formatTime(at, "id", options))).toBe("22 Nov 2026, 17.05");
    expect(plain(formatTime(at, "en", options))).toBe("22 Nov 2026, 17:05");
    expect(plain(formatTime(at, "en", { ...options, hasSeconds: true }))).toContain("17:05:09");
    expect(formatTime("never", "en")).toBe("never");
  });

  it("spans", () => {
    const now = new Date("2026-11-22T10:00:00Z");
    expect(formatAgo("2026-11-22T09:57:10Z", now, "en")).toBe("2 minutes ago");
    expect(formatAgo("2026-11-22T12:00:00Z", now, "id")).toBe("dalam 2 jam");
    expect(formatAgo("2026-11-22T09:59:40Z", now, "en")).toBe("now");
    expect(formatDuration(45, "en")).toBe("45 seconds");
    expect(formatDuration(301, "id")).toBe("6 menit");
  });
});

describe("problems", () => {
  const words = wordsIn("en");
  const refusal = (code: string, status = 400, detail = "", retryAfterS = 0): Refusal =>
    new Refusal(
      { type: "about:blank", title: "No.", status, code: code as ProblemCode, detail },
      retryAfterS,
    );

  it("every code of the API has a sentence", () => {
    const schema = readFileSync(new URL("../src/api/schema.ts", import.meta.url), "utf8");
    const codes = /ProblemCode: (.*);/.exec(schema)?.[1]?.match(/\w+/g) ?? [];
    expect(codes.length).toBeGreaterThan(15);
    for (const code of codes) expect(isMessageKey(`problem_${code}`), code).toBe(true);
  });

  it("every permission has words", () => {
    const schema = readFileSync(new URL("../src/api/schema.ts", import.meta.url), "utf8");
    const permissions = /Permission: (".*");/.exec(schema)?.[1]?.match(/\w+\.\w+/g) ?? [];
    expect(permissions.length).toBeGreaterThan(15);
    for (const name of permissions) {
      expect(isMessageKey(`perm_${name.replace(".", "_")}`), name).toBe(true);
    }
  });

  it("says what a code means, here or everywhere", () => {
    const breached = refusal("password_breached", 422);
    expect(sentenceOf(breached, words)).toBe(en.problem_password_breached);
    const wrong = refusal("unauthenticated", 401);
    expect(sentenceOf(wrong, words)).toBe(en.problem_unauthenticated);
    expect(sentenceOf(wrong, words, { unauthenticated: "sign_in_wrong" })).toBe(en.sign_in_wrong);
    const conflict = refusal("already_exists", 409);
    expect(sentenceOf(conflict, words, { "409": "role_in_use" })).toBe(en.role_in_use);
  });

  it("names a code that it does not know", () => {
    expect(sentenceOf(refusal("brand_new"), words)).toBe("The request was refused (brand_new).");
  });

  it("adds when to try again", () => {
    expect(sentenceOf(refusal("overloaded", 429, "", 45), words)).toBe(
      "There are too many requests. Try again in 45 seconds.",
    );
  });

  it("adds a detail only where it is about what was entered", () => {
    expect(sentenceOf(refusal("invalid_request", 400, "sku is empty"), words)).toContain("sku is");
    expect(sentenceOf(refusal("internal", 500, "disk"), words)).not.toContain("disk");
  });

  it("says something about everything", () => {
    expect(sentenceOf(new Unanswered(), words)).toBe(en.problem_unanswered);
    expect(sentenceOf(new PasskeyDismissed(), words)).toBe(en.problem_passkey_dismissed);
    expect(sentenceOf(new DOMException("", "SecurityError"), words)).toBe(
      en.problem_passkey_failed,
    );
    expect(sentenceOf(new Error("bug"), words)).toBe(en.problem_unexpected);
  });
});

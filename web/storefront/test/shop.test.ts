import { describe, expect, test } from "vitest";
import { en } from "../src/messages/en";
import { id } from "../src/messages/id";
import { type CartLine, parseCart, withAdded } from "../src/shop/cart";
import { type RawEntries, findErrors, isLuhnValid, parseExpiry } from "../src/shop/checks";
import { formatMoney } from "../src/ui/money";

const NOW = new Date(2026, 10, 22);
const line = (variant: string, quantity: number): CartLine => ({
  variant_id: `var_${variant}`,
  product: "kopi",
  quantity,
});

describe("cart", () => {
  test.each([
    [null, 0],
    ["", 0],
    ["{}", 0],
    ["[1,null,{}]", 0],
    [JSON.stringify([line("a", 1), line("a", 2)]), 1],
    [JSON.stringify([line("a", 0)]), 0],
    [JSON.stringify([line("a", 1001)]), 0],
    [JSON.stringify([line("a", 1.5)]), 0],
    [JSON.stringify([{ ...line("a", 1), variant_id: "<script>" }]), 0],
    [JSON.stringify([{ ...line("a", 1), price_seen: "1" }]), 0],
    [JSON.stringify([{ ...line("a", 1), price_seen: 98000 }]), 1],
    [JSON.stringify(Array.from({ length: 200 }, (_, i) => line(String(i), 1))), 100],
  ])("what is kept may be anything: case %#", (text, count) => {
    expect(parseCart(text)).toHaveLength(count);
  });

  test("adding sums up to what one order may have", () => {
    expect(withAdded([line("a", 2)], line("a", 3))).toEqual([line("a", 5)]);
    expect(withAdded([line("a", 999)], line("a", 3))).toEqual([line("a", 1000)]);
    expect(withAdded([line("a", 1)], line("b", 1))).toHaveLength(2);
  });
});

describe("checkout form", () => {
  const good: RawEntries = {
    name: "Sari Déwi",
    email: "sari@contoh.id",
    phone: "+62 812 3456 7890",
    country: "ID",
    line1: "Jl. Pelabuhan 1",
    line2: "",
    city: "Jakarta",
    postal: "14310",
    region: "ID-JK",
    card: "4242 4242 4242 4242",
    expiry: "12/30",
    code: "123",
  };

  test("good entries have no errors", () => {
    expect(findErrors(good, NOW).size).toBe(0);
    expect(findErrors({ ...good, country: "SG", region: "", postal: "" }, NOW).size).toBe(0);
  });

  test.each([
    ["name", "", "error_required"],
    ["email", "sari", "error_email"],
    ["email", "a@b@c", "error_email"],
    ["email", "a b@c.id", "error_email"],
    ["phone", "12 34", "error_phone"],
    ["phone", "call me 12345", "error_phone"],
    ["region", "", "error_region"],
    ["postal", "1431", "error_postal"],
    ["card", "4242 4242 4242 4241", "error_card"],
    ["expiry", "10/26", "error_expiry"],
    ["code", "12", "error_code"],
  ] as const)("%s %j: %s", (field, value, message) => {
    expect([...findErrors({ ...good, [field]: value }, NOW)]).toEqual([[field, message]]);
  });

  test.each([
    ["11/26", { month: 11, year: 2026 }],
    ["1230", { month: 12, year: 2030 }],
    ["1 / 2031", { month: 1, year: 2031 }],
    ["10/26", null],
    ["13/30", null],
    ["0/30", null],
    ["12/99", null],
    ["soon", null],
  ])("expiry %j", (text, expected) => {
    expect(parseExpiry(text, NOW)).toEqual(expected);
  });

  test.each(["4242424242424242", "4000000000000002", "4000000000003220", "4000000000000259"])(
    "test card %s is valid",
    (number) => expect(isLuhnValid(number)).toBe(true),
  );
});

// The same texts as format_money in src/base/money.
test.each([
  [185000, "IDR", "id", "Rp\u00a0185.000"],
  [185000, "IDR", "en", "IDR\u00a0185,000"],
  [999, "IDR", "id", "Rp\u00a0999"],
  [1250, "USD", "en", "$12.50"],
  [-1234567, "USD", "id", "-$12.345,67"],
  [5, "BHD", "en", "BHD\u00a00.005"],
  [0, "IDR", "id", "Rp\u00a00"],
])("%d %s in %s", (amount, currency, locale, text) => {
  expect(formatMoney({ amount, currency }, locale)).toBe(text);
});

test("both languages say the same things with the same values", () => {
  expect(Object.keys(en)).toEqual(Object.keys(id));
  const values = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();
  for (const key of Object.keys(id) as (keyof typeof id)[]) {
    expect(en[key].trim(), key).not.toBe("");
    expect(values(en[key]), key).toEqual(values(id[key]));
  }
});

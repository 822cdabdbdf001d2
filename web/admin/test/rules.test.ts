import { describe, expect, it } from "vitest";
import type { AuditEntry, StockRow } from "../src/api/types";
import { qrPath } from "../src/components/QrCode";
import { agentName, deviceOf } from "../src/pages/account/device";
import { matches, newerThan, olderThan, PAGE_ENTRIES } from "../src/pages/audit/paging";
import { passwordHintOf } from "../src/pages/enrol/password";
import { addressLines } from "../src/pages/orders/address";
import { parseAmount, refundableOf, refundKeyOf } from "../src/pages/orders/refund";
import { adjustmentOf } from "../src/pages/stock/adjustment";

const row: StockRow = {
  variant_id: "var_1",
  sku: "BATIK-1",
  product: "batik",
  location_id: "loc_1",
  on_hand: 10,
  available: 7,
  held: 3,
  leased: 0,
};

describe("stock adjustments", () => {
  it.each([
    ["by", "3", { by: 3 }],
    ["by", "+3", { by: 3 }],
    ["by", " -10 ", { by: -10 }],
    ["by", "−2", { by: -2 }],
    ["set", "0", { set: 0 }],
    ["set", "25", { set: 25 }],
  ] as const)("%s %s", (way, entered, expected) => {
    expect(adjustmentOf(row, way, entered, "counted")).toEqual({
      sku: "var_1",
      location_id: "loc_1",
      reason: "counted",
      ...expected,
    });
  });

  it.each([
    ["by", "0"],
    ["by", "-11"],
    ["by", "1.5"],
    ["by", ""],
    ["set", "-1"],
    ["set", "ten"],
    ["set", "12345678901"],
  ] as const)("refuses %s %s", (way, entered) => {
    expect(adjustmentOf(row, way, entered, "")).toBeNull();
  });
});

const entries = (from: number, count: number): AuditEntry[] =>
  Array.from({ length: count }, (_, i) => ({
    sequence: from + i,
    at: "2026-11-22T10:00:00Z",
    actor: "sari@example.com",
    source: "10.0.4.17",
    action: "orders.cancel",
    subject: "ord_1",
    detail: "",
    reason: "Customer called",
    is_denied: false,
  }));

describe("audit pages", () => {
  it("go back to the first entry and no further", () => {
    expect(olderThan(entries(120, 50))).toEqual({ from: 70, limit: PAGE_ENTRIES });
    expect(olderThan(entries(20, 50))).toEqual({ from: 0, limit: 20 });
    expect(olderThan(entries(0, 20))).toBeNull();
    expect(olderThan([])).toBeNull();
  });

  it("go forward to the newest entry and no further", () => {
    expect(newerThan(entries(0, 50), 137)).toEqual({ from: 50, limit: PAGE_ENTRIES });
    expect(newerThan(entries(87, 50), 137)).toBeNull();
    expect(newerThan([], 0)).toBeNull();
  });

  it("are filtered by every word, wherever it stands", () => {
    const [entry] = entries(7, 1);
    if (entry === undefined) throw new Error("no entry");
    expect(matches(entry, "")).toBe(true);
    expect(matches(entry, "CANCEL sari")).toBe(true);
    expect(matches(entry, "cancel bima")).toBe(false);
  });
});

describe("refunds", () => {
  const idr = (amount: number) => ({ amount, currency: "IDR" });
  const paid = (kind: "captured" | "refunded" | "declined", amount: number) => ({
    kind,
    amount: idr(amount),
    provider: "sandbox",
    reference: "pay_1",
    recorded_at: "2026-11-22T10:00:00Z",
  });

  it("never exceed what is left of what was captured", () => {
    const order = {
      total: idr(500),
      refunded: idr(100),
      refund_due: idr(50),
      payments: [paid("declined", 500), paid("captured", 500), paid("refunded", 100)],
    };
    expect(refundableOf(order)).toEqual(idr(350));
    expect(refundableOf({ ...order, payments: [] })).toEqual(idr(0));
  });

  it("have one key as long as the page shows the same", () => {
    const seen = { id: "ord_1", refunded: idr(100), refund_due: idr(0) };
    expect(refundKeyOf(seen, 50)).toBe(refundKeyOf({ ...seen }, 50));
    expect(refundKeyOf(seen, 50)).not.toBe(refundKeyOf(seen, 51));
    expect(refundKeyOf(seen, undefined)).not.toBe(refundKeyOf(seen, 50));
    expect(refundKeyOf(seen, 50)).not.toBe(refundKeyOf({ ...seen, refunded: idr(150) }, 50));
  });

  it.each([
    ["150000", "IDR", "id", 150_000],
    ["150.000", "IDR", "id", 150_000],
    ["1.150.000", "IDR", "id", 1_150_000],
    ["150,000", "IDR", "en", 150_000],
    ["12.5", "USD", "en", 1_250],
    ["1,012.05", "USD", "en", 101_205],
    ["12,5", "USD", "id", 1_250],
    ["150.000", "IDR", "en", null],
    ["150,5", "IDR", "id", null],
    ["15.00", "IDR", "id", null],
    ["12.345", "USD", "en", null],
    ["-5", "IDR", "id", null],
    ["five", "IDR", "id", null],
    ["", "IDR", "id", null],
  ] as const)("%s %s in %s", (text, currency, language, expected) => {
    expect(parseAmount(text, currency, language)).toBe(expected);
  });
});

describe("small things", () => {
  it("addresses stand in the order of an envelope", () => {
    const address = {
      country: "ID",
      city: "Bandung",
      name: "Dewi",
      note: "red gate",
      line1: "Jl. 1",
    };
    expect(addressLines(address)).toEqual(["Dewi", "Jl. 1", "Bandung", "ID", "red gate"]);
    expect(addressLines({ line2: "", floor: 3 })).toEqual([]);
    expect(addressLines(undefined)).toEqual([]);
  });

  it("passwords are counted in characters, not in what stores them", () => {
    expect(passwordHintOf("123456789")).toBe("password_too_short");
    expect(passwordHintOf("1234567890")).toBeNull();
    expect(passwordHintOf("🌊🌊🌊🌊🌊")).toBe("password_too_short");
  });

  it("neighbours in a QR code are one stroke", () => {
    expect(
      qrPath([
        [true, true, false, true],
        [false, false, false, false],
      ]),
    ).toBe("M0 0h2v1h-2zM3 0h1v1h-1z");
  });

  it("devices have names", () => {
    const android = "Mozilla/5.0 (Linux; Android 15; Pixel 9) Chrome/140.0 Mobile Safari/537.36";
    expect(deviceOf(android)).toBe("Android");
    expect(agentName(android)).toBe("Chrome · Android");
    expect(agentName("curl/8")).toBe("curl/8");
  });
});

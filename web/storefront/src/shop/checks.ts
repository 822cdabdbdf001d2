import type { MessageKey } from "../messages/id";

/** What the checkout form holds, checked and trimmed. Lives in memory only. */
export interface Entries {
  name: string;
  email: string;
  phone: string;
  country: string;
  line1: string;
  line2: string;
  city: string;
  region: string;
  postal: string;
  card: { number: string; expiry_month: number; expiry_year: number; cvc: string };
}

export function isLuhnValid(digits: string): boolean {
  if (!/^\d{12,19}$/.test(digits)) return false;
  let sum = 0;
  for (const [i, digit] of [...digits].reverse().entries()) {
    const value = Number(digit) * (i % 2 === 0 ? 1 : 2);
    sum += value > 9 ? value - 9 : value;
  }
  return sum % 10 === 0;
}

/** "12/30", "1230" and "12/2030" are December 2030; null for anything else and for the past. */
export function parseExpiry(text: string, now: Date): { month: number; year: number } | null {
  const match = /^(\d{1,2})\s*\/\s*(\d{2}|\d{4})$|^(\d{2})(\d{2}|\d{4})$/.exec(text.trim());
  if (match === null) return null;
  const month = Number(match[1] ?? match[3]);
  const yearText = match[2] ?? match[4] ?? "";
  const year = Number(yearText) + (yearText.length === 2 ? 2000 : 0);
  if (month < 1 || month > 12 || year > now.getFullYear() + 50) return null;
  const isPast = year * 12 + month < now.getFullYear() * 12 + now.getMonth() + 1;
  return isPast ? null : { month, year };
}

export type FieldName = Exclude<keyof Entries, "card"> | "card" | "expiry" | "code";
export type RawEntries = Record<FieldName, string>;

/** The message for each field that cannot be used as it is. Pure, so that it can be tested. */
export function findErrors(raw: RawEntries, now: Date): Map<FieldName, MessageKey> {
  const errors = new Map<FieldName, MessageKey>();
  const isIndonesia = raw.country === "ID";
  const check = (field: FieldName, holds: boolean, message: MessageKey) => {
    if (!holds && !errors.has(field)) errors.set(field, message);
  };
  for (const field of ["name", "email", "phone", "line1", "city", "card", "expiry", "code"] as const) {
    check(field, raw[field] !== "", "error_required");
  }
  check("email", /^[^\s@<>()[\],;:\\"]+@[^\s@<>()[\],;:\\"]+$/.test(raw.email), "error_email");
  check(
    "phone",
    /^[0-9+\-() .]+$/.test(raw.phone) && raw.phone.replace(/\D/g, "").length >= 5,
    "error_phone",
  );
  if (isIndonesia) {
    check("region", raw.region !== "", "error_region");
    check("postal", /^\d{5}$/.test(raw.postal), "error_postal");
  }
  check("card", isLuhnValid(raw.card.replace(/[\s-]/g, "")), "error_card");
  check("expiry", parseExpiry(raw.expiry, now) !== null, "error_expiry");
  check("code", /^\d{3,4}$/.test(raw.code), "error_code");
  return errors;
}

import type { MessageKey } from "../messages/id";
import type { NewCard } from "../seal/account";

/** What pays: a card as it was typed, or one of the account's by its name. */
export type Payment =
  | { card: NewCard & { cvc: string } }
  | { saved_card: { id: string; cvc: string } };

/** What the checkout form holds, checked and trimmed. Lives in memory only. */
export interface Entries {
  name: string;
  recipient: string; // who the parcel is for; the name itself unless a saved address says another
  email: string;
  phone: string;
  country: string;
  line1: string;
  line2: string;
  city: string;
  region: string;
  postal: string;
  payment: Payment;
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

export const ADDRESS_FIELDS = [
  "name", "country", "line1", "line2", "city", "postal", "region",
] as const;
export type AddressField = (typeof ADDRESS_FIELDS)[number];
export type RawAddress = Record<AddressField, string>;

export const CARD_FIELDS = ["card", "expiry"] as const;
export type CardField = (typeof CARD_FIELDS)[number];
export type RawCard = Record<CardField, string>;

export type FieldName = AddressField | CardField | "email" | "phone" | "code";
export type RawEntries = Record<FieldName, string>;

/** The first thing that is wrong with each field. */
class Findings<Field extends string> {
  readonly errors = new Map<Field, MessageKey>();

  check(field: Field, holds: boolean, message: MessageKey): void {
    if (!holds && !this.errors.has(field)) this.errors.set(field, message);
  }
}

export function isEmail(text: string): boolean {
  return /^[^\s@<>()[\],;:\\"]+@[^\s@<>()[\],;:\\"]+$/.test(text);
}

/** As core compares them: case does not count. */
export function isSameEmail(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

export function isPhone(text: string): boolean {
  return /^[0-9+\-() .]+$/.test(text) && text.replace(/\D/g, "").length >= 5;
}

/** How core counts: characters, not what UTF-16 makes of them. */
export function isPasswordLong(password: string): boolean {
  const characters = [...password.normalize("NFC")].length;
  return characters >= 10 && characters <= 128;
}

/** A passkey's label: 1 to 60 bytes. */
export function isLabel(text: string): boolean {
  return text !== "" && new TextEncoder().encode(text).length <= 60;
}

function checkAddress(found: Findings<FieldName>, raw: RawAddress): void {
  for (const field of ["name", "line1", "city"] as const) {
    found.check(field, raw[field] !== "", "error_required");
  }
  if (raw.country === "ID") {
    found.check("region", raw.region !== "", "error_region");
    found.check("postal", /^\d{5}$/.test(raw.postal), "error_postal");
  }
}

/** The message for each field of an address that cannot be used as it is. */
export function findAddressErrors(raw: RawAddress): ReadonlyMap<FieldName, MessageKey> {
  const found = new Findings<FieldName>();
  checkAddress(found, raw);
  return found.errors;
}

function checkCard(found: Findings<FieldName>, raw: RawCard, now: Date): void {
  for (const field of CARD_FIELDS) {
    found.check(field, raw[field] !== "", "error_required");
  }
  found.check("card", isLuhnValid(digitsOf(raw.card)), "error_card");
  found.check("expiry", parseExpiry(raw.expiry, now) !== null, "error_expiry");
}

/** The message for each field of a card that cannot be saved as it is. */
export function findCardErrors(raw: RawCard, now: Date): ReadonlyMap<FieldName, MessageKey> {
  const found = new Findings<FieldName>();
  checkCard(found, raw, now);
  return found.errors;
}

function digitsOf(number: string): string {
  return number.replace(/[\s-]/g, "");
}

/** The card that was typed; null where its month cannot be read or is over. */
export function cardOf(raw: RawCard, now: Date): NewCard | null {
  const expiry = parseExpiry(raw.expiry, now);
  return expiry === null
    ? null
    : { number: digitsOf(raw.card), expiry_month: expiry.month, expiry_year: expiry.year };
}

/**
 * The message for each field that cannot be used as it is. Number and month are asked for where no
 * saved card pays. Pure, so that it can be tested.
 */
export function findErrors(
  raw: RawEntries,
  now: Date,
  savedCard: string | null = null,
): ReadonlyMap<FieldName, MessageKey> {
  const found = new Findings<FieldName>();
  for (const field of ["email", "phone", "code"] as const) {
    found.check(field, raw[field] !== "", "error_required");
  }
  found.check("email", isEmail(raw.email), "error_email");
  found.check("phone", isPhone(raw.phone), "error_phone");
  checkAddress(found, raw);
  if (savedCard === null) checkCard(found, raw, now);
  found.check("code", /^\d{3,4}$/.test(raw.code), "error_code");
  return found.errors;
}

import { need } from "../ui/dom";
import { say } from "../ui/page";
import {
  ADDRESS_FIELDS,
  CARD_FIELDS,
  type Entries,
  type FieldName,
  type Payment,
  type RawAddress,
  type RawCard,
  type RawEntries,
  cardOf,
  findErrors,
} from "./checks";

const FIELDS: readonly FieldName[] = [
  "name", "email", "phone", "country", "line1", "line2", "city", "postal", "region", "card",
  "expiry", "code",
];

export function control(field: string): HTMLInputElement | HTMLSelectElement {
  return need<HTMLInputElement | HTMLSelectElement>(`#${field}`);
}

/** What is typed into a field, in one form and without the spaces around it. */
export function typed(field: string): string {
  return control(field).value.normalize("NFC").trim();
}

/** Shows a field's message, or takes it away. */
export function showError(field: string, message: string): void {
  const place = need(`#${field}-error`);
  place.textContent = message;
  place.hidden = message === "";
  const input = document.getElementById(field);
  if (message === "") input?.removeAttribute("aria-invalid");
  else input?.setAttribute("aria-invalid", "true");
}

function read<Field extends string>(fields: readonly Field[]): Record<Field, string> {
  return Object.fromEntries(fields.map((field) => [field, typed(field)])) as Record<Field, string>;
}

export function readRaw(): RawEntries {
  const raw = read(FIELDS);
  return raw.country === "ID" ? raw : { ...raw, region: "" };
}

export function readAddress(): RawAddress {
  const raw = read(ADDRESS_FIELDS);
  return raw.country === "ID" ? raw : { ...raw, region: "" };
}

export function readCard(): RawCard {
  return read(CARD_FIELDS);
}

/** What the address form asks for in the chosen country. */
export function fitToCountry(): void {
  const isIndonesia = control("country").value === "ID";
  need("#region-field").hidden = !isIndonesia;
  control("region").required = isIndonesia;
  // Elsewhere postal codes have letters, which a phone's numeric keyboard lacks.
  need<HTMLInputElement>("#postal").inputMode = isIndonesia ? "numeric" : "text";
}

function paymentOf(raw: RawEntries, savedCard: string | null, now: Date): Payment | null {
  if (savedCard !== null) return { saved_card: { id: savedCard, cvc: raw.code } };
  const card = cardOf(raw, now);
  return card === null ? null : { card: { ...card, cvc: raw.code } };
}

/**
 * The entries, or null after saying at each field what is wrong and going to the first one.
 * `savedCard` is the id of the card that pays; null: the one that is typed.
 */
export function readEntries(savedCard: string | null): Entries | null {
  const raw = readRaw();
  const now = new Date();
  const errors = findErrors(raw, now, savedCard);
  for (const field of FIELDS) {
    const message = errors.get(field);
    showError(field, message === undefined ? "" : say(message));
  }
  const payment = paymentOf(raw, savedCard, now);
  if (errors.size > 0 || payment === null) {
    const first = FIELDS.find((field) => errors.has(field));
    if (first !== undefined) control(first).focus();
    return null;
  }
  const { card: _, expiry: __, code: ___, ...rest } = raw;
  return { ...rest, recipient: rest.name, payment };
}

/** Takes a field's message away as soon as it is edited. */
export function clearErrorsOnInput(form: HTMLFormElement): void {
  form.addEventListener("input", (event) => {
    const target = event.target;
    if (target instanceof HTMLElement && document.getElementById(`${target.id}-error`) !== null) {
      showError(target.id, "");
    }
  });
}

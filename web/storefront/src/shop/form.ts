import { need } from "../ui/dom";
import { say } from "../ui/page";
import { type Entries, type FieldName, type RawEntries, findErrors, parseExpiry } from "./checks";

const FIELDS: readonly FieldName[] = [
  "name", "email", "phone", "country", "line1", "line2", "city", "postal", "region", "card",
  "expiry", "code",
];

function control(field: FieldName): HTMLInputElement | HTMLSelectElement {
  return need<HTMLInputElement | HTMLSelectElement>(`#${field}`);
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

export function readRaw(): RawEntries {
  const raw = Object.fromEntries(
    FIELDS.map((field) => [field, control(field).value.normalize("NFC").trim()]),
  ) as RawEntries;
  return raw.country === "ID" ? raw : { ...raw, region: "" };
}

/** The entries, or null after saying at each field what is wrong and going to the first one. */
export function readEntries(): Entries | null {
  const raw = readRaw();
  const errors = findErrors(raw, new Date());
  for (const field of FIELDS) {
    const message = errors.get(field);
    showError(field, message === undefined ? "" : say(message));
  }
  const expiry = parseExpiry(raw.expiry, new Date());
  if (errors.size > 0 || expiry === null) {
    const first = FIELDS.find((field) => errors.has(field));
    if (first !== undefined) control(first).focus();
    return null;
  }
  const { card, code, expiry: _, ...rest } = raw;
  const number = card.replace(/[\s-]/g, "");
  return {
    ...rest,
    card: { number, expiry_month: expiry.month, expiry_year: expiry.year, cvc: code },
  };
}

/** Takes a field's message away as soon as it is edited. */
export function clearErrorsOnInput(form: HTMLFormElement): void {
  form.addEventListener("input", (event) => {
    const target = event.target;
    if (target instanceof HTMLElement && FIELDS.some((field) => field === target.id)) {
      showError(target.id, "");
    }
  });
}

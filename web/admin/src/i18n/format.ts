import type { Language } from "../app/settings";
import type { Money } from "../api/types";

const LOCALES: Readonly<Record<Language, string>> = { id: "id-ID", en: "en-GB" };

export function localeOf(language: Language): string {
  return LOCALES[language];
}

export function formatNumber(value: number, language: Language): string {
  return new Intl.NumberFormat(localeOf(language), { maximumFractionDigits: 1 }).format(value);
}

/** Digits after the point in the minor unit. Rupiah has none here, whatever the browser's data
 * say: core counts whole rupiah. */
export function minorDigits(currency: string): number {
  if (currency === "IDR") return 0;
  const format = new Intl.NumberFormat("en", { style: "currency", currency });
  return format.resolvedOptions().maximumFractionDigits ?? 2;
}

/** Where the currency is none that Intl knows the form of, the number with its name. */
export function formatMoney(money: Money, language: Language): string {
  const locale = localeOf(language);
  if (!/^[A-Z]{3}$/.test(money.currency)) return `${money.amount} ${money.currency}`;
  const digits = minorDigits(money.currency);
  return new Intl.NumberFormat(locale, {
    style: "currency",
    currency: money.currency,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(money.amount / 10 ** digits);
}

/** Date and time in the zone of whoever reads; an unreadable time as it came. */
export function formatTime(
  time: string,
  language: Language,
  { hasSeconds = false, timeZone }: { hasSeconds?: boolean; timeZone?: string } = {},
): string {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return time;
  return new Intl.DateTimeFormat(localeOf(language), {
    dateStyle: "medium",
    timeStyle: hasSeconds ? "medium" : "short",
    ...(timeZone === undefined ? {} : { timeZone }),
  }).format(date);
}

const UNITS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/** "5 minutes ago", "in 2 hours". */
export function formatAgo(time: string, now: Date, language: Language): string {
  const seconds = (new Date(time).getTime() - now.getTime()) / 1000;
  if (Number.isNaN(seconds)) return time;
  const format = new Intl.RelativeTimeFormat(localeOf(language), { numeric: "auto" });
  for (const [unit, length] of UNITS) {
    if (Math.abs(seconds) >= length) return format.format(Math.trunc(seconds / length), unit);
  }
  return format.format(0, "second");
}

/** "45 seconds", "2 minutes". */
export function formatDuration(seconds: number, language: Language): string {
  const [value, unit] = seconds < 90 ? [seconds, "second"] : [Math.ceil(seconds / 60), "minute"];
  return new Intl.NumberFormat(localeOf(language), {
    style: "unit",
    unit: String(unit),
    unitDisplay: "long",
  }).format(Number(value));
}

import type { Money } from "../api/types";

const SYMBOLS: Record<string, string> = { USD: "$", EUR: "€", GBP: "£" };
const NO_MINOR_UNIT = new Set(
  "BIF CLP DJF GNF IDR ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF".split(" "),
);
const THREE_DIGITS = new Set("BHD IQD JOD KWD LYD OMR TND".split(" "));

function minorDigits(currency: string): number {
  if (NO_MINOR_UNIT.has(currency)) return 0;
  return THREE_DIGITS.has(currency) ? 3 : 2;
}

/** "Rp 185.000", "IDR 185,000", "$12.50": the same text as the server writes. */
export function formatMoney(money: Money, locale: string): string {
  const isIndonesian = locale === "id";
  const digits = minorDigits(money.currency);
  const factor = 10 ** digits;
  const magnitude = Math.abs(money.amount);
  const whole = String(Math.floor(magnitude / factor)).replace(
    /\B(?=(\d{3})+$)/g,
    isIndonesian ? "." : ",",
  );
  const fraction = String(magnitude % factor).padStart(digits, "0");
  const symbol =
    money.currency === "IDR" && isIndonesian
      ? "Rp\u00a0"
      : (SYMBOLS[money.currency] ?? `${money.currency}\u00a0`);
  const point = isIndonesian ? "," : ".";
  return `${money.amount < 0 ? "-" : ""}${symbol}${whole}${digits > 0 ? point + fraction : ""}`;
}

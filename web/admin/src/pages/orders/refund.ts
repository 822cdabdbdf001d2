import type { Language } from "../../app/settings";
import type { Money, OrderDetails } from "../../api/types";
import { minorDigits } from "../../i18n/format";

/** What was captured and neither went back nor is on its way back. */
export function refundableOf(
  order: Pick<OrderDetails, "payments" | "refunded" | "refund_due" | "total">,
): Money {
  const captured = order.payments
    .filter(({ kind }) => kind === "captured")
    .reduce((sum, { amount }) => sum + amount.amount, 0);
  const left = captured - order.refunded.amount - order.refund_due.amount;
  return { amount: Math.max(0, left), currency: order.total.currency };
}

/** The key of a refund follows from what was seen: the same amount of the same order asked for again,
 * after no answer, in another dialog or another tab, is one refund, until the page shows it. */
export function refundKeyOf(
  order: Pick<OrderDetails, "id" | "refunded" | "refund_due">,
  amount: number | undefined,
): string {
  return [order.id, order.refunded.amount, order.refund_due.amount, amount ?? "rest"].join("|");
}

/** An amount as people write it, in minor units; null where it is none. "150.000" is a hundred and
 * fifty thousand in Indonesian and nothing at all in English rupiah: better asked again than wrong. */
export function parseAmount(text: string, currency: string, language: Language): number | null {
  const [group, point] = language === "id" ? ["\\.", ","] : [",", "\\."];
  const digits = minorDigits(currency);
  const fraction = digits === 0 ? "" : `(?:${point}(\\d{1,${digits}}))?`;
  const match = new RegExp(`^(\\d{1,12}|\\d{1,3}(?:${group}\\d{3}){1,3})${fraction}$`).exec(
    text.trim(),
  );
  if (match?.[1] === undefined) return null;
  return Number(match[1].replace(/\D/g, "") + (match[2] ?? "").padEnd(digits, "0"));
}

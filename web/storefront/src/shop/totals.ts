import type { Money, Quote } from "../api/types";
import { h } from "../ui/dom";
import { money, say } from "../ui/page";

function row(name: string, value: string, style = ""): HTMLElement {
  return h("div", style === "" ? {} : { class: style }, h("dt", {}, name), h("dd", {}, value));
}

/** The amounts of a quote; delivery is said to come later while no method is chosen. */
export function totals(quote: Quote, hasMethod: boolean): HTMLElement {
  const shipping = (amount: Money) => (amount.amount === 0 ? say("free") : money(amount));
  const rows = [row(say("subtotal"), money(quote.subtotal))];
  if (quote.discount.amount > 0) {
    rows.push(row(say("discount"), `−${money(quote.discount)}`));
  }
  rows.push(row(say("shipping"), hasMethod ? shipping(quote.shipping) : say("shipping_later")));
  if (!quote.tax_included && quote.tax.amount > 0) {
    rows.push(row(quote.tax_name, money(quote.tax)));
  }
  rows.push(row(say("total"), money(quote.total), "total"));
  if (quote.tax_included && quote.tax.amount > 0) {
    rows.push(row(say("tax_included", { tax: quote.tax_name }), money(quote.tax), "tax"));
  }
  return h("dl", { class: "totals" }, ...rows);
}

import { createQuote } from "../api/client";
import type { Quote } from "../api/types";
import {
  type BasketItem,
  canBeOrdered,
  chosenOptions,
  fullName,
  loadBasket,
  picture,
  productLink,
} from "../shop/basket";
import { QUANTITY_MAX, onCartChange, readCart, rememberPrices, setQuantity } from "../shop/cart";
import { totals } from "../shop/totals";
import { debounced, h, need } from "../ui/dom";
import { failure } from "../ui/notices";
import { link, locale, money, say } from "../ui/page";

const QUOTE_DELAY_MS = 150;

function emptyCartNotice(): HTMLElement {
  return h(
    "div",
    { class: "empty" },
    h("h2", {}, say("cart_empty_title")),
    h("p", {}, say("cart_empty_text")),
    h("a", { class: "button", href: link("/search") }, say("cart_empty_action")),
  );
}

function note(item: BasketItem, pricesBefore: ReadonlyMap<string, number>): string {
  if (item.variant === null) return say("line_gone");
  if (item.variant.availability === "sold_out") return say("line_sold_out");
  const before = pricesBefore.get(item.line.variant_id);
  const now = item.variant.price;
  if (before !== undefined && before !== now.amount) {
    const was = money({ amount: before, currency: now.currency });
    return say("line_price_changed", { before: was, now: money(now) });
  }
  return item.variant.availability === "low" ? say("line_low") : "";
}

function stepper(item: BasketItem): HTMLElement {
  const { variant_id: id, quantity } = item.line;
  const name = fullName(item);
  const step = (change: number, text: string, label: string) =>
    h(
      "button",
      {
        type: "button",
        "aria-label": label,
        "data-focus": `${id}${change}`,
        disabled: quantity + change < 1 || quantity + change > QUANTITY_MAX,
        onclick: () => setQuantity(id, quantity + change),
      },
      text,
    );
  const input = h("input", {
    type: "number",
    inputmode: "numeric",
    min: 1,
    max: QUANTITY_MAX,
    value: quantity,
    "aria-label": say("quantity_of", { name }),
    "data-focus": `${id}#`,
    onchange: () => setQuantity(id, Number(input.value) || 1),
  });
  return h(
    "div",
    { class: "stepper" },
    step(-1, "−", say("less_of", { name })),
    input,
    step(1, "+", say("more_of", { name })),
  );
}

function lineView(item: BasketItem, pricesBefore: ReadonlyMap<string, number>): HTMLElement {
  const { line, variant } = item;
  const text = note(item, pricesBefore);
  const name = fullName(item);
  const price = variant === null ? "" : money({ ...variant.price, amount: variant.price.amount * line.quantity });
  return h(
    "li",
    { class: "line" },
    h("div", { class: "line-image" }, picture(item, 88)),
    h(
      "div",
      { class: "line-name" },
      h("a", { href: productLink(item) }, item.product?.title ?? line.product),
      h("span", {}, chosenOptions(item)),
    ),
    h("p", { class: "line-price" }, price),
    variant === null ? "" : stepper(item),
    h(
      "button",
      {
        class: "line-remove",
        type: "button",
        "aria-label": say("remove_named", { name }),
        onclick: () => setQuantity(line.variant_id, 0),
      },
      say("remove"),
    ),
    text === "" ? "" : h("p", { class: "line-note" }, text),
  );
}

/** The cart page. Drawn anew whenever the cart changes; a drawing that was overtaken is dropped. */
class CartPage {
  private readonly root = need("[data-cart]");
  private readonly pricesBefore = new Map<string, number>();
  private drawing = 0;

  start(): void {
    for (const line of readCart()) {
      if (line.price_seen !== undefined) this.pricesBefore.set(line.variant_id, line.price_seen);
    }
    this.root.replaceChildren(h("p", { role: "status" }, say("loading")));
    onCartChange(debounced(QUOTE_DELAY_MS, () => void this.draw()));
    void this.draw();
  }

  private async draw(): Promise<void> {
    const drawing = ++this.drawing;
    const lines = readCart();
    if (lines.length === 0) {
      this.root.replaceChildren(emptyCartNotice());
      return;
    }
    try {
      const basket = await loadBasket(lines);
      const possible = basket.filter(canBeOrdered);
      const quote =
        possible.length === 0
          ? null
          : await createQuote(
              {
                lines: possible.map(({ line }) => ({
                  variant_id: line.variant_id,
                  quantity: line.quantity,
                })),
              },
              locale,
            );
      if (drawing === this.drawing) this.show(basket, quote);
    } catch (error) {
      if (drawing === this.drawing) {
        this.root.replaceChildren(failure(error, () => void this.draw()));
      }
    }
  }

  private show(basket: BasketItem[], quote: Quote | null): void {
    const focused = document.activeElement?.getAttribute("data-focus") ?? null;
    const list = h(
      "ul",
      { class: "lines", role: "list", "aria-label": say("cart_lines") },
      ...basket.map((item) => lineView(item, this.pricesBefore)),
    );
    const canContinue = quote !== null && basket.every(canBeOrdered);
    const next = canContinue
      ? h("a", { class: "button button-wide", href: link("/checkout") }, say("to_checkout"))
      : h("button", { class: "button button-wide", type: "button", disabled: true }, say("to_checkout"));
    const summary = h(
      "section",
      { class: "summary", "aria-labelledby": "summary-title" },
      h("h2", { id: "summary-title" }, say("summary")),
      quote === null ? "" : totals(quote, false),
      next,
      h("a", { class: "quiet-link", href: link("/search") }, say("keep_shopping")),
    );
    this.root.replaceChildren(list, summary);
    if (focused !== null) {
      this.root.querySelector<HTMLElement>(`[data-focus="${CSS.escape(focused)}"]`)?.focus();
    }
    const prices = basket.flatMap(({ line, variant }): [string, number][] =>
      variant === null ? [] : [[line.variant_id, variant.price.amount]],
    );
    rememberPrices(new Map(prices));
  }
}

export function startCart(): void {
  new CartPage().start();
}

import type { Order } from "../api/types";
import type { Shopper } from "../shop/account";
import { h, need } from "../ui/dom";
import { link, money } from "../ui/page";
import { day, tell } from "../ui/account_words";
import { answer, answerError } from "./account_form";
import { emptyRow } from "./account_list";
import { describe } from "./order_words";

/** The orders of the account, newest first, a page at a time. */
export class OrdersPart {
  private readonly list = need("[data-orders]");
  private readonly place = need("#orders > [data-answer]");
  private readonly more = need<HTMLButtonElement>("[data-orders-more]");
  private cursor: string | null = null;

  constructor(private readonly shopper: Shopper) {
    this.more.addEventListener("click", () => void this.load());
  }

  async load(): Promise<void> {
    this.more.disabled = true;
    answer(this.place, tell("loading"));
    try {
      const page = await this.shopper.call(
        "account.orders",
        this.cursor === null ? {} : { cursor: this.cursor },
      );
      const rows = page.items.map((order) => this.row(order));
      this.list.append(...rows);
      if (this.list.children.length === 0) this.list.append(emptyRow(tell("orders_none")));
      if (this.cursor !== null) rows[0]?.querySelector("a")?.focus();
      this.cursor = page.next_cursor;
      answer(this.place, "");
      this.more.hidden = this.cursor === null;
    } catch (error) {
      answerError(this.place, error);
      this.more.hidden = false; // to try again
    }
    this.more.disabled = false;
  }

  private row(order: Order): HTMLElement {
    const date = order.placed_at === null ? "" : day(order.placed_at);
    return h(
      "li",
      { class: "account-row", "data-order-row": order.id },
      h(
        "div",
        {},
        h(
          "a",
          { href: link(`/orders/${order.id}`), "aria-describedby": order.id },
          tell("order_of", { total: money(order.total), date }),
        ),
        h("code", { id: order.id }, order.id),
      ),
      h("span", { class: "order-state" }, describe(order).title),
    );
  }
}

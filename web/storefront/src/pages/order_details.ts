import type { OrderDetails } from "../seal/calls";
import type { OrderSource } from "../shop/order_source";
import { addressLines } from "../ui/address";
import { h } from "../ui/dom";
import { locale, money, say } from "../ui/page";

type Line = NonNullable<OrderDetails["lines"]>[number];

function paragraph(lines: string[]): HTMLElement {
  const parts = lines.flatMap((line, i) => (i === 0 ? [line] : [h("br"), line]));
  return h("p", {}, ...parts);
}

function show(
  card: HTMLElement,
  source: OrderSource,
  details: OrderDetails,
  names: ReadonlyMap<string, string>,
): void {
  const lines: Line[] = details.lines ?? details.order?.lines ?? [];
  const { customer } = details;
  const nameOf = (line: Line) => line.title ?? names.get(line.variant_id) ?? say("line_unknown");
  card.replaceChildren(
    h("h2", {}, say("details_title")),
    h("p", { class: "hint" }, say(source.isOfAccount ? "details_note_account" : "details_note")),
    h("h3", {}, say("details_lines")),
    h(
      "dl",
      { class: "totals" },
      ...lines.map((line) =>
        h(
          "div",
          {},
          h("dt", {}, `${line.quantity} × ${nameOf(line)}`),
          h("dd", {}, money(line.line_total)),
        ),
      ),
    ),
    h("h3", {}, say("details_contact")),
    paragraph([customer.name, customer.email, customer.phone].filter((line) => line !== "")),
    h("h3", {}, say("details_address")),
    paragraph(addressLines(details.shipping_address)),
  );
}

/** The personal part: asked for sealed, opened here with the key that may read it. */
export function detailsCard(source: OrderSource): HTMLElement {
  const card = h("section", { class: "order-card", "data-details": true });
  const load = async () => {
    card.replaceChildren(h("p", { role: "status" }, say("loading")));
    try {
      const details = await source.details();
      show(card, source, details, await source.names(details, locale));
    } catch {
      card.replaceChildren(
        h("p", { role: "status" }, say("details_failed")),
        h(
          "button",
          { class: "button button-small", type: "button", onclick: () => void load() },
          say("details_show"),
        ),
      );
    }
  };
  void load();
  return card;
}

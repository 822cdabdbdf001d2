import { type OrderDetails, readOrder } from "../seal/calls";
import { getProduct } from "../api/client";
import type { OrderRecord } from "../shop/records";
import { h } from "../ui/dom";
import { locale, money, say } from "../ui/page";

type Line = NonNullable<OrderDetails["lines"]>[number];

/** Names by variant, for the lines that the answer itself does not name. */
async function namesOf(record: OrderRecord): Promise<Map<string, string>> {
  const names = new Map<string, string>();
  await Promise.all(
    record.lines.map(async ({ variant_id, product }) => {
      const found = await getProduct(product, locale).catch(() => null);
      const variant = found?.variants.find((one) => one.id === variant_id);
      const choice = variant?.option_values.join(" / ") ?? "";
      const title = found?.title ?? product;
      names.set(variant_id, choice === "" ? title : `${title} (${choice})`);
    }),
  );
  return names;
}

function addressLines(details: OrderDetails): string[] {
  const address = details.shipping_address;
  const city = [address.city, address.postal_code ?? ""].filter((part) => part !== "").join(" ");
  const country = new Intl.DisplayNames([locale], { type: "region" }).of(address.country);
  const lines = [
    address.name ?? "",
    address.line1,
    address.line2 ?? "",
    city,
    country ?? address.country,
  ];
  return lines.filter((line) => line !== "");
}

function paragraph(lines: string[]): HTMLElement {
  const parts = lines.flatMap((line, i) => (i === 0 ? [line] : [h("br"), line]));
  return h("p", {}, ...parts);
}

function show(card: HTMLElement, details: OrderDetails, names: ReadonlyMap<string, string>): void {
  const lines: Line[] = details.lines ?? details.order?.lines ?? [];
  const { customer } = details;
  card.replaceChildren(
    h("h2", {}, say("details_title")),
    h("p", { class: "hint" }, say("details_note")),
    h("h3", {}, say("details_lines")),
    h(
      "dl",
      { class: "totals" },
      ...lines.map((line) =>
        h(
          "div",
          {},
          h(
            "dt",
            {},
            `${line.quantity} × ${line.title ?? names.get(line.variant_id) ?? line.variant_id}`,
          ),
          h("dd", {}, money(line.line_total)),
        ),
      ),
    ),
    h("h3", {}, say("details_contact")),
    paragraph([customer.name, customer.email, customer.phone]),
    h("h3", {}, say("details_address")),
    paragraph(addressLines(details)),
  );
}

/** The personal part: asked for sealed, opened here with this order's reply key. */
export function detailsCard(record: OrderRecord): HTMLElement {
  const card = h("section", { class: "order-card", "data-details": true });
  const load = async () => {
    card.replaceChildren(h("p", { role: "status" }, say("loading")));
    try {
      const [details, names] = await Promise.all([readOrder(record), namesOf(record)]);
      show(card, details, names);
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

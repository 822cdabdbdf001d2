import { h } from "../ui/dom";
import { tell } from "../ui/account_words";

export interface Row {
  title: string;
  mark?: string; // beside the title: something is wrong with it
  lines: string[];
  edit: { label: string; run: () => void } | null;
  remove: { label: string; run: () => void };
}

function titleOf({ title, mark }: Row): HTMLElement {
  const marked = mark === undefined ? null : h("em", { class: "row-mark" }, mark);
  return h("strong", {}, title, marked === null ? null : " ", marked);
}

/** One thing of the account's with its buttons; removing is asked again first. */
export function rowOf(row: Row): HTMLElement {
  const buttons = h("div", { class: "row-buttons" });
  const showButtons = () => {
    const remove = h(
      "button",
      {
        class: "button button-small",
        type: "button",
        "aria-label": row.remove.label,
        "data-remove": true,
        onclick: () => ask(),
      },
      tell("remove"),
    );
    buttons.replaceChildren(
      ...(row.edit === null
        ? []
        : [
            h(
              "button",
              {
                class: "button button-small",
                type: "button",
                "aria-label": row.edit.label,
                "data-edit": true,
                onclick: row.edit.run,
              },
              tell("address_edit"),
            ),
          ]),
      remove,
    );
  };
  const ask = () => {
    const keep = h(
      "button",
      {
        class: "button button-small",
        type: "button",
        onclick: () => {
          showButtons();
          buttons.querySelector<HTMLElement>("[data-remove]")?.focus();
        },
      },
      tell("remove_no"),
    );
    const sure = h(
      "button",
      {
        class: "button button-small button-danger",
        type: "button",
        "data-sure": true,
        onclick: row.remove.run,
      },
      tell("remove_yes"),
    );
    buttons.replaceChildren(h("span", {}, tell("remove_sure", { name: row.title })), sure, keep);
    keep.focus();
  };
  showButtons();
  return h(
    "li",
    { class: "account-row" },
    h("div", {}, titleOf(row), ...row.lines.map((line) => h("span", {}, line))),
    buttons,
  );
}

export function emptyRow(text: string): HTMLElement {
  return h("li", { class: "account-none" }, text);
}

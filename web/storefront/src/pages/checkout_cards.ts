import type { NewCard, SavedCard } from "../seal/account";
import { CARD_FIELDS, type Entries } from "../shop/checks";
import { control, showError } from "../shop/form";
import { cardName, expiryText, hasRoomForCard, usableCards } from "../shop/saved_cards";
import { h, need } from "../ui/dom";
import { say } from "../ui/page";

function empty(...fields: string[]): void {
  for (const field of fields) {
    control(field).value = "";
    showError(field, "");
  }
}

function optionOf(card: SavedCard): HTMLElement {
  const values = { card: cardName(card, say("card_other")), expiry: expiryText(card) };
  return h("option", { value: card.id }, say("saved_card_named", values));
}

/** What pays at the checkout: a card of the account, or one that is typed and may be saved. */
export class CheckoutCards {
  private readonly chooser = need("[data-saved-cards]");
  private readonly saver = need("[data-save-card]");

  /** Offers the account's cards. `prefersTyped`: none of them is chosen beforehand. */
  show(cards: SavedCard[] | null, prefersTyped = false): void {
    this.hide();
    if (!cards) return;
    const usable = usableCards(cards);
    if (usable.length > 0) this.showChooser(usable);
    if (hasRoomForCard(cards)) this.showSaver();
    // Who is typing a card already goes on typing it.
    const isUntouched = CARD_FIELDS.map(control).every(
      (input) => input.value === "" && input !== document.activeElement,
    );
    this.choose(isUntouched && !prefersTyped ? (usable[0]?.id ?? "") : "");
  }

  /** As for a guest. */
  hide(): void {
    this.chooser.replaceChildren();
    this.saver.replaceChildren();
    this.fit();
  }

  /** The id of the saved card that pays; null: the card that is typed. */
  get chosen(): string | null {
    return this.select?.value || null;
  }

  chooseTyped(): void {
    this.choose("");
  }

  /** The card to keep once the order is taken; null where that was not asked for. */
  toSave({ payment }: Pick<Entries, "payment">): NewCard | null {
    const box = this.saver.querySelector("input");
    if (box?.checked !== true || this.saver.hidden || !("card" in payment)) return null;
    const { number, expiry_month, expiry_year } = payment.card;
    return { number, expiry_month, expiry_year };
  }

  /** A security code serves one try. */
  forgetCode(): void {
    empty("code");
  }

  forgetTyped(): void {
    empty(...CARD_FIELDS, "code");
  }

  private get select(): HTMLSelectElement | null {
    return this.chooser.querySelector("select");
  }

  private showChooser(usable: SavedCard[]): void {
    const changed = () => {
      // The code is the other card's, and a number does not wait in a hidden field.
      if (this.chosen === null) this.forgetCode();
      else this.forgetTyped();
      this.fit();
    };
    const select = h(
      "select",
      { id: "saved-card", onchange: changed },
      ...usable.map(optionOf),
      h("option", { value: "" }, say("saved_card_other")),
    );
    this.chooser.replaceChildren(
      h("div", { class: "field" }, h("label", { for: "saved-card" }, say("saved_card")), select),
    );
  }

  private showSaver(): void {
    const box = { id: "save-card", type: "checkbox", "aria-describedby": "save-card-hint" };
    this.saver.replaceChildren(
      h(
        "div",
        { class: "checkbox" },
        h("input", box),
        h("label", { for: "save-card" }, say("save_card")),
      ),
      h("p", { class: "hint", id: "save-card-hint" }, say("save_card_hint")),
    );
  }

  private choose(id: string): void {
    if (this.select !== null) this.select.value = id;
    this.fit();
  }

  /** What the form asks for with the chosen card. */
  private fit(): void {
    const isTyped = this.chosen === null;
    for (const input of CARD_FIELDS.map(control)) {
      const field = input.closest<HTMLElement>(".field");
      if (field !== null) field.hidden = !isTyped;
      input.required = isTyped;
    }
    this.saver.hidden = !isTyped;
  }
}

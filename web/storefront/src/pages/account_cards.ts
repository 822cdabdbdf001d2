import type { Profile, SavedCard } from "../seal/account";
import type { Shopper } from "../shop/account";
import { cardOf, findCardErrors } from "../shop/checks";
import { readCard } from "../shop/form";
import { cardName, expiryText } from "../shop/saved_cards";
import { day, tell } from "../ui/account_words";
import { need } from "../ui/dom";
import { say } from "../ui/page";
import { answer, answerError, closeForm, onSubmit } from "./account_form";
import { emptyRow, rowOf } from "./account_list";
import type { Part, Show } from "./account_part";

/** The cards that pay again, as far as anybody is shown them: brand, last four digits, month. */
export class CardsPart implements Part {
  private readonly list = need("[data-cards]");
  private readonly place = need("#cards > [data-answer]");

  constructor(
    private readonly shopper: Shopper,
    private readonly showAll: Show,
  ) {
    const form = onSubmit("card-form", {
      check: () => findCardErrors(readCard(), new Date()),
      run: () => this.save(),
    });
    // Browsers fill a page that somebody comes back to with what was typed.
    form.reset();
    window.addEventListener("pagehide", () => form.reset());
    form.addEventListener("opened", () => answer(this.place, ""));
  }

  show({ cards }: Profile): void {
    // A shop that saves no cards does not speak of them.
    need("#cards").hidden = !cards;
    need('.account-menu [href="#cards"]').hidden = !cards;
    const rows = (cards ?? []).map((card) => this.rowOf(card));
    this.list.replaceChildren(...(rows.length === 0 ? [emptyRow(tell("cards_none"))] : rows));
  }

  private rowOf(card: SavedCard): HTMLElement {
    const name = cardName(card, say("card_other"));
    return rowOf({
      title: name,
      ...(card.expired ? { mark: tell("card_expired") } : {}),
      lines: [
        tell("card_valid", { expiry: expiryText(card) }),
        tell("card_since", { date: day(card.saved_at) }),
      ],
      edit: null,
      remove: { label: tell("remove_card_of", { name }), run: () => void this.remove(card) },
    });
  }

  private async save(): Promise<string> {
    const card = cardOf(readCard(), new Date());
    if (card === null) throw new Error("the form was checked");
    const profile = await this.shopper.call("account.save_card", { card });
    closeForm("card-form"); // and with it goes the number
    this.showAll(profile);
    answer(this.place, tell("card_saved"));
    return "";
  }

  private async remove(card: SavedCard): Promise<void> {
    try {
      this.showAll(await this.shopper.call("account.remove_card", { id: card.id }));
      answer(this.place, tell("card_removed"));
    } catch (error) {
      answerError(this.place, error);
    }
  }
}

import type { AccountAddress, NewCard, Profile } from "../seal/account";
import { Shopper, SignedOut } from "../shop/account";
import type { Entries } from "../shop/checks";
import { control, readRaw, showError } from "../shop/form";
import { type OrderNote, type Outcome, notesFor, outcomeWithin } from "../shop/order_notes";
import { addressOf, canBeSaved, contactFor, findSaved, placeOf, shortAddress } from "../shop/prefill";
import { type AccountSession, currentSession, forgetSession } from "../shop/session";
import { hashOf } from "../shop/way_back";
import { h, need } from "../ui/dom";
import { link, say } from "../ui/page";
import { CheckoutCards } from "./checkout_cards";

const SAVING_MS_MAX = 5_000;
const PLACE_FIELDS = ["country", "line1", "line2", "city", "postal", "region"] as const;

/** What the account of an order is to keep once that is taken. In memory only. */
export interface ToSave {
  shopper: Shopper | null; // the session in the order's box; null: a guest
  address: AccountAddress | null;
  card: NewCard | null;
}

/** What an account adds to the checkout: who it is, where parcels went and what paid before, and a place to keep both. */
export class CheckoutAccount {
  readonly cards = new CheckoutCards();
  private readonly note = need("[data-checkout-account]");
  private readonly chooser = need("[data-saved-addresses]");
  private readonly saver = need("[data-save-address]");
  private session: AccountSession | null = null;
  private profile: Profile | null = null;

  /** `onFilled`: fields have got other values than the shopper typed. */
  constructor(private readonly onFilled: () => void) {
    document.querySelector("#checkout")?.addEventListener("input", (event) => {
      const id = (event.target as HTMLElement).id;
      if (PLACE_FIELDS.some((field) => field === id)) this.compare();
    });
  }

  /** The session to put into the box; null for a guest. */
  get current(): AccountSession | null {
    return this.session;
  }

  async start(): Promise<void> {
    this.session = await currentSession().catch(() => null);
    if (this.session === null) {
      this.showGuest();
      return;
    }
    try {
      this.profile = await Shopper.of(this.session).call("account.show", {});
    } catch (error) {
      if (error instanceof SignedOut) this.showEnded();
      else this.note.replaceChildren(h("p", { class: "checkout-account" }, say("account_failed")));
      return;
    }
    this.showProfile(this.profile);
  }

  /** The session is over: what is sent from here on is a guest's. */
  async end(): Promise<void> {
    if (this.session !== null) await forgetSession(this.session.session).catch(() => undefined);
    this.showEnded();
  }

  /** The shop knows a card no longer: its newest word on the others, and the fields to type one. */
  async renewCards(): Promise<void> {
    this.cards.chooseTyped();
    if (this.session === null) return;
    try {
      this.profile = await Shopper.of(this.session).call("account.show", {});
      this.cards.show(this.profile.cards, true);
    } catch (error) {
      if (error instanceof SignedOut) this.showEnded();
    }
  }

  /** The entries with whom the chosen address is for. */
  withRecipient(entries: Entries): Entries {
    const saved = findSaved(this.profile?.addresses ?? [], entries);
    const isChosen = saved !== undefined && this.select?.value === saved.id;
    return isChosen ? { ...entries, recipient: saved.address.name } : entries;
  }

  /** Address and card are null where that was not asked for. */
  toSave(entries: Entries): ToSave {
    const isAddress = this.checkbox?.checked === true && !this.saver.hidden;
    return {
      shopper: this.session === null ? null : Shopper.of(this.session),
      address: isAddress ? addressOf({ ...entries, name: entries.recipient }) : null,
      card: this.cards.toSave(entries),
    };
  }

  /** What the order's page has to tell: what is not in the account now, or may not be. */
  async save({ shopper, address, card }: ToSave): Promise<OrderNote[]> {
    const outcome = async (call: Promise<Profile> | null): Promise<Outcome> =>
      call === null ? "saved" : outcomeWithin(call, SAVING_MS_MAX);
    if (shopper === null) return [];
    const [ofAddress, ofCard] = await Promise.all([
      outcome(address && shopper.call("account.put_address", { address })),
      outcome(card && shopper.call("account.save_card", { card })),
    ]);
    return notesFor({ address: ofAddress, card: ofCard });
  }

  private get select(): HTMLSelectElement | null {
    return this.chooser.querySelector("select");
  }

  private get checkbox(): HTMLInputElement | null {
    return this.saver.querySelector("input");
  }

  private signInLink(): HTMLElement {
    const address = link("/account/sign-in") + hashOf({ back: "/checkout", note: null });
    return h("a", { href: address }, say("account_guest_link"));
  }

  private showGuest(): void {
    const words = [`${say("account_guest")} `, this.signInLink(), ` ${say("account_guest_more")}`];
    this.note.replaceChildren(h("p", { class: "checkout-account" }, ...words));
  }

  private showEnded(): void {
    this.session = null;
    this.profile = null;
    this.chooser.replaceChildren();
    this.saver.replaceChildren();
    this.cards.hide();
    const text = h("p", {}, `${say("account_ended")} `, this.signInLink());
    this.note.replaceChildren(h("div", { class: "callout", role: "status" }, text));
  }

  private showProfile(profile: Profile): void {
    const who = `${say("account_is", { email: profile.account.email })} `;
    const account = h("a", { href: link("/account") }, say("account_link"));
    this.note.replaceChildren(h("p", { class: "checkout-account" }, who, account));
    for (const [field, value] of Object.entries(contactFor(profile, readRaw()))) {
      control(field).value = value;
    }
    this.showAddresses(profile);
    this.cards.show(profile.cards);
    this.saver.replaceChildren(
      h(
        "div",
        { class: "checkbox" },
        h("input", { id: "save-address", type: "checkbox" }),
        h("label", { for: "save-address" }, say("save_address")),
      ),
    );
    this.compare();
    this.onFilled();
  }

  private showAddresses({ addresses }: Profile): void {
    // An address abroad that the shop no longer ships to cannot be chosen.
    const countries = new Set([...need<HTMLSelectElement>("#country").options].map(({ value }) => value));
    const offered = addresses.filter(({ address }) => countries.has(address.country));
    if (offered.length === 0) return;
    const select = h(
      "select",
      { id: "saved-address", onchange: () => this.choose(select.value) },
      ...offered.map(({ id, address }) => h("option", { value: id }, shortAddress(address))),
      h("option", { value: "" }, say("saved_address_other")),
    );
    this.chooser.replaceChildren(
      h("div", { class: "field" }, h("label", { for: "saved-address" }, say("saved_address")), select),
    );
    const isUntouched = control("line1").value === "" && control("city").value === "";
    const first = offered[0];
    if (isUntouched && first !== undefined) this.fill(first.address);
  }

  private choose(id: string): void {
    const saved = this.profile?.addresses.find((one) => one.id === id);
    if (saved !== undefined) this.fill(saved.address);
    else for (const field of ["line1", "line2", "city", "postal", "region"]) control(field).value = "";
    if (saved === undefined) control("line1").focus();
    this.compare();
    this.onFilled();
  }

  private fill(address: AccountAddress): void {
    for (const [field, value] of Object.entries(placeOf(address))) {
      control(field).value = value;
      showError(field, "");
    }
  }

  /** The choice says what stands in the fields; keeping it is offered where it is new. */
  private compare(): void {
    if (this.profile === null) return;
    const raw = readRaw();
    const { addresses } = this.profile;
    const chosen = addresses.find(({ id }) => id === this.select?.value);
    const isChosen = chosen !== undefined && findSaved([chosen], raw) !== undefined;
    if (this.select !== null && !isChosen) this.select.value = findSaved(addresses, raw)?.id ?? "";
    this.saver.hidden = !canBeSaved(addresses, raw);
  }
}

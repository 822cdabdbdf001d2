import { Refusal, createQuote } from "../api/client";
import { serverNowMs } from "../api/clock";
import type { PlacedOrder, Quote, QuoteRequest, ShortLine } from "../api/types";
import type { MessageKey } from "../messages/id";
import { type BasketItem, canBeOrdered, chosenOptions, fullName, loadBasket, picture } from "../shop/basket";
import { isSessionEnded } from "../shop/account";
import { readCart } from "../shop/cart";
import { clearErrorsOnInput, fitToCountry, readEntries, readRaw, showError } from "../shop/form";
import { hashOfNotes } from "../shop/order_notes";
import { destinationOf, prepareAttempt, sendAttempt } from "../shop/placing";
import { type Attempt, forgetAttempt, pendingAttempt } from "../shop/records";
import { totals } from "../shop/totals";
import { debounced, h, need } from "../ui/dom";
import { explain, failure } from "../ui/notices";
import { link, locale, money, say } from "../ui/page";
import { CheckoutAccount, type ToSave } from "./checkout_account";

const QUOTE_DELAY_MS = 300;
const QUOTE_MARGIN_MS = 30_000;
const SHIPPING_REFUSALS = new Set(["shipping_unavailable", "shipping_method_unknown"]);

/** What these refusals of an order are called, for people. */
const REFUSED = new Map<string, MessageKey>([
  ["session_ended", "account_ended_refused"],
  ["saved_card_unknown", "saved_card_unknown"],
  ["card_refused", "card_refused"],
]);
const NOTHING: ToSave = { shopper: null, address: null, card: null };

/** The checkout page: its form comes from the server, amounts and sending are done here. */
class CheckoutPage {
  private readonly form = need<HTMLFormElement>("#checkout");
  private readonly summary = need("[data-summary]");
  private readonly problem = need("[data-form-error]");
  private readonly button = need<HTMLButtonElement>("button[type=submit]", this.form);
  private readonly methods = [...this.form.querySelectorAll<HTMLElement>("[data-method]")];
  private basket: BasketItem[] = [];
  private quote: Quote | null = null;
  private quotedFor = ""; // the request that `quote` answers
  private quoting = 0;
  private isBusy = false; // an order is being sent
  private toSave = NOTHING; // once the order is taken
  private readonly account = new CheckoutAccount(() => {
    fitToCountry();
    if (this.basket.length > 0) void this.updateQuote(); // else load() is about to ask
  });

  async start(): Promise<void> {
    this.forgetCard(); // browsers fill a page that somebody comes back to with what was typed
    window.addEventListener("pagehide", () => this.forgetCard());
    if (crypto.subtle === undefined) {
      this.say(say("secure_needed"));
      return;
    }
    const waiting = await pendingAttempt();
    if (waiting !== undefined) {
      this.offerResend(waiting);
      return;
    }
    if (readCart().length === 0) {
      location.replace(link("/cart"));
      return;
    }
    this.listen();
    this.tellRefusedBefore();
    await Promise.all([this.load(), this.account.start()]);
  }

  /** An order that had waited was refused, and the page loaded anew: see resend(). */
  private tellRefusedBefore(): void {
    const key = REFUSED.get(location.hash.slice(1));
    if (key === undefined) return;
    history.replaceState(null, "", location.pathname);
    this.say(say(key));
  }

  private listen(): void {
    const requote = debounced(QUOTE_DELAY_MS, () => void this.updateQuote());
    clearErrorsOnInput(this.form);
    this.form.addEventListener("input", () => this.say());
    this.form.addEventListener("change", (event) => {
      const id = (event.target as HTMLElement).id;
      if (id === "country") fitToCountry();
      if (["country", "region", "postal"].includes(id)) requote();
      if (event.target instanceof HTMLInputElement && event.target.type === "radio") {
        showError("shipping", "");
        void this.updateQuote();
      }
    });
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.submit();
    });
    for (const use of this.form.querySelectorAll<HTMLElement>("[data-test-card]")) {
      use.addEventListener("click", () => this.fillCard(use.dataset["testCard"] ?? ""));
    }
    fitToCountry();
  }

  private fillCard(number: string): void {
    this.account.cards.chooseTyped();
    const values = { card: number, expiry: "12/30", code: "123" };
    for (const [id, value] of Object.entries(values)) {
      need<HTMLInputElement>(`#${id}`).value = value;
      showError(id, "");
    }
  }

  private async load(): Promise<void> {
    this.summary.replaceChildren(h("p", {}, say("loading")));
    try {
      this.basket = await loadBasket(readCart());
    } catch (error) {
      this.summary.replaceChildren(failure(error, () => void this.load()));
      return;
    }
    if (!this.basket.every(canBeOrdered)) {
      location.replace(link("/cart")); // which says what is wrong with which line
      return;
    }
    await this.updateQuote();
  }

  private chosenMethod(): string {
    const chosen = this.form.querySelector<HTMLInputElement>("[name=shipping]:checked");
    return chosen !== null && chosen.closest<HTMLElement>("[data-method]")?.hidden === false
      ? chosen.value
      : "";
  }

  private quoteRequest(): QuoteRequest {
    const raw = readRaw();
    const isKnown = raw.country !== "ID" || raw.region !== "";
    const method = this.chosenMethod();
    return {
      lines: this.basket.map(({ line }) => ({
        variant_id: line.variant_id,
        quantity: line.quantity,
      })),
      ...(isKnown ? { destination: destinationOf(raw) } : {}),
      ...(isKnown && method !== "" ? { shipping_method: method } : {}),
    };
  }

  /** A new quote for what is entered now; null when a newer one overtook it or it failed. */
  private async updateQuote(): Promise<Quote | null> {
    const quoting = ++this.quoting;
    let request = this.quoteRequest();
    try {
      let quote: Quote;
      try {
        quote = await createQuote(request, locale);
      } catch (error) {
        if (!(error instanceof Refusal && SHIPPING_REFUSALS.has(error.code))) throw error;
        const { shipping_method: _, ...withoutMethod } = request;
        request = withoutMethod;
        quote = await createQuote(request, locale);
      }
      if (quoting !== this.quoting) return null;
      this.quote = quote;
      this.quotedFor = JSON.stringify(request);
      const hasMethod = this.showMethods(quote, request.destination !== undefined);
      if (hasMethod && request.shipping_method === undefined) return await this.updateQuote();
      this.showSummary(quote, hasMethod);
      this.button.disabled = this.isBusy;
      return quote;
    } catch (error) {
      if (quoting === this.quoting) {
        this.summary.replaceChildren(failure(error, () => void this.updateQuote()));
      }
      return null;
    }
  }

  /** Shows what can be chosen, with its price; chooses the first. Whether anything is chosen. */
  private showMethods(quote: Quote, hasDestination: boolean): boolean {
    const offers = new Map(quote.shipping_offers.map((offer) => [offer.method, offer]));
    for (const method of this.methods) {
      const offer = hasDestination ? offers.get(method.dataset["method"] ?? "") : undefined;
      method.hidden = offer === undefined;
      const price = offer === undefined || offer.price.amount > 0 ? null : say("free");
      need("[data-method-price]", method).textContent =
        offer === undefined ? "" : (price ?? money(offer.price));
    }
    const hint = need("[data-shipping-hint]");
    hint.hidden = hasDestination && offers.size > 0;
    if (hasDestination && offers.size === 0) hint.textContent = say("shipping_none");
    if (this.chosenMethod() === "") {
      const first = this.methods.find((method) => !method.hidden);
      if (first !== undefined) need<HTMLInputElement>("input", first).checked = true;
    }
    return this.chosenMethod() !== "";
  }

  private showSummary(quote: Quote, hasMethod: boolean): void {
    const lines = this.basket.map((item) => {
      const price = item.variant?.price;
      const times = say("quantity_times", {
        quantity: String(item.line.quantity),
        price: price === undefined ? "" : money(price),
      });
      const choice = chosenOptions(item);
      const total = quote.lines.find((line) => line.variant_id === item.line.variant_id);
      return h(
        "li",
        {},
        picture(item, 48),
        h(
          "span",
          {},
          item.product?.title ?? item.line.product,
          choice === "" ? null : h("span", {}, choice),
          h("span", {}, times),
        ),
        h("span", {}, total === undefined ? "" : money(total.line_total)),
      );
    });
    this.summary.replaceChildren(
      h("ul", { class: "summary-lines", role: "list" }, ...lines),
      totals(quote, hasMethod),
    );
  }

  private say(...content: (Node | string)[]): void {
    this.problem.replaceChildren(...content);
  }

  private async submit(): Promise<void> {
    if (this.isBusy || this.button.disabled) return;
    this.say();
    const entries = readEntries(this.account.cards.chosen);
    const method = this.chosenMethod();
    if (entries !== null && method === "") {
      showError("shipping", say("error_shipping"));
      this.form.querySelector<HTMLElement>("[data-method]:not([hidden]) input")?.focus();
    }
    if (entries === null || method === "") {
      const count = this.form.querySelectorAll("[aria-invalid]").length;
      this.say(
        count > 1 ? say("check_fields_many", { count: String(count) }) : say("check_fields_one"),
      );
      return;
    }
    this.setBusy(true);
    let isPlaced = false;
    try {
      const totalSeen = this.quote?.total.amount;
      const quote = await this.freshQuote();
      if (quote === null) throw new Error("no quote");
      if (quote.total.amount !== totalSeen) {
        this.say(say("price_changed", { total: money(quote.total) }));
        return;
      }
      const lines = this.basket.map(({ line }) => line);
      const forWhom = this.account.withRecipient(entries);
      this.toSave = this.account.toSave(forWhom);
      const buyer = { entries: forWhom, account: this.account.current, locale };
      isPlaced = await this.send(await prepareAttempt(buyer, lines, quote, method));
    } catch (error) {
      this.say(explain(error));
    } finally {
      // Until the browser has left this page, a second press would be a second order.
      if (!isPlaced) this.setBusy(false);
    }
  }

  /** The quote on the page, or a new one when it would not outlive the sending. */
  private async freshQuote(): Promise<Quote | null> {
    const shown = this.quote;
    const endsMs = shown === null ? 0 : Date.parse(shown.expires_at);
    const isFresh =
      endsMs - serverNowMs() > QUOTE_MARGIN_MS &&
      this.quotedFor === JSON.stringify(this.quoteRequest());
    return isFresh ? shown : this.updateQuote();
  }

  private setBusy(isBusy: boolean): void {
    this.isBusy = isBusy;
    this.button.disabled = isBusy;
    this.button.toggleAttribute("aria-busy", isBusy);
    if (isBusy) this.say(h("span", { role: "status" }, say("sending")));
  }

  /** Whether the order is placed and the browser on its way to the order's page. */
  private async send(attempt: Attempt): Promise<boolean> {
    try {
      await this.goToOrder(await sendAttempt(attempt, () => this.say(say("busy"))));
      return true;
    } catch (error) {
      if (error instanceof Refusal && !error.isTemporary) await this.explainRefusal(error);
      else this.offerResend(attempt);
      return false;
    }
  }

  private async goToOrder(order: PlacedOrder): Promise<void> {
    const notes = await this.account.save(this.toSave);
    this.forgetCard();
    location.assign(link(`/orders/${order.id}`) + hashOfNotes(notes));
  }

  /** Number and code do not stay in a page that is left: neither shown, nor in the browser's memory of it. */
  private forgetCard(): void {
    this.toSave = NOTHING;
    this.account.cards.forgetTyped();
  }

  private async explainRefusal(refusal: Refusal): Promise<void> {
    this.toSave = NOTHING;
    this.account.cards.forgetCode();
    if (refusal.code === "out_of_stock") {
      this.say(this.shortLines((refusal.problem as { lines?: ShortLine[] }).lines ?? []));
    } else {
      this.say(`${await this.wordsOf(refusal)} ${say("code_again")}`);
    }
    this.problem.scrollIntoView({ block: "center" });
  }

  /** What a refusal means for who ordered, once the page shows what is so now. */
  private async wordsOf(refusal: Refusal): Promise<string> {
    if (refusal.code === "price_changed") {
      const quote = await this.updateQuote();
      return quote === null ? explain(refusal) : say("price_changed", { total: money(quote.total) });
    }
    if (isSessionEnded(refusal)) await this.account.end();
    if (refusal.code === "saved_card_unknown") await this.account.renewCards();
    const key = REFUSED.get(refusal.code);
    return key === undefined ? say("order_refused", { code: refusal.code }) : say(key);
  }

  private shortLines(lines: ShortLine[]): HTMLElement {
    const text = (line: ShortLine) => {
      const item = this.basket.find((one) => one.line.variant_id === line.variant_id);
      return say("out_of_stock_line", {
        name: item === undefined ? line.variant_id : fullName(item),
        requested: String(line.requested),
        available: String(line.available),
      });
    };
    return h(
      "div",
      {},
      h("p", {}, say("out_of_stock")),
      h("ul", {}, ...lines.map((line) => h("li", {}, text(line)))),
      h("p", {}, say("out_of_stock_next")),
    );
  }

  /** The order may exist: only the same bytes again can tell, so nothing else is offered first. */
  private offerResend(attempt: Attempt): void {
    const notice = h(
      "div",
      { class: "callout", role: "alert" },
      h("h2", {}, say("waiting_title")),
      h("p", {}, say("waiting_text")),
      h(
        "div",
        { class: "order-actions" },
        h(
          "button",
          {
            class: "button",
            type: "button",
            onclick: () => {
              notice.replaceWith(h("p", { class: "callout", role: "status" }, say("sending")));
              void this.resend(attempt);
            },
          },
          say("waiting_send"),
        ),
        h(
          "button",
          {
            class: "button button-quiet",
            type: "button",
            onclick: () => void forgetAttempt().then(() => location.reload()),
          },
          say("waiting_edit"),
        ),
      ),
    );
    this.form.hidden = true;
    this.account.cards.forgetTyped(); // the attempt has it, sealed
    this.form.before(notice);
    notice.scrollIntoView({ block: "center" });
  }

  private async resend(attempt: Attempt): Promise<void> {
    try {
      await this.goToOrder(await sendAttempt(attempt, () => undefined));
    } catch (error) {
      document.querySelector(".callout[role=status]")?.remove();
      if (isSessionEnded(error)) await this.account.end();
      if (error instanceof Refusal && REFUSED.has(error.code)) location.hash = error.code;
      if (error instanceof Refusal && !error.isTemporary) location.reload();
      else this.offerResend(attempt);
    }
  }
}

export function startCheckout(): void {
  // A page that the browser kept aside shows an old basket, and card numbers to whoever goes back.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });
  void new CheckoutPage().start();
}

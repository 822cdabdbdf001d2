import { Refusal } from "../api/client";
import { serverNowMs } from "../api/clock";
import type { Order } from "../api/types";
import type { MessageKey } from "../messages/id";
import { Shopper, SignedOut } from "../shop/account";
import { type OrderNote, notesOf } from "../shop/order_notes";
import { type OrderSource, ofAccount, ofRecord } from "../shop/order_source";
import { findOrder } from "../shop/records";
import { hashOf } from "../shop/way_back";
import { h, need } from "../ui/dom";
import { failure } from "../ui/notices";
import { link, money, say } from "../ui/page";
import { detailsCard } from "./order_details";
import { describe, isFinal, isTaken, timeLeft } from "./order_words";

const POLL_SOON_MS = 1_500;
const POLL_LATER_MS = 15_000;
const POLL_FAILED_MS = 5_000;
const SOON_FOR_MS = 2 * 60_000;

/** The order status page: asks the shop, says what it means, and lets the shopper act. */
class OrderPage {
  private readonly card = h("section", { class: "order-card", "aria-live": "polite" });
  private readonly actions = h("div", { class: "order-actions" });
  private order: Order | null = null;
  private shown = "";
  private hasDetails = false;
  private readonly startedMs = Date.now();

  constructor(
    private readonly root: HTMLElement,
    private readonly source: OrderSource,
  ) {}

  start(): void {
    this.root.replaceChildren(this.card);
    this.card.replaceChildren(h("p", {}, say("loading")));
    window.setInterval(() => this.showTime(), 1000);
    void this.poll();
  }

  private async poll(): Promise<void> {
    let waitMs = Date.now() - this.startedMs < SOON_FOR_MS ? POLL_SOON_MS : POLL_LATER_MS;
    try {
      if (document.visibilityState === "visible") await this.refresh();
    } catch (error) {
      if (error instanceof SignedOut) {
        goToSignIn(this.source.id);
        return;
      }
      if (error instanceof Refusal && !error.isTemporary && this.order === null) {
        if (this.source.isOfAccount && error.code === "not_found") {
          showUnknown(this.root, false);
          return;
        }
        this.card.replaceChildren(failure(error, () => void this.poll()));
        return;
      }
      waitMs = POLL_FAILED_MS;
      if (this.order === null) {
        this.card.replaceChildren(failure(error, () => location.reload()));
      }
    }
    if (this.order === null || !isFinal(this.order)) {
      window.setTimeout(() => void this.poll(), waitMs);
    }
  }

  private async refresh(): Promise<void> {
    this.show(await this.source.read());
  }

  private show(order: Order): void {
    this.order = order;
    const { placed_at: _, ...facts } = order;
    const state = JSON.stringify(facts);
    if (state !== this.shown) {
      this.shown = state;
      this.draw(order);
    }
    if (!this.hasDetails && isTaken(order)) {
      this.hasDetails = true;
      this.root.append(detailsCard(this.source));
    }
  }

  private draw(order: Order): void {
    const words = describe(order);
    const step = (name: string, isDone: boolean) =>
      h("li", isDone ? { class: "done" } : {}, name);
    const isPaid = ["paid", "partially_refunded", "refunded"].includes(order.payment_status);
    const isAlive = !["expired", "cancelled"].includes(order.status);
    const text = h("p", { "data-order-text": true });
    this.card.replaceChildren(
      h("h2", { "data-order-state": order.status, "data-payment": order.payment_status }, words.title),
      text,
      ...(isAlive
        ? [
            h(
              "ol",
              { class: "steps" },
              step(say("step_placed"), true),
              step(say("step_paid"), isPaid),
              step(say("step_shipped"), order.fulfilment_status === "fulfilled"),
            ),
          ]
        : []),
      ...(words.needsChallenge ? [this.challengePart()] : []),
      h("p", {}, h("strong", {}, say("order_total", { total: money(order.total) }))),
      this.actions,
    );
    this.showTime();
    this.showActions(order);
  }

  /** The only part that moves every second; outside the words a screen reader announces. */
  private showTime(): void {
    const place = this.card.querySelector("[data-order-text]");
    if (place === null || this.order === null) return;
    const [before, after] = describe(this.order).text.split("{time}");
    if (after === undefined) {
      if (place.textContent !== before) place.replaceChildren(before ?? "");
      return;
    }
    const left = timeLeft(this.order, serverNowMs());
    const clock = place.querySelector(".countdown");
    if (clock === null) {
      const live = { class: "countdown", "aria-live": "off" };
      place.replaceChildren(before ?? "", h("span", live, left), after);
    } else {
      clock.textContent = left;
    }
  }

  private challengePart(): HTMLElement {
    const send = this.source.answer;
    return send === null ? h("p", {}, say("challenge_elsewhere")) : this.challengeForm(send);
  }

  private challengeForm(answerWith: (code: string) => Promise<void>): HTMLElement {
    const answer = h("p", { class: "field-error", id: "challenge-error", role: "alert" });
    const input = h("input", {
      id: "challenge",
      inputmode: "numeric",
      autocomplete: "one-time-code",
      maxlength: 16,
      required: true,
      "aria-describedby": "challenge-error",
    });
    const button = h("button", { class: "button", type: "submit" }, say("challenge_send"));
    const send = async () => {
      button.disabled = true;
      answer.replaceChildren();
      try {
        await answerWith(input.value.trim());
        await this.refresh();
        if (this.order?.payment_action === "challenge") answer.append(say("challenge_wrong"));
      } catch (error) {
        answer.append(failure(error, () => void send()));
      }
      button.disabled = false;
    };
    return h(
      "form",
      {
        class: "challenge",
        onsubmit: (event) => {
          event.preventDefault();
          void send();
        },
      },
      h("div", { class: "field" }, h("label", { for: "challenge" }, say("challenge_label")), input),
      button,
      answer,
    );
  }

  private showActions(order: Order): void {
    // A paid order is cancelled by the shop, which refunds it.
    const canCancel = order.status === "open";
    this.actions.replaceChildren(
      h("a", { class: "button button-quiet", href: link("/search") }, say("shop_again")),
      ...(canCancel
        ? [
            h(
              "button",
              {
                class: "button button-danger",
                type: "button",
                "data-cancel": true,
                onclick: () => this.askToCancel(order),
              },
              say("cancel"),
            ),
          ]
        : []),
    );
  }

  private askToCancel(order: Order): void {
    const keep = h(
      "button",
      {
        class: "button button-quiet",
        type: "button",
        onclick: () => {
          this.showActions(order);
          this.actions.querySelector<HTMLElement>("[data-cancel]")?.focus();
        },
      },
      say("cancel_no"),
    );
    const sure = h(
      "button",
      { class: "button button-danger", type: "button", onclick: () => void this.cancel(order) },
      say("cancel_yes"),
    );
    this.actions.replaceChildren(h("p", {}, say("cancel_sure")), sure, keep);
    keep.focus();
  }

  private async cancel(order: Order): Promise<void> {
    try {
      await this.source.cancel();
      await this.refresh();
    } catch {
      this.showActions(order);
      this.actions.prepend(h("p", { class: "field-error", role: "alert" }, say("cancel_failed")));
    }
  }
}

const NOTE_WORDS: Record<OrderNote, MessageKey> = {
  "address-not-saved": "address_not_saved",
  "address-unsure": "address_unsure",
  "card-not-saved": "card_not_saved",
  "card-unsure": "card_unsure",
};

function goToSignIn(id: string): void {
  location.replace(
    link("/account/sign-in") + hashOf({ back: `/orders/${id}`, note: "ended" }),
  );
}

function showUnknown(root: HTMLElement, canSignIn: boolean): void {
  const back = `/orders/${root.dataset["order"] ?? ""}`;
  const address = link("/account/sign-in") + hashOf({ back, note: null });
  root.replaceChildren(
    h(
      "div",
      { class: "callout" },
      h("h2", {}, say("order_unknown_title")),
      h("p", {}, say("order_unknown_text")),
      canSignIn ? h("p", {}, h("a", { href: address }, say("order_unknown_sign_in"))) : null,
    ),
  );
}

/** What this browser has of the order; null when it has neither its key nor a session. */
async function sourceOf(id: string): Promise<OrderSource | null> {
  const record = await findOrder(id);
  if (record !== undefined) return ofRecord(record);
  const shopper = await Shopper.current().catch(() => null);
  return shopper === null ? null : ofAccount(id, shopper);
}

export async function startOrder(): Promise<void> {
  const root = need("[data-order]");
  const source = await sourceOf(root.dataset["order"] ?? "");
  if (source === null) {
    showUnknown(root, true);
    return;
  }
  for (const note of notesOf(location.hash)) {
    history.replaceState(null, "", location.pathname);
    root.before(h("p", { class: "callout", role: "status" }, say(NOTE_WORDS[note])));
  }
  new OrderPage(root, source).start();
}

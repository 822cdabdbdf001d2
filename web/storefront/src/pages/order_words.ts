import type { Order } from "../api/types";
import { say } from "../ui/page";

export interface Words {
  title: string;
  text: string; // {time} stands for the time that is left
  needsChallenge: boolean;
}

/** Why core did not take an order of its absence (docs/guides/link-down.md); null: it took it. Staff may
 * cancel a paid order with such a word too. */
function declinedText(order: Order): string | null {
  if (order.payment_status !== "pending") return null;
  const reason = order.cancel_reason ?? "";
  if (reason === "out_of_stock") return say("state_declined_stock");
  if (reason === "price_changed" || reason.startsWith("quote")) return say("state_declined_price");
  if (reason === "saved_card_unknown" || reason === "card_refused") return say("state_declined_card");
  if (reason.startsWith("box")) return say("state_declined_box");
  return null;
}

function cancelText(order: Order): string {
  const reason = order.cancel_reason ?? "";
  if (reason.startsWith("shopper")) return say("state_cancelled_shopper");
  if (reason.startsWith("payment")) return say("state_cancelled_payment");
  return declinedText(order) ?? say("state_cancelled_other");
}

/** Sold from what core had set aside before it was away: no payment clock runs yet. */
function isPromised(order: Order): boolean {
  return order.status === "open" && order.reserved_until === null;
}

/** Whether core has the order, and with it the personal part that it can read back. */
export function isTaken(order: Order): boolean {
  return (
    order.status !== "pending_acceptance" && !isPromised(order) && declinedText(order) === null
  );
}

/** Where an order stands, for people. */
export function describe(order: Order): Words {
  const refunded = order.payment_status === "refunded" ? ` ${say("state_refunded")}` : "";
  const words = (title: string, text: string, needsChallenge = false): Words => ({
    title,
    text: text + refunded,
    needsChallenge,
  });
  const time = { time: "{time}" };
  switch (order.status) {
    case "pending_acceptance":
      return words(say("state_pending_acceptance"), say("state_pending_acceptance_text"));
    case "open":
      if (isPromised(order)) {
        return words(say("state_promised"), say("state_promised_text"));
      }
      return order.payment_action === "challenge"
        ? words(say("state_challenge"), say("state_challenge_text", time), true)
        : words(say("state_open"), say("state_open_text", time));
    case "confirmed":
      return words(say("state_confirmed"), say("state_confirmed_text"));
    case "completed":
      return words(say("state_completed"), say("state_completed_text"));
    case "expired":
      return words(say("state_expired"), say("state_expired_text"));
    case "cancelled":
      return words(say("state_cancelled"), cancelText(order));
  }
}

/** Whether nothing can change any more. */
export function isFinal(order: Order): boolean {
  return ["completed", "expired", "cancelled"].includes(order.status);
}

/** "14:05", never below "0:00". */
export function timeLeft(order: Pick<Order, "reserved_until">, nowMs: number): string {
  const endMs = order.reserved_until === null ? nowMs : Date.parse(order.reserved_until);
  const seconds = Math.max(0, Math.ceil((endMs - nowMs) / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

import { v7 as uuidv7 } from "uuid";

import { Refusal, Unanswered, call } from "../api/client";
import { serverNowMs, timestamp } from "../api/clock";
import type { Destination, OrderRequest, PlacedOrder, Quote } from "../api/types";
import { makeReplyKey, publicJwk, seal } from "../seal/box";
import { currentSealingKey } from "../seal/calls";
import { clearHash } from "../seal/canonical";
import { sleep } from "../ui/dom";
import { type CartLine, emptyCart } from "./cart";
import type { Entries } from "./checks";
import { type Attempt, forgetAttempt, keepAttempt, keepOrder } from "./records";
import type { AccountSession } from "./session";

const BOX_LIFETIME_MS = 24 * 60 * 60_000;
const TRIES_MAX = 5;
const WAIT_FIRST_MS = 1_000;
const WAIT_MAX_MS = 10_000;

export function destinationOf(entries: Pick<Entries, "country" | "region" | "postal">): Destination {
  return { country: entries.country, region: entries.region, postal_code: entries.postal };
}

export interface Buyer {
  entries: Entries;
  account: AccountSession | null; // null: a guest
  locale: string;
}

/** Everything personal, as docs/reference/sealed-box.md has it. */
export async function boxText(
  { entries, account, locale }: Buyer,
  clear: OrderRequest,
  idempotencyKey: string,
  replyKey: CryptoKeyPair,
): Promise<string> {
  return JSON.stringify({
    v: 1,
    purpose: "order",
    idempotency_key: idempotencyKey,
    clear_hash: await clearHash(clear),
    expires_at: timestamp(serverNowMs() + BOX_LIFETIME_MS),
    locale,
    customer: { name: entries.name, email: entries.email, phone: entries.phone },
    shipping_address: {
      name: entries.recipient,
      line1: entries.line1,
      line2: entries.line2,
      city: entries.city,
      region: entries.region,
      postal_code: entries.postal,
      country: entries.country,
    },
    payment: entries.payment,
    reply_key: await publicJwk(replyKey),
    ...(account === null ? {} : { account: { session: account.session } }),
  });
}

/** Seals the order and keeps it, so that it survives a reload until the shop has answered. */
export async function prepareAttempt(
  buyer: Buyer,
  lines: CartLine[],
  quote: Quote,
  shippingMethod: string,
): Promise<Attempt> {
  // A session is good with its own key alone; guests have a key for each order.
  const replyKey = buyer.account?.reply_key ?? (await makeReplyKey());
  const idempotencyKey = uuidv7(); // begins with the time: orders of one time stand together in core
  const request: OrderRequest = {
    lines: lines.map(({ variant_id, quantity }) => ({ variant_id, quantity })),
    quote_id: quote.id,
    destination: destinationOf(buyer.entries),
    shipping_method: shippingMethod,
    total: quote.total,
    sealed: "",
  };
  const recipient = await currentSealingKey();
  const text = await boxText(buyer, request, idempotencyKey, replyKey);
  request.sealed = await seal(text, recipient);
  const attempt: Attempt = {
    idempotency_key: idempotencyKey,
    body: JSON.stringify(request),
    reply_key: replyKey,
    lines: lines.map(({ variant_id, product }) => ({ variant_id, product })),
    started_ms: Date.now(),
  };
  await keepAttempt(attempt);
  return attempt;
}

async function sendOnce(attempt: Attempt): Promise<PlacedOrder> {
  const response = await call("/orders", {
    method: "POST",
    cache: "no-store",
    headers: { "Content-Type": "application/json", "Idempotency-Key": attempt.idempotency_key },
    body: attempt.body,
  });
  try {
    return (await response.json()) as PlacedOrder;
  } catch (error) {
    throw new Unanswered(String(error));
  }
}

/** The shop's answer to the attempt; asks again, with the same bytes, while there is none. */
async function answerTo(attempt: Attempt, onWait: () => void): Promise<PlacedOrder> {
  for (let tries = 1; ; ++tries) {
    try {
      return await sendOnce(attempt);
    } catch (error) {
      const isOpen = error instanceof Unanswered || (error instanceof Refusal && error.isTemporary);
      if (!isOpen || tries === TRIES_MAX) throw error;
      const asked = error instanceof Refusal ? error.retryAfterS * 1000 : 0;
      const backoff = WAIT_FIRST_MS * 2 ** (tries - 1);
      onWait();
      await sleep(Math.min(WAIT_MAX_MS, Math.max(asked, backoff)));
    }
  }
}

/**
 * Sends the attempt until the shop answers. A refusal for good forgets it; while the answer is
 * open it is kept, to be sent again later. It is forgotten only when the order is on record here.
 */
export async function sendAttempt(attempt: Attempt, onWait: () => void): Promise<PlacedOrder> {
  let order: PlacedOrder;
  try {
    order = await answerTo(attempt, onWait);
  } catch (error) {
    if (error instanceof Refusal && !error.isTemporary) await forgetAttempt();
    throw error;
  }
  await keepOrder({
    id: order.id,
    access_token: order.access_token,
    reply_key: attempt.reply_key,
    lines: attempt.lines,
    placed_ms: attempt.started_ms,
  });
  await forgetAttempt();
  emptyCart();
  return order;
}

import type { JWK } from "jose";
import { Unanswered, call } from "../api/client";
import { serverNowMs, timestamp } from "../api/clock";
import type { Money, Order } from "../api/types";
import { base64url } from "./canonical";
import { open, publicJwk, seal } from "./box";

const CALL_LIFETIME_MS = 5 * 60_000;
const NONCE_BYTES = 24;

/** The key to seal to now. Never from a cache: an old key costs the shopper a failed order. */
export async function currentSealingKey(): Promise<JWK & { kid: string }> {
  const response = await call("/sealing-keys", { cache: "no-store" });
  const set = (await response.json()) as { keys?: JWK[] };
  const key = set.keys?.[0];
  if (key?.kty !== "EC" || key.crv !== "P-256" || key.kid === undefined) {
    throw new Unanswered("the shop has no sealing key that this page can use");
  }
  return { ...key, kid: key.kid };
}

/** What an order's shopper keeps in this browser. */
export interface OrderAccess {
  id: string;
  access_token: string;
  reply_key: CryptoKeyPair;
}

export interface ShippingAddress {
  name?: string;
  line1: string;
  line2?: string;
  city: string;
  region?: string;
  postal_code?: string;
  country: string;
}

export interface OrderDetails {
  order?: Partial<OrderLines>;
  lines?: OrderLines["lines"];
  customer: { name: string; email: string; phone: string };
  shipping_address: ShippingAddress;
}
interface OrderLines {
  lines: { variant_id: string; title?: string; quantity: number; line_total: Money }[];
}

/** The `result` of a call that only the private zone reads, answered to `replyKey` alone. */
export async function sealedCall(
  method: string,
  params: object,
  replyKey: CryptoKeyPair,
): Promise<unknown> {
  const key = await currentSealingKey();
  const text = JSON.stringify({
    v: 1,
    purpose: "call",
    method,
    params,
    reply_key: await publicJwk(replyKey),
    nonce: base64url(crypto.getRandomValues(new Uint8Array(NONCE_BYTES))),
    expires_at: timestamp(serverNowMs() + CALL_LIFETIME_MS),
  });
  const response = await call("/sealed", {
    method: "POST",
    cache: "no-store",
    headers: { "Content-Type": "application/jose" },
    body: await seal(text, key),
  });
  const answer = await open((await response.text()).trim(), replyKey.privateKey);
  if (typeof answer !== "object" || answer === null || !("result" in answer)) {
    throw new Unanswered("the shop's sealed answer has no result");
  }
  return answer.result;
}

function orderCall(
  method: "order.read" | "order.cancel" | "payment.challenge",
  access: OrderAccess,
  more: Record<string, string> = {},
): Promise<unknown> {
  const params = { order_id: access.id, access_token: access.access_token, ...more };
  return sealedCall(method, params, access.reply_key);
}

export async function readOrder(access: OrderAccess): Promise<OrderDetails> {
  return (await orderCall("order.read", access)) as OrderDetails;
}

export async function cancelOrder(access: OrderAccess): Promise<void> {
  await orderCall("order.cancel", access);
}

export async function answerChallenge(access: OrderAccess, code: string): Promise<Order | null> {
  const result = await orderCall("payment.challenge", access, { code });
  const isOrder = typeof result === "object" && result !== null && "status" in result;
  return isOrder ? (result as Order) : null;
}

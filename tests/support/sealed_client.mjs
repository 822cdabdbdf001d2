// Boxes of docs/reference/sealed-box.md, made and opened by jose: what bad_input.mjs and
// account_client.mjs send to a shop.

import { createHash } from "node:crypto";
import { CompactEncrypt, compactDecrypt, exportJWK, generateKeyPair, importJWK } from "jose";

export const base64url = (bytes) => Buffer.from(bytes).toString("base64url");
export const inFuture = (ms) => new Date(Date.now() + ms).toISOString().replace(/\.\d+Z$/, "Z");

export async function newReplyKey() {
  const pair = await generateKeyPair("ECDH-ES", { crv: "P-256", extractable: true });
  return { jwk: await exportJWK(pair.publicKey), privateKey: pair.privateKey };
}

// RFC 8785 form of an order's clear part.
export function clearHash(order) {
  const text = JSON.stringify({
    currency: order.total.currency,
    destination: {
      country: order.destination.country,
      postal_code: order.destination.postal_code ?? "",
      region: order.destination.region ?? "",
    },
    lines: order.lines.map((line) => ({ quantity: line.quantity, variant_id: line.variant_id })),
    shipping_method: order.shipping_method,
    total: order.total.amount,
  });
  return base64url(createHash("sha256").update(text).digest());
}

/** `plain` is what goes into the box: an object, or a text as it is. */
export async function seal(plain, recipient, { header = {}, pad = true } = {}) {
  let text = typeof plain === "string" ? plain : JSON.stringify(plain);
  if (pad) text = text.padEnd(text.length + (1024 - (Buffer.byteLength(text) % 1024)) % 1024, " ");
  const key = await importJWK(recipient, "ECDH-ES");
  return new CompactEncrypt(new TextEncoder().encode(text))
    .setProtectedHeader({ alg: "ECDH-ES", enc: "A256GCM", kid: recipient.kid, ...header })
    .encrypt(key);
}

export async function open(box, replyKey) {
  const { plaintext } = await compactDecrypt(box, replyKey.privateKey);
  return JSON.parse(new TextDecoder().decode(plaintext));
}

import { CompactEncrypt, compactDecrypt, importJWK, type JWK } from "jose";

const PADDING_STEP_BYTES = 1024;
const PADDING_BYTE = 0x20;

/** A public P-256 key, with nothing else in it. */
export interface PublicJwk {
  kty: "EC";
  crv: "P-256";
  x: string;
  y: string;
}

/** The text's UTF-8 bytes with spaces behind them, up to a multiple of 1 KiB. */
export function padded(text: string): Uint8Array {
  const bytes = new TextEncoder().encode(text);
  const steps = Math.max(1, Math.ceil(bytes.length / PADDING_STEP_BYTES));
  const result = new Uint8Array(steps * PADDING_STEP_BYTES).fill(PADDING_BYTE);
  result.set(bytes);
  return result;
}

/** Seals a JSON text to a key of the shop. */
export async function seal(text: string, recipient: JWK & { kid: string }): Promise<string> {
  const key = await importJWK(recipient, "ECDH-ES");
  return new CompactEncrypt(padded(text))
    .setProtectedHeader({ alg: "ECDH-ES", enc: "A256GCM", kid: recipient.kid })
    .encrypt(key);
}

/** Opens the shop's answer with the private half of a reply key. */
export async function open(box: string, replyKey: CryptoKey): Promise<unknown> {
  const { plaintext } = await compactDecrypt(box, replyKey, {
    keyManagementAlgorithms: ["ECDH-ES"],
    contentEncryptionAlgorithms: ["A256GCM"],
  });
  return JSON.parse(new TextDecoder().decode(plaintext)) as unknown;
}

/** A pair whose private half never leaves this browser: it cannot be exported. */
export async function makeReplyKey(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey({ name: "ECDH", namedCurve: "P-256" }, false, ["deriveBits"]);
}

export async function publicJwk(pair: CryptoKeyPair): Promise<PublicJwk> {
  const { x, y } = await crypto.subtle.exportKey("jwk", pair.publicKey);
  if (x === undefined || y === undefined) {
    throw new Error("the reply key has no coordinates");
  }
  return { kty: "EC", crv: "P-256", x, y };
}

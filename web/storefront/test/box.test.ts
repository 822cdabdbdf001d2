import { calculateJwkThumbprint, compactDecrypt, exportJWK, generateKeyPair } from "jose";
import { expect, test } from "vitest";
import { makeReplyKey, open, padded, publicJwk, seal } from "../src/seal/box";

test.each([
  [0, 1024],
  [1, 1024],
  [1024, 1024],
  [1025, 2048],
  [5000, 5120],
])("a text of %d bytes is padded to %d", (length, expected) => {
  const bytes = padded("x".repeat(length));
  expect(bytes.length).toBe(expected);
  expect(new TextDecoder().decode(bytes).trimEnd().length).toBe(length);
});

test("padding counts bytes, not characters", () => {
  expect(padded("é".repeat(512)).length).toBe(1024);
  expect(padded(`${"é".repeat(512)}x`).length).toBe(2048);
});

test("a sealed box is ECDH-ES on P-256 with A256GCM and opens again", async () => {
  const shop = await generateKeyPair("ECDH-ES", { crv: "P-256", extractable: true });
  const jwk = await exportJWK(shop.publicKey);
  const kid = await calculateJwkThumbprint(jwk);
  const box = await seal('{"name":"Sari Déwi"}', { ...jwk, kid });
  const { plaintext, protectedHeader } = await compactDecrypt(box, shop.privateKey);
  expect(new TextDecoder().decode(plaintext).trimEnd()).toBe('{"name":"Sari Déwi"}');
  expect(Object.keys(protectedHeader).sort()).toEqual(["alg", "enc", "epk", "kid"]);
  expect(protectedHeader).toMatchObject({ alg: "ECDH-ES", enc: "A256GCM", kid });
});

test("answers to a reply key open, and its private half cannot be taken out", async () => {
  const pair = await makeReplyKey();
  const jwk = await publicJwk(pair);
  expect(Object.keys(jwk)).toEqual(["kty", "crv", "x", "y"]);
  const box = await seal('{"result":{"a":1}}', { ...jwk, kid: "reply" });
  expect(await open(box, pair.privateKey)).toEqual({ result: { a: 1 } });
  await expect(crypto.subtle.exportKey("jwk", pair.privateKey)).rejects.toThrow();
  const other = await makeReplyKey();
  await expect(open(box, other.privateKey)).rejects.toThrow();
});

// Shopper tokens that core did not sign so: every one must be refused, and the good one must be taken
// before and afterwards.
//
// Usage: node shopper_tokens.mjs <edge http address> <good token> <public key, base64url> <count> <seed>

import { strict as assert } from "node:assert";
import { createHmac, createPublicKey, generateKeyPairSync, sign } from "node:crypto";
import { Agent, get } from "node:http";

const [base, good, publicKey, count, seed] = process.argv.slice(2);
const AT_ONCE = 16;
const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
const [header, payload, signature] = good.split(".");
const decoded = (part) => JSON.parse(Buffer.from(part, "base64url"));
const encoded = (value) => Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");
const stranger = generateKeyPairSync("ed25519");
const strangersKey = stranger.publicKey.export({ format: "jwk" });

let state = Number(seed) >>> 0;
/** Mulberry32: the same numbers for the same seed. */
function below(limit) {
  state = (state + 0x6d2b79f5) >>> 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) % limit;
}
const one = (list) => list[below(list.length)];
const letters = (length) => Array.from({ length }, () => one("abcdefghijkLMNOPQRSTuvwxyz0123456789-_")).join("");

const bySomebody = (input) => sign(null, Buffer.from(input), stranger.privateKey).toString("base64url");
const byMac = (secret) => (input) => createHmac("sha256", secret).update(input).digest("base64url");
const signed = (head, body, signer) => {
  const input = `${encoded(head)}.${encoded(body)}`;
  return `${input}.${signer(input)}`;
};

function replaced(text, index, characters) {
  const other = [...characters].filter((character) => character !== text[index]);
  return text.slice(0, index) + one(other) + text.slice(index + 1);
}
const BASE64URL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const PRINTABLE = Array.from({ length: 94 }, (_, i) => String.fromCharCode(33 + i)).join("");

const changedHeader = () =>
  one([
    { ...decoded(header), alg: one(["none", "None", "HS256", "ES256", "RS256", "Ed25519", letters(5)]) },
    { ...decoded(header), kid: one([strangersKey.x, letters(43), ""]) },
    { ...decoded(header), typ: one(["JWT", letters(9)]) },
    { ...decoded(header), jwk: strangersKey },
    { ...decoded(header), [letters(3)]: letters(8) },
  ]);
const changedPayload = () => {
  const claims = decoded(payload);
  return one([
    { ...claims, aud: one([letters(10), `${claims.aud}x`, [claims.aud]]) },
    { ...claims, exp: claims.exp + 1 + below(1e6) },
    { ...claims, iat: claims.iat - 1 - below(200) },
    { ...claims, sub: letters(22) },
    { ...claims, [letters(3)]: letters(8) },
  ]);
};
const spki = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: publicKey }, format: "jwk" });
const MAC_SECRETS = [
  publicKey,
  Buffer.from(publicKey, "base64url"),
  spki.export({ type: "spki", format: "pem" }),
  spki.export({ type: "spki", format: "der" }),
];

const KINDS = {
  "one character": () => replaced(good, below(good.length), BASE64URL),
  "one byte": () => replaced(good, below(good.length), PRINTABLE),
  "last character": () => replaced(good, good.length - 1, BASE64URL),
  "cut short": () => good.slice(0, below(good.length)),
  "longer": () => one([`${good}${letters(1 + below(2000))}`, `${good}.${letters(5)}`, `.${good}`, `${good}==`]),
  "parts moved": () => one([`${payload}.${header}.${signature}`, `${header}..${signature}`, `${header}.${payload}.`, `${header}.${payload}`]),
  "other header, same signature": () => `${encoded(changedHeader())}.${payload}.${signature}`,
  "other claims, same signature": () => `${header}.${encoded(changedPayload())}.${signature}`,
  "other signature": () => `${header}.${payload}.${letters(one([86, 86, 85, 87, 43]))}`,
  "another's signature": () => signed(decoded(header), decoded(payload), bySomebody),
  "another's signature and kid": () => signed({ ...decoded(header), kid: strangersKey.x }, decoded(payload), bySomebody),
  "another's signature, other claims": () => signed(decoded(header), changedPayload(), bySomebody),
  "alg none": () => `${encoded({ ...decoded(header), alg: "none" })}.${encoded(one([decoded(payload), changedPayload()]))}.${one(["", signature])}`,
  "HS256 by the public key": () => signed({ ...decoded(header), alg: "HS256" }, one([decoded(payload), changedPayload()]), byMac(one(MAC_SECRETS))),
  "EdDSA by a MAC": () => signed(decoded(header), decoded(payload), byMac(one(MAC_SECRETS))),
};

function ask(token) {
  return new Promise((resolve, reject) => {
    const request = get(`${base}/store/v1/shopper`, { agent, headers: { authorization: `Bearer ${token}` } }, (answer) => {
      let text = "";
      answer.setEncoding("utf8");
      answer.on("data", (chunk) => (text += chunk));
      answer.on("end", () => resolve({ status: answer.statusCode, body: JSON.parse(text) }));
    });
    request.on("error", reject);
  });
}

async function isTaken() {
  const { status, body } = await ask(good);
  assert.equal(status, 200, JSON.stringify(body));
  assert.deepEqual(Object.keys(body).sort(), ["expires_at", "pseudonym"]);
  assert.equal(body.pseudonym, decoded(payload).sub);
  assert.equal(Date.parse(body.expires_at), decoded(payload).exp * 1000);
}

await isTaken();
const kinds = Object.keys(KINDS);
let sent = 0;
async function askOn() {
  while (sent < Number(count)) {
    const kind = kinds[sent++ % kinds.length];
    const token = KINDS[kind]();
    assert.notEqual(token, good, kind);
    const { status, body } = await ask(token);
    assert.equal(`${status} ${body.code}`, "401 shopper_token_invalid", `${kind}: ${token}`);
  }
}
await Promise.all(Array.from({ length: AT_ONCE }, askOn));
await isTaken();
agent.destroy();
console.log(`${sent} tokens of ${kinds.length} kinds were refused`);

// A client of the calls of docs/reference/account-calls.md, and of orders that name a session. Reply keys
// are extractable and kept in memory, one for each "browser".

import { createHash, generateKeyPairSync, randomBytes } from "node:crypto";
import { base64url, clearHash, inFuture, newReplyKey, open, seal } from "./sealed_client.mjs";

const DESTINATION = { country: "ID", region: "ID-JK", postal_code: "10110" };
const PERSON = { name: "Sari Uji", email: "sari@example.org", phone: "+62 812 0000 0000" };
const APPROVED = { provider: "sandbox", token: "tok_approve" };
const ADDRESS = { name: "Sari Uji", line1: "Jalan Uji 1", line2: "", city: "Jakarta", ...DESTINATION };

/** A refusal, or what else is no answer: problem+json with a code, but for faults. */
export class Refused extends Error {
  constructor(status, problem, retryAfter) {
    super(`${status} ${problem.code}: ${problem.detail}`);
    Object.assign(this, { status, code: problem.code, detail: problem.detail, retryAfter });
  }
}

async function answered(answer) {
  const text = await answer.text();
  if (answer.ok) return text;
  const isProblem = answer.headers.get("content-type")?.startsWith("application/problem+json");
  const problem = isProblem ? JSON.parse(text) : { code: "no_problem_json", detail: text.slice(0, 200) };
  throw new Refused(answer.status, problem, answer.headers.get("retry-after"));
}

export class Shop {
  static async at(base) {
    const shop = new Shop();
    shop.store = `${base}/store/v1`;
    const keySet = await (await fetch(`${shop.store}/sealing-keys`)).json();
    shop.recipient = keySet.keys[0];
    return shop;
  }

  async newBrowser() {
    const browser = new Browser();
    Object.assign(browser, { shop: this, replyKey: await newReplyKey() });
    return browser;
  }

  post(path, body, headers) {
    const send = () => fetch(this.store + path, { method: "POST", headers, body });
    // A kept connection may have been closed just then. The same bytes again: a box that was taken is
    // answered "nonce_used", and an order its first answer.
    return send()
      .catch((error) => (error.message === "fetch failed" ? send() : Promise.reject(error)))
      .then(answered);
  }

  /** One unit of a variant, with its price: what every order here asks for. */
  async clearPart(sku) {
    if (this.clear !== undefined) return this.clear;
    const products = await (await fetch(`${this.store}/products?limit=100`)).json();
    const variant = products.items.flatMap((one) => one.variants).find((one) => one.sku === sku);
    const ask = { lines: [{ variant_id: variant.id, quantity: 1 }], destination: DESTINATION };
    const type = { "content-type": "application/json" };
    const quoted = async (body) => JSON.parse(await this.post("/quotes", JSON.stringify(body), type));
    const method = (await quoted(ask)).shipping_offers[0].method;
    const { total } = await quoted({ ...ask, shipping_method: method });
    this.clear = { ...ask, shipping_method: method, total };
    return this.clear;
  }
}

class Browser {
  /** `changes` are of the box; `text` is the box's whole plain text instead. */
  async call(method, params, { changes = {}, text } = {}) {
    const plain = text ?? {
      v: 1,
      purpose: "call",
      method,
      params,
      reply_key: this.replyKey.jwk,
      nonce: base64url(randomBytes(18)),
      expires_at: inFuture(60e3),
      ...changes,
    };
    return this.send(await seal(plain, this.shop.recipient));
  }

  async send(box) {
    const answer = await this.shop.post("/sealed", box, { "content-type": "application/jose" });
    return (await open(answer, this.replyKey)).result;
  }

  /** Orders one unit of `sku`, as a guest where there is no session; `account` is all of the box's member. */
  async order({ sku, session, account, customer = PERSON, address = ADDRESS, payment = APPROVED }) {
    const clear = await this.shop.clearPart(sku);
    const key = `account-client-${base64url(randomBytes(12))}`;
    const box = {
      v: 1,
      purpose: "order",
      idempotency_key: key,
      clear_hash: clearHash(clear),
      expires_at: inFuture(3600e3),
      locale: "id",
      customer,
      shipping_address: { ...address, ...DESTINATION },
      payment,
      reply_key: this.replyKey.jwk,
      account: account ?? (session && { session }), // undefined is left out
    };
    const body = JSON.stringify({ ...clear, sealed: await seal(box, this.shop.recipient) });
    const headers = { "content-type": "application/json", "idempotency-key": key };
    return JSON.parse(await this.shop.post("/orders", body, headers));
  }

  /** Adds a passkey as an authenticator would that attests nothing (WebAuthn, "none"). */
  async addPasskey({ session, password, label, origin }) {
    const asked = await this.call("account.passkey_registration_options", { session, password });
    const { challenge, rp } = asked.options;
    const client = { type: "webauthn.create", challenge, origin, crossOrigin: false };
    return this.call("account.add_passkey", {
      session,
      label,
      client_data_json: base64url(JSON.stringify(client)),
      attestation_object: base64url(attestation(rp.id)),
    });
  }
}

function attestation(relyingParty) {
  const { x, y } = generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey.export({ format: "jwk" });
  const bytes = (hex) => Buffer.from(hex, "hex");
  const coordinate = (label, value) => [bytes(label), bytes("5820"), Buffer.from(value, "base64url")];
  const authenticatorData = Buffer.concat([
    createHash("sha256").update(relyingParty).digest(),
    bytes("45"), // user present and verified, credential attached
    Buffer.alloc(4 + 16), // signature count, kind of authenticator
    bytes("0010"),
    randomBytes(16), // the credential's id
    bytes("a5010203262001"), // COSE: EC2, ES256, P-256
    ...coordinate("21", x),
    ...coordinate("22", y),
  ]);
  const text = (words) => Buffer.concat([Buffer.from([0x60 | words.length]), Buffer.from(words)]);
  return Buffer.concat([
    bytes("a3"),
    text("fmt"),
    text("none"),
    text("attStmt"),
    bytes("a0"),
    text("authData"),
    Buffer.from([0x58, authenticatorData.length]),
    authenticatorData,
  ]);
}

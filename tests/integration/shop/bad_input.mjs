// Every kind of bad input of the order path against a running shop: each row gets its problem+json
// with a stable code. The driver (bad_input_test.py) checks that nothing was written.
//
// Usage: node bad_input.mjs <edge http address>

import { strict as assert } from "node:assert";
import { randomBytes } from "node:crypto";
import { seal as sealTo, base64url, clearHash, inFuture, newReplyKey } from "./sealed_client.mjs";

const base = process.argv[2];
const store = `${base}/store/v1`;
const products = await (await fetch(`${store}/products?limit=100`)).json();
const variants = products.items.flatMap((product) => product.variants);
const variant = variants.find((one) => one.availability === "in_stock");
const other = variants.find((one) => one.availability === "in_stock" && one.id !== variant.id);
const keySet = await (await fetch(`${store}/sealing-keys`)).json();
const destination = { country: "ID", region: "ID-JK", postal_code: "10110" };
const replyKey = (await newReplyKey()).jwk;

const newKey = () => `bad-input-${base64url(randomBytes(12))}`;

async function quote(lines) {
  const answer = await fetch(`${store}/quotes`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ lines, destination, shipping_method: method }),
  });
  assert.equal(answer.status, 200, await answer.clone().text());
  return answer.json();
}

const offers = await (async () => {
  const answer = await fetch(`${store}/quotes`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ lines: [{ variant_id: variant.id, quantity: 1 }], destination }),
  });
  return (await answer.json()).shipping_offers;
})();
const method = offers[0].method;
const lines = [{ variant_id: variant.id, quantity: 1 }];
const { total } = await quote(lines);

function orderBox(key, order, changes = {}) {
  return {
    v: 1,
    purpose: "order",
    idempotency_key: key,
    clear_hash: clearHash(order),
    expires_at: inFuture(3600e3),
    locale: "id",
    customer: { name: "Sari Uji", email: "sari@example.org", phone: "+62 812 0000 0000" },
    shipping_address: { line1: "Jalan Uji 1", city: "Jakarta", ...destination },
    payment: { provider: "sandbox", token: "tok_approve" },
    reply_key: replyKey,
    ...changes,
  };
}

const seal = (plain, { recipient = keySet.keys[0], ...options } = {}) =>
  sealTo(plain, recipient, options);

// A valid order, changed by the row.
async function order({ key = newKey(), body = {}, box = {}, sealing = {}, sealed } = {}) {
  const clear = { lines, destination, shipping_method: method, total };
  return {
    key,
    body: {
      ...clear,
      sealed: sealed ?? (await seal(orderBox(key, clear, box), sealing)),
      ...body,
    },
  };
}

async function post(path, { key, body, headers = {} }) {
  const type = { "content-type": "application/json" };
  const idempotency = key === undefined ? {} : { "idempotency-key": key };
  const answer = await fetch(store + path, {
    method: "POST",
    headers: { ...type, ...idempotency, ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  return { status: answer.status, type: answer.headers.get("content-type"), text: await answer.text() };
}

let failures = 0;
function check(name, answer, status, code) {
  let problem = {};
  try {
    problem = JSON.parse(answer.text);
  } catch {
    /* reported below */
  }
  const good =
    answer.status === status &&
    problem.code === code &&
    answer.type?.startsWith("application/problem+json") &&
    !/\.cpp|terminate|stack|0x[0-9a-f]{6}/i.test(answer.text);
  if (!good) failures += 1;
  console.log(`${good ? "ok  " : "FAIL"} ${name}: ${answer.status} ${problem.code ?? answer.text.slice(0, 200)}`);
  if (!good) console.log(`     wanted ${status} ${code}; got ${answer.text.slice(0, 400)}`);
}

// ---- what the edge decides by itself
const line = (change) => ({ lines: [{ ...lines[0], ...change }] });
const invalid = "invalid_request";
const clearRows = [
  ["malformed JSON", "{", 400, "malformed_json"],
  ["not an object", "[]", 400, invalid],
  ["trailing bytes", async () => `${JSON.stringify((await order()).body)} x`, 400, "malformed_json"],
  ["duplicate member", '{"lines":[],"lines":[]}', 400, "malformed_json"],
  ["deep nesting", "[".repeat(5000), 400, "malformed_json"],
  ["no lines", { lines: [] }, 400, invalid],
  ["lines of a wrong type", { lines: "all" }, 400, invalid],
  ["unknown member", { colour: "red" }, 400, invalid],
  ["unknown member of a line", line({ price: 1 }), 400, invalid],
  ["quantity 0", line({ quantity: 0 }), 400, invalid],
  ["negative quantity", line({ quantity: -1 }), 400, invalid],
  ["huge quantity", line({ quantity: 1e9 }), 400, invalid],
  ["quantity over 64 bits", line({ quantity: 1e30 }), 400, invalid],
  ["fractional quantity", line({ quantity: 1.5 }), 400, invalid],
  ["quantity as text", line({ quantity: "1" }), 400, invalid],
  ["variant id of another kind", line({ variant_id: "ord_abc" }), 400, invalid],
  ["total without currency", { total: { amount: 1 } }, 400, invalid],
  ["negative total", { total: { amount: -1, currency: "IDR" } }, 400, invalid],
  ["currency in lower case", { total: { amount: 1, currency: "idr" } }, 400, invalid],
  ["destination without country", { destination: {} }, 400, invalid],
  ["country that is none", { destination: { country: "Indonesia" } }, 400, invalid],
  ["sealed missing", { sealed: undefined }, 400, invalid],
  ["sealed is not a box", { sealed: "garbage" }, 422, "box_malformed"],
];
for (const [name, change, status, code] of clearRows) {
  const raw = typeof change === "function" ? await change() : change;
  const request = typeof raw === "string" ? { key: newKey(), body: raw } : await order({ body: raw });
  check(name, await post("/orders", request), status, code);
}
check("no Idempotency-Key", await post("/orders", { body: (await order()).body }), 400, "idempotency_key_missing");
check("body over 64 KiB", await post("/orders", { key: newKey(), body: " ".repeat(70_000) }), 413, "body_too_large");
check(
  "wrong content type",
  await post("/orders", { ...(await order()), headers: { "content-type": "text/plain" } }),
  415,
  "unsupported_media_type",
);

// ---- what needs catalog and prices
{
  const key = newKey();
  const clear = { ...line({ variant_id: "var_aaaaaaaaaaaaaaaaaaaaaaaa" }), destination, shipping_method: method, total };
  check("unknown variant", await post("/orders", { key, body: { ...clear, sealed: await seal(orderBox(key, clear)) } }), 422, "unknown_variant");
}
check("unknown coupon in a quote", await post("/quotes", { body: { lines, coupon: "HEMAT" } }), 422, "unknown_coupon");
check("unknown shipping method", await post("/quotes", { body: { lines, destination, shipping_method: "rocket" } }), 422, "shipping_method_unknown");
check("the same variant twice", await post("/quotes", { body: { lines: [...lines, ...lines] } }), 422, "duplicate_line");

// ---- what only core can decide
const withTotal = { total: { ...total, amount: total.amount + 1 } };
{
  const key = newKey();
  const clear = { lines, destination, shipping_method: method, ...withTotal };
  const body = { ...clear, sealed: await seal(orderBox(key, clear)) };
  check("another price, honestly sealed", await post("/orders", { key, body }), 409, "price_changed");
}
{
  const key = newKey();
  const usd = { lines, destination, shipping_method: method, total: { amount: total.amount, currency: "USD" } };
  check("another currency", await post("/orders", { key, body: { ...usd, sealed: await seal(orderBox(key, usd)) } }), 422, "mixed_currencies");
}
check("box with other lines", await post("/orders", await order({ body: { lines: [{ variant_id: other.id, quantity: 1 }] } })), 422, "box_clear_mismatch");
check("box with another total", await post("/orders", await order({ body: withTotal })), 422, "box_clear_mismatch");
check("box with another destination", await post("/orders", await order({ body: { destination: { ...destination, postal_code: "60111" } } })), 422, "box_clear_mismatch");
check("box for another key", await post("/orders", { ...(await order()), key: newKey() }), 422, "box_idempotency_key_mismatch");
check("expired box", await post("/orders", await order({ box: { expires_at: inFuture(-1000) } })), 422, "box_expired");
check("box that lives too long", await post("/orders", await order({ box: { expires_at: inFuture(80 * 3600e3) } })), 422, "box_field_invalid");
check("call box as order box", await post("/orders", await order({ box: { purpose: "call" } })), 422, "box_purpose");
check("address elsewhere", await post("/orders", await order({ box: { shipping_address: { line1: "x", city: "x", country: "SG" } } })), 422, "box_destination_mismatch");
check("bad e-mail", await post("/orders", await order({ box: { customer: { name: "x", email: "x", phone: "+62 812 345" } } })), 422, "box_field_invalid");
check("unknown member in the box", await post("/orders", await order({ box: { note: "hi" } })), 422, "box_field_invalid");
{
  const stranger = (await newReplyKey()).jwk;
  const recipient = { ...stranger, kid: "nobody" };
  check("box for an unknown key", await post("/orders", await order({ sealing: { recipient } })), 422, "box_unknown_key");
  const lying = { ...stranger, kid: keySet.keys[0].kid };
  check("box for a stranger under our kid", await post("/orders", await order({ sealing: { recipient: lying } })), 422, "box_unreadable");
}
check("box with A128GCM", await post("/orders", await order({ sealing: { header: { enc: "A128GCM" } } })), 422, "box_algorithm");
check("box with a wrapped key", await post("/orders", await order({ sealing: { header: { alg: "ECDH-ES+A256KW" } } })), 422, "box_malformed");
{
  const good = (await order()).body.sealed.split(".");
  const header = JSON.parse(Buffer.from(good[0], "base64url"));
  const withHeader = (change) => [base64url(JSON.stringify({ ...header, ...change })), ...good.slice(1)].join(".");
  check("compressed box", await post("/orders", await order({ sealed: withHeader({ zip: "DEF" }) })), 422, "box_algorithm");
  check("RSA1_5 box", await post("/orders", await order({ sealed: withHeader({ alg: "RSA1_5" }) })), 422, "box_algorithm");
  check("PBES2 box", await post("/orders", await order({ sealed: withHeader({ alg: "PBES2-HS256+A128KW", p2c: 1e9 }) })), 422, "box_algorithm");
  const flipped = [...good];
  flipped[4] = (flipped[4][0] === "A" ? "B" : "A") + flipped[4].slice(1);
  check("box with a changed tag", await post("/orders", await order({ sealed: flipped.join(".") })), 422, "box_unreadable");
}
check("forged quote", await post("/orders", await order({ body: { quote_id: "q1.eyJ9.AAAA" } })), 422, "quote_invalid");

// ---- a stolen access token: one real order, its token, another person's reply key
const mine = await order();
const placed = await post("/orders", mine);
assert.equal(placed.status, 201, placed.text);
const { id, access_token } = JSON.parse(placed.text);
check("the key again with another body", await post("/orders", { key: mine.key, body: (await order()).body }), 422, "idempotency_key_reused");
const replayed = await post("/orders", mine);
assert.equal(replayed.status, 201);
assert.equal(JSON.parse(replayed.text).id, id, "a replay answers as the first did");

async function call(methodName, params, { reply_key = replyKey, nonce = base64url(randomBytes(18)), expires_at = inFuture(60e3) } = {}) {
  const box = await seal({ v: 1, purpose: "call", method: methodName, params, reply_key, nonce, expires_at });
  return post("/sealed", { body: box, headers: { "content-type": "application/jose" } });
}
const thief = (await newReplyKey()).jwk;
check("stolen token, own reply key", await call("order.read", { order_id: id, access_token }, { reply_key: thief }), 403, "reply_key_mismatch");
check("wrong token", await call("order.read", { order_id: id, access_token: "oat_" + "A".repeat(32) }), 403, "access_token_invalid");
check("call box that expired", await call("order.read", { order_id: id, access_token }, { expires_at: inFuture(-1000) }), 422, "box_expired");
check("unknown method", await call("order.destroy", { order_id: id, access_token }), 422, "box_field_invalid");
check("sealed garbage", await post("/sealed", { body: "a.b.c.d.e", headers: { "content-type": "application/jose" } }), 422, "box_malformed");
{
  const nonce = base64url(randomBytes(18));
  const first = await call("order.read", { order_id: id, access_token }, { nonce });
  assert.equal(first.status, 200, first.text);
  check("a nonce twice", await call("order.read", { order_id: id, access_token }, { nonce }), 409, "nonce_used");
}
const bare = await fetch(`${store}/orders/${id}`);
check("order without token", { status: bare.status, type: bare.headers.get("content-type"), text: await bare.text() }, 401, "unauthenticated");

console.log(failures === 0 ? "every row as written" : `${failures} rows failed`);
process.exit(failures === 0 ? 0 : 1);

// What accounts.py asks for, a JSON object on a line, and is answered on a line: {"result"}, {"refused"} of
// the shop, or {"failed"}.
//
// Usage: node account_door.mjs <edge http address>

import { createInterface } from "node:readline";
import { Refused, Shop } from "./account_client.mjs";
import { seal } from "./sealed_client.mjs";

const shop = await Shop.at(process.argv[2]);
const browsers = new Map();

async function browser(name) {
  if (!browsers.has(name)) browsers.set(name, await shop.newBrowser());
  return browsers.get(name);
}

const ACTS = {
  call: (one, { method, params, changes, text }) => one.call(method, params, { changes, text }),
  send: (one, { box }) => one.send(box),
  seal: (_, { text, pad }) => seal(text, shop.recipient, { pad }),
  order: (one, { what }) => one.order(what),
  orders: async (one, { what, count }) => {
    const ids = [];
    while (ids.length < count) ids.push((await one.order(what)).id);
    return ids;
  },
  passkey: (one, { what }) => one.addPasskey(what),
};

for await (const line of createInterface({ input: process.stdin })) {
  const { act, browser: name, ...asked } = JSON.parse(line);
  let said;
  try {
    said = { result: await ACTS[act](await browser(name), asked) };
  } catch (error) {
    const { status, code, detail, retryAfter } = error;
    said = error instanceof Refused ? { refused: { status, code, detail, retryAfter } } : { failed: error.stack };
  }
  console.log(JSON.stringify(said));
}

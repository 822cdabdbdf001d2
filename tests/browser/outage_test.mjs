// Core goes away while people shop: what their order pages say meanwhile and afterwards.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { DESKTOP, PHONE, checkLayout, launch, newShopper, screenshot } from "./browser.mjs";
import * as shopping from "./shopping.mjs";

const BASE = process.env.SHOP_URL;
const OPERATOR = process.env.OPERATOR_URL; // run.py: it stops and starts core, and sells out
const SHOTS = process.env.SCREENSHOTS;
let browser;

before(async () => {
  browser = await launch();
});
after(async () => browser?.close());

async function operator(act) {
  const answer = await fetch(`${OPERATOR}/${act}`, { method: "POST" });
  assert.equal(answer.status, 200, await answer.text());
}

/** A shopper whose order needs only a last press of the button. */
async function atCheckout(locale, viewport, product) {
  const shopper = await newShopper(browser, { viewport });
  await shopper.page.goto(`${BASE}/${locale}/p/${product}`);
  await shopping.addToCart(shopper.page, 1);
  await shopping.goToCheckout(shopper.page);
  await shopping.fillCheckout(shopper.page, shopping.CARDS.approve);
  return shopper;
}

const title = (page) => page.textContent("[data-order-state]");
const text = (page) => page.textContent("[data-order-text]");

test("orders of an outage: on record, then placed or declined, id and en", { timeout: 240_000 }, async () => {
  const lucky = await atCheckout("id", PHONE, "kopi-arabika-gayo");
  const unlucky = await atCheckout("en", DESKTOP, "talenan-jati");
  const late = await atCheckout("en", PHONE, "kopi-arabika-gayo");
  const shot = (one, name) => screenshot(one.page, SHOTS, name);
  try {
    await operator("core-away");
    for (const [one, locale, said] of [
      [lucky, "id", "Pesanan tercatat"],
      [unlucky, "en", "Your order is on record"],
      [late, "en", "Your order is on record"],
    ]) {
      await shopping.placeOrder(one.page);
      await one.page.locator('[data-order-state="pending_acceptance"]').waitFor();
      assert.equal(await title(one.page), said);
      assert.ok((await text(one.page)).length > 20);
      await checkLayout(one.page);
      await shot(one, `outage-pending-${locale}-${one.page.viewportSize().width}`);
    }
    await late.page.reload();
    await late.page.locator('[data-order-state="pending_acceptance"]').waitFor();

    await operator("sell-out?handle=talenan-jati");
    await operator("core-back");
    await shopping.waitForState(lucky.page, "confirmed", "paid");
    await shopping.checkDetails(lucky.page);
    await shot(lucky, "outage-confirmed-id");
    await unlucky.page.locator('[data-order-state="cancelled"]').waitFor();
    assert.equal(
      await text(unlucky.page),
      "When we could check our stock, not enough was left. You were not charged.",
    );
    await checkLayout(unlucky.page);
    assert.equal(await unlucky.page.locator("[data-details]").count(), 0);
    await shot(unlucky, "outage-declined-en");
    await unlucky.page.goto(unlucky.page.url().replace("/en/", "/id/"));
    await unlucky.page.locator('[data-order-state="cancelled"]').waitFor();
    await shot(unlucky, "outage-declined-id");
    await shopping.waitForState(late.page, "confirmed", "paid");
    for (const { complaints } of [lucky, unlucky, late]) assert.deepEqual(complaints, []);
  } catch (error) {
    for (const one of [lucky, unlucky, late]) {
      await shot(one, "failed-outage").catch(() => undefined);
      console.error(`at ${one.page.url()}`, one.complaints);
    }
    throw error;
  } finally {
    for (const one of [lucky, unlucky, late]) await one.context.close();
  }
});

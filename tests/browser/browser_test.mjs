// Walks the shop as people do, in both languages; run.py starts the shop and says where it is.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { DESKTOP, PHONE, checkLayout, launch, newShopper, screenshot } from "./browser.mjs";
import * as shopping from "./shopping.mjs";

const BASE = process.env.SHOP_URL;
const SHOTS = process.env.SCREENSHOTS;
let browser;

before(async () => {
  browser = await launch();
});
after(async () => browser?.close());

/** A test with a shopper of its own, which ends without a word from the browser's console. */
function walk(name, options, steps) {
  test(name, { timeout: 120_000 }, async () => {
    const { context, page, complaints } = await newShopper(browser, options);
    const shot = (title) => screenshot(page, SHOTS, title);
    try {
      await steps(page, shot);
      assert.deepEqual(complaints, []);
    } catch (error) {
      await shot(`failed-${name.replace(/\W+/g, "-")}`).catch(() => undefined);
      console.error(`at ${page.url()}`, complaints);
      throw error;
    } finally {
      await context.close();
    }
  });
}

for (const [locale, viewport, card] of [
  ["id", PHONE, shopping.CARDS.approve],
  ["en", DESKTOP, shopping.CARDS.late],
]) {
  walk(`home to a paid order, ${locale}, ${viewport.width} px`, { viewport }, async (page, shot) => {
    await shopping.openHome(page, BASE, locale);
    await shot(`home-${locale}`);
    await shopping.chooseShirt(page);
    await shot(`product-${locale}`);
    await shopping.addToCart(page, 2);
    await shopping.goToCheckout(page);
    await shopping.fillCheckout(page, card);
    await shot(`checkout-${locale}`);
    await shopping.placeOrder(page);
    await shopping.waitForState(page, "confirmed", "paid");
    await shopping.checkDetails(page);
    await shopping.checkNothingKept(page);
    await shot(`order-${locale}`);
    await page.reload();
    await shopping.waitForState(page, "confirmed", "paid");
  });
}

walk("a challenge is answered; a wrong code first", { viewport: PHONE }, async (page, shot) => {
  await shopping.openHome(page, BASE, "id");
  await page.goto(`${BASE}/id/p/kopi-arabika-gayo`);
  await shopping.addToCart(page, 1);
  await shopping.goToCheckout(page);
  await shopping.fillCheckout(page, shopping.CARDS.challenge);
  await shopping.placeOrder(page);
  await page.locator("#challenge").fill("000000");
  await page.locator(".challenge button").click();
  await page.locator("#challenge-error:not(:empty)").waitFor();
  await shot("challenge-id");
  await page.locator("#challenge").fill("123456");
  await page.locator(".challenge button").click();
  await shopping.waitForState(page, "confirmed", "paid");
});

walk("a declined card cancels; so does the shopper", { viewport: DESKTOP }, async (page) => {
  for (const [card, status] of [
    [shopping.CARDS.decline, "failed"],
    [shopping.CARDS.challenge, "pending"],
  ]) {
    await page.goto(`${BASE}/en/p/talenan-jati`);
    await shopping.addToCart(page, 1);
    await shopping.goToCheckout(page);
    await shopping.fillCheckout(page, card);
    await shopping.placeOrder(page);
    if (status === "pending") {
      await page.locator("[data-cancel]").click();
      await page.locator(".order-actions .button-danger").click();
    }
    await page.locator('[data-order-state="cancelled"]').waitFor();
  }
});

walk("by keyboard alone, id", { viewport: DESKTOP }, async (page) => {
  await page.goto(`${BASE}/id/p/kotak-rempah-nusantara`);
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.className), "skip");
  await page.keyboard.press("Enter");
  await shopping.tabTo(page, ".add button[type=submit]");
  await page.keyboard.press("Enter");
  await shopping.tabTo(page, "[data-answer] a");
  await page.keyboard.press("Enter");
  await page.locator(".summary a.button").waitFor();
  await shopping.tabTo(page, ".summary a.button");
  await page.keyboard.press("Enter");
  await page.locator(".summary-lines").waitFor();
  for (const [field, value] of Object.entries(shopping.PERSON)) {
    await shopping.tabTo(page, `#${field}`);
    await page.keyboard.type(value);
  }
  await shopping.tabTo(page, "#region");
  await page.keyboard.type("DKI");
  await page.keyboard.press("Tab");
  await page.locator("[data-method]:not([hidden]) input:checked").waitFor();
  for (const [field, value] of [
    ["card", "4242424242424242"],
    ["expiry", "1230"],
    ["code", "123"],
  ]) {
    await shopping.tabTo(page, `#${field}`);
    await page.keyboard.type(value);
  }
  await shopping.tabTo(page, "#checkout button[type=submit]");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/orders\/ord_/);
  await shopping.waitForState(page, "confirmed", "paid");
});

walk("pressing again while an order is sent makes no second one", { viewport: DESKTOP }, async (page) => {
  let sent = 0;
  await page.route("**/store/v1/orders", async (route) => {
    ++sent;
    await page.fill("#postal", "14320"); // asks for a new quote meanwhile
    await page.locator("#postal").blur();
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    await page.evaluate(() => document.querySelector("#checkout").requestSubmit());
    await new Promise((resolve) => setTimeout(resolve, 500));
    await route.continue();
  });
  await page.goto(`${BASE}/id/p/talenan-jati`);
  await shopping.addToCart(page, 1);
  await shopping.goToCheckout(page);
  await shopping.fillCheckout(page, shopping.CARDS.approve);
  await shopping.placeOrder(page);
  assert.equal(sent, 1);
});

walk("errors are said at the fields", { viewport: PHONE }, async (page, shot) => {
  await page.goto(`${BASE}/id/p/talenan-jati`);
  await shopping.addToCart(page, 1);
  await shopping.goToCheckout(page);
  await page.locator("#checkout button[type=submit]").click();
  await page.locator("#name[aria-invalid=true]").waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.id), "name");
  assert.notEqual(await page.textContent("[data-form-error]"), "");
  await shot("checkout-errors-id");
});

walk("filters, search, sorting, dark", { viewport: DESKTOP, colorScheme: "dark" }, async (page, shot) => {
  await page.goto(`${BASE}/en/`);
  await page.fill("#search-text", "coffee");
  await page.keyboard.press("Enter");
  await page.locator(".results .card").first().waitFor();
  await page.locator(".choice input[name=stock]").check();
  await page.waitForURL(/stock=1/);
  await page.selectOption("select[name=sort]", "price");
  await page.waitForURL(/sort=price/);
  await checkLayout(page);
  await shot("search-dark-en");
  await page.goto(`${BASE}/en/search?q=zzzzzz`);
  await page.locator(".empty").waitFor();
  await page.goto(`${BASE}/en/privacy`);
  await shot("privacy-dark-en");
});

walk("the language is remembered", { viewport: PHONE, locale: "en-US" }, async (page) => {
  await page.goto(`${BASE}/`);
  assert.match(page.url(), /\/en\/$/);
  await page.locator('.languages a[data-locale="id"]').click();
  await page.waitForURL(/\/id\/$/);
  await page.goto(`${BASE}/`);
  assert.match(page.url(), /\/id\/$/);
});

test("an order in another browser stays closed; pages work without script", async () => {
  const { context, page } = await newShopper(browser, { viewport: PHONE });
  await page.goto(`${BASE}/id/orders/ord_abc123`);
  await page.locator(".callout").waitFor();
  await context.close();
  const plain = await browser.newContext({ javaScriptEnabled: false, ignoreHTTPSErrors: true });
  const bare = await plain.newPage();
  await bare.goto(`${BASE}/id/p/kemeja-batik-megamendung`);
  await bare.locator('[data-option="0-1"]').click();
  await bare.locator('[data-option="0-1"][aria-current="true"]').waitFor();
  await bare.locator(".add button[type=submit]").click();
  await bare.waitForURL(/\/cart/);
  await bare.locator("noscript .callout h2").waitFor();
  await plain.close();
});

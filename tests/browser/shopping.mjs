// What a shopper does, step by step; each step leaves the page of the next one.
import assert from "node:assert/strict";
import { checkLayout } from "./browser.mjs";

export const CARDS = {
  approve: "4242 4242 4242 4242",
  decline: "4000 0000 0000 0002",
  challenge: "4000 0000 0000 3220",
  late: "4000 0000 0000 0259",
};

export const PERSON = {
  name: "Sari Déwi Lestari",
  email: "sari@contoh.example",
  phone: "+62 812 3456 7890",
  line1: "Jalan Pelabuhan Lama 7",
  city: "Jakarta Utara",
  postal: "14310",
};

export async function openHome(page, base, locale) {
  await page.goto(`${base}/${locale}/`);
  assert.equal(await page.getAttribute("html", "lang"), locale);
  await checkLayout(page);
}

/** From a category on the home page to a product with options, chosen without reloading. */
export async function chooseShirt(page) {
  await page.locator('.tile a[href$="/c/batik"]').click();
  await page.locator(".results .card").first().waitFor();
  await checkLayout(page);
  await page.locator('.card a[href$="/p/kemeja-batik-megamendung"]').click();
  await page.locator('[data-option="0-1"]').click();
  await page.waitForURL(/variant=/);
  await page.locator('[data-option="0-1"][aria-current="true"]').waitFor();
  await checkLayout(page);
}

export async function addToCart(page, quantity) {
  for (let i = 1; i < quantity; ++i) await page.locator('#product [data-step="1"]').click();
  await page.locator(".add button[type=submit]").click();
  await page.locator("[data-answer] a").waitFor();
  assert.equal(await page.textContent("[data-cart-badge]"), String(quantity));
}

export async function goToCheckout(page) {
  await page.locator("[data-answer] a").click();
  await page.locator(".line").first().waitFor();
  await page.locator(".totals .total").waitFor();
  await checkLayout(page);
  await page.locator(".summary a.button").click();
  await page.locator(".summary-lines").waitFor();
}

export async function fillCheckout(page, card) {
  for (const [field, value] of Object.entries(PERSON)) await page.fill(`#${field}`, value);
  await page.selectOption("#region", "ID-JK");
  await page.locator("[data-method]:not([hidden]) input:checked").waitFor();
  await page.locator(`[data-test-card="${card}"]`).click();
  await checkLayout(page);
}

export async function placeOrder(page) {
  await page.locator("#checkout button[type=submit]").click();
  await page.waitForURL(/\/orders\/ord_/);
  await page.locator("[data-order-state]").waitFor();
  assert.equal(await page.textContent("[data-cart-badge]"), "");
}

export async function waitForState(page, status, payment) {
  await page.locator(`[data-order-state="${status}"][data-payment="${payment}"]`).waitFor();
  await checkLayout(page);
}

/** The personal part comes back, opened with the key that only this browser has. */
export async function checkDetails(page) {
  const details = page.locator("[data-details]");
  await details.getByText(PERSON.name).first().waitFor();
  const text = (await details.textContent()) ?? "";
  for (const value of [PERSON.email, PERSON.phone, PERSON.line1, PERSON.city]) {
    assert.ok(text.includes(value), `the details lack ${value}: ${text}`);
  }
}

/** Nothing personal and no secret may lie in the address or in localStorage. */
export async function checkNothingKept(page) {
  const kept = await page.evaluate(() => JSON.stringify(localStorage) + location.href + document.cookie);
  for (const value of [...Object.values(PERSON), "oat_", "4242"]) {
    assert.ok(!kept.includes(value), `${value} is kept in the open`);
  }
}

/** Everything by keyboard: Tab to what `selector` names, then press the key. */
export async function tabTo(page, selector, stepsMax = 120) {
  for (let i = 0; i < stepsMax; ++i) {
    const isThere = await page.evaluate(
      (wanted) => document.activeElement?.matches(wanted) ?? false,
      selector,
    );
    if (isThere) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`Tab never reaches ${selector} at ${page.url()}`);
}

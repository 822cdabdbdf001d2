// Staff in the admin console: the first owner enrols with authenticator and passkey, invites, signs in with
// either, is asked again, reveals a customer and finds it in the audit log. In English and Indonesian, on a
// desktop and a phone, dark and light; every complaint of the browser is a failure.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { after, before, test } from "node:test";
import { DESKTOP, PHONE, checkLayout, launch, newShopper, screenshot } from "./browser.mjs";

const BASE = process.env.CONSOLE_URL;
const SHOTS = process.env.SCREENSHOTS;
const ORDER = process.env.ORDER_ID;
const PASSWORD = "kapal bersandar di dermaga";
const STEP_S = 30;
let browser;

before(async () => {
  browser = await launch();
});
after(async () => browser?.close());

/** Refusals that the console asks for on purpose: whether somebody is signed in, and is asked again. */
const isExpected = (complaint) => /status of (401|403)/.test(complaint);

function base32(text) {
  let bits = "";
  for (const letter of text) bits += "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0");
  return Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
}

/** An authenticator app; no code of it is used twice. */
class Authenticator {
  constructor(secret) {
    this.key = base32(secret);
    this.lastStep = 0;
  }
  async code() {
    for (;;) {
      const now = Math.floor(Date.now() / 1000 / STEP_S);
      // The step before is good for this step only, which may end while a form is filled in.
      for (const step of [now, now + 1]) {
        if (step > this.lastStep) {
          this.lastStep = step;
          return this.at(step);
        }
      }
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
  at(step) {
    const counter = Buffer.alloc(8);
    counter.writeBigUInt64BE(BigInt(step));
    const digest = createHmac("sha1", this.key).update(counter).digest();
    const offset = digest[19] & 15;
    return String((digest.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, "0");
  }
}

async function newStaff({ viewport = DESKTOP, locale = "en-GB", colorScheme = "light" } = {}) {
  const one = await newShopper(browser, { viewport, locale, colorScheme, trustsAnything: false });
  const devtools = await one.context.newCDPSession(one.page);
  await devtools.send("WebAuthn.enable");
  await devtools.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return one;
}

async function enrol(page, link, { email, name } = {}) {
  await page.goto(link);
  const field = (label) => page.getByLabel(label, { exact: true });
  await field("Password").waitFor();
  assert.equal(new URL(page.url()).hash, "", "the secret of the link stays in the address bar");
  if (email !== undefined) {
    await field("E-mail").fill(email);
    await field("Name").fill(name);
  }
  await field("Password").fill(PASSWORD);
  const secret = (await page.locator(".secret").textContent()).replace(/\s/g, "");
  const authenticator = new Authenticator(secret);
  await field("Six-digit code").fill(await authenticator.code());
  await checkLayout(page);
  await screenshot(page, SHOTS, `console-enrol-${page.viewportSize().width}`);
  await page.getByRole("button", { name: "Create account" }).click();
  await page.getByText("I have kept the codes.").waitFor();
  const codes = await page.locator(".recovery-codes li").allTextContents();
  assert.equal(codes.length, 10);
  await screenshot(page, SHOTS, `console-recovery-${page.viewportSize().width}`);
  assert.ok(await page.getByRole("button", { name: "Continue" }).isDisabled());
  await page.getByText("I have kept the codes.").click();
  await page.getByRole("button", { name: "Continue" }).click();
  return { authenticator, codes };
}

async function addPasskey(page) {
  await page.getByLabel("Name of the passkey").fill("Test key");
  await page.getByRole("button", { name: "Add a passkey" }).click();
}

const inMenu = (page, name) => page.getByRole("link", { name, exact: true }).first();

async function stepUpWithCode(page, authenticator) {
  await page.getByRole("heading", { name: "Confirm that this is you" }).waitFor();
  await page.getByLabel("Code", { exact: true }).fill(await authenticator.code());
  await page.getByRole("button", { name: "Confirm" }).click();
}

test("from the first owner to a revealed customer in the audit log", { timeout: 300_000 }, async () => {
  const owner = await newStaff();
  const { page } = owner;
  const { authenticator } = await enrol(page, process.env.OWNER_LINK, { email: "owner@example.com", name: "Olga Owner" });
  await addPasskey(page);
  await inMenu(page, "Staff").waitFor();
  await checkLayout(page);
  await screenshot(page, SHOTS, "console-overview-1280");

  await inMenu(page, "Staff").click();
  await page.getByRole("button", { name: "Invite staff" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("E-mail", { exact: true }).fill("sari@example.com");
  await dialog.getByLabel("Name", { exact: true }).fill("Sari Support");
  await dialog.locator("select").selectOption("support");
  await dialog.getByLabel("Reason", { exact: true }).fill("joins in May");
  await dialog.getByRole("button", { name: "Invite staff" }).click();
  const link = await page.getByText(/\/enrol#/).first().textContent();
  await screenshot(page, SHOTS, "console-invitation-1280");
  await page.getByRole("button", { name: "Done", exact: true }).click();

  await page.getByRole("button", { name: "Sign out" }).first().click();
  await page.getByRole("button", { name: "Sign in with a passkey" }).waitFor();
  await screenshot(page, SHOTS, "console-sign-in-1280");
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await inMenu(page, "Orders").click();
  await page.locator(`a[href="/orders/${ORDER}"]`).first().waitFor();
  await checkLayout(page);
  await screenshot(page, SHOTS, "console-orders-1280");
  await page.goto(`${BASE}/orders/${ORDER}`);
  await page.getByRole("button", { name: "Reveal" }).waitFor();
  assert.ok(!(await page.textContent("body")).includes("Penanda"), "a customer is shown before anybody asked");
  await page.getByRole("button", { name: "Reveal" }).click();
  await page.getByRole("dialog").getByLabel("Reason", { exact: true }).fill("asks where the parcel is");
  await page.getByRole("dialog").getByRole("button", { name: "Reveal" }).click();
  await stepUpWithCode(page, authenticator);
  await page.getByText("Putri Penanda").waitFor();
  await checkLayout(page);
  await screenshot(page, SHOTS, "console-order-1280");

  await findsTheCustomer(page);

  await inMenu(page, "Audit log").click();
  await page.getByText("customer.show").first().waitFor();
  await page.getByText("asks where the parcel is").first().waitFor();
  await screenshot(page, SHOTS, "console-audit-1280");
  assert.deepEqual(owner.complaints.filter((one) => !isExpected(one)), []);
  await owner.context.close();

  await supportOnAPhone(link);
});

/** By their address, in other letters than they wrote it; what is shown is masked, and goes with the page. */
async function findsTheCustomer(page) {
  await inMenu(page, "Customers").click();
  await page.getByRole("button", { name: "Find", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "E-mail", exact: true }).fill("Penanda@Example.com");
  await dialog.getByLabel("Reason", { exact: true }).fill("asks for their data");
  await dialog.getByRole("button", { name: "Find", exact: true }).click();
  await page.getByText(/^P•+ P•+/).first().waitFor();
  assert.ok(!/penanda/i.test(await page.textContent("body")), "a customer who was found is not masked");
  assert.equal(new URL(page.url()).search, "", "what was looked for stands in the address");
  await checkLayout(page);
  await screenshot(page, SHOTS, "console-customers-1280");
  await inMenu(page, "Approvals").click();
  await page.getByRole("heading", { level: 1, name: "Approvals" }).waitFor();
  await checkLayout(page);
  await screenshot(page, SHOTS, "console-approvals-1280");
}

/** Whoever was invited: sees only what the role may, also in the dark and in Indonesian. */
async function supportOnAPhone(link) {
  const sari = await newStaff({ viewport: PHONE, colorScheme: "dark" });
  const { page } = sari;
  const { authenticator } = await enrol(page, link);
  await page.getByRole("button", { name: "Skip" }).click();
  await page.getByRole("heading", { level: 1 }).waitFor();
  await checkLayout(page);
  await screenshot(page, SHOTS, "console-overview-360-dark");
  await page.goto(`${BASE}/keys`);
  await page.getByRole("heading", { name: "Not allowed" }).waitFor();
  await page.goto(`${BASE}/account`);
  await page.getByText("Sessions").first().waitFor();
  await checkLayout(page);
  await screenshot(page, SHOTS, "console-account-360-dark");
  await sari.context.clearCookies();

  const again = await newStaff({ viewport: PHONE, locale: "id-ID" });
  await again.page.goto(`${BASE}/sign-in`);
  await again.page.locator("input[autocomplete=username]").fill("sari@example.com");
  await again.page.locator("input[autocomplete=current-password]").fill(PASSWORD);
  await again.page.locator("input[autocomplete=one-time-code]").fill("000000");
  await again.page.getByRole("button", { name: "Masuk dengan kata sandi" }).click();
  await again.page.getByRole("alert").waitFor();
  await screenshot(again.page, SHOTS, "console-sign-in-360-id");
  await again.page.locator("input[autocomplete=one-time-code]").fill(await authenticator.code());
  await again.page.getByRole("button", { name: "Masuk dengan kata sandi" }).click();
  await again.page.locator("input[autocomplete=username]").waitFor({ state: "detached" });
  await again.page.locator("html[lang=id] h1").waitFor();
  await again.page.goto(`${BASE}/orders`);
  await again.page.locator(`a[href="/orders/${ORDER}"]`).first().waitFor();
  await checkLayout(again.page);
  await screenshot(again.page, SHOTS, "console-orders-360-id");
  for (const one of [sari, again]) {
    assert.deepEqual(one.complaints.filter((complaint) => !isExpected(complaint)), []);
    await one.context.close();
  }
}

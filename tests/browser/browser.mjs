// A browser whose every complaint is a failure.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { chromium } from "playwright-core";

const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";
const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export const PHONE = { width: 360, height: 740 };
export const DESKTOP = { width: 1280, height: 900 };

export async function launch() {
  return chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
}

/** A page of its own shopper. complaints() gives what the browser had to say against it. */
export async function newShopper(
  browser,
  { viewport, colorScheme = "light", locale = "id-ID", trustsAnything = true },
) {
  const context = await browser.newContext({
    viewport,
    colorScheme,
    locale,
    isMobile: viewport.width < 600,
    hasTouch: viewport.width < 600,
    ignoreHTTPSErrors: trustsAnything,
  });
  context.setDefaultTimeout(20_000);
  const complaints = [];
  await context.exposeBinding("reportViolation", (_, text) => complaints.push(`CSP: ${text}`));
  await context.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      window.reportViolation(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`);
    });
  });
  const page = await context.newPage();
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) {
      complaints.push(`${message.type()}: ${message.text()} at ${page.url()}`);
    }
  });
  page.on("pageerror", (error) => complaints.push(`page error: ${error.message} at ${page.url()}`));
  page.on("requestfailed", (request) => {
    const reason = request.failure()?.errorText ?? "";
    if (reason !== "net::ERR_ABORTED") complaints.push(`failed: ${request.url()} ${reason}`);
  });
  return { context, page, complaints };
}

/** Nothing may be wider than the screen, and every picture must have arrived. */
export async function checkLayout(page) {
  const wide = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  assert.ok(wide <= 0, `${page.url()} is ${wide} px too wide`);
  const broken = await page.evaluate(() =>
    [...document.images]
      .filter((image) => image.complete && image.naturalWidth === 0)
      .map((image) => image.src),
  );
  assert.deepEqual(broken, [], `pictures missing at ${page.url()}`);
}

export async function screenshot(page, folder, name) {
  mkdirSync(folder, { recursive: true });
  // Lazy pictures load when they are scrolled to.
  await page.evaluate(async () => {
    for (let y = 0; y < document.body.scrollHeight; y += 400) {
      window.scrollTo({ top: y, behavior: "instant" });
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    window.scrollTo({ top: 0, behavior: "instant" });
  });
  await page.waitForLoadState("networkidle");
  await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
}

// docs/images/storefront.png: the home page as a desktop shows it first.
import { launch, newShopper } from "./browser.mjs";

const [base, output] = [process.env.SHOP_URL, process.env.PICTURE];
const browser = await launch();
const { page } = await newShopper(browser, { viewport: { width: 1180, height: 780 } });
await page.goto(`${base}/en/`);
await page.waitForLoadState("networkidle");
await page.screenshot({ path: output });
await browser.close();

import "fake-indexeddb/auto";
import { beforeEach, expect, test, vi } from "vitest";
import type { OrderDetails } from "../src/seal/calls";
import { Shopper, signIn } from "../src/shop/account";
import { ofAccount } from "../src/shop/order_source";
import { namesOfVariants } from "../src/shop/product_names";
import { FakeShop } from "./fake_shop";

const LATER = "2999-01-01T00:00:00Z";
const SESSION = { session: "s".repeat(43), expires_at: LATER, token: "", token_expires_at: LATER };
const ORDER = { id: "ord_1", status: "open" };

let paths: string[];

/** Serves `pages` pages of the catalog, each with one product of one variant: var_0, var_1, … */
function serveCatalog(pages: number): void {
  paths = [];
  vi.stubGlobal("fetch", async (path: string) => {
    paths.push(path);
    const page = Number(/cursor=(\d+)/.exec(path)?.[1] ?? "0");
    return Response.json({
      items: [
        {
          title: `Barang ${page}`,
          variants: [{ id: `var_${page}`, option_values: page === 0 ? [] : ["Biru", "M"] }],
        },
      ],
      next_cursor: page + 1 < pages ? String(page + 1) : null,
    });
  });
}

beforeEach(() => vi.unstubAllGlobals());

test("names are looked up in the catalog's pages, which tell nobody what was bought", async () => {
  serveCatalog(5);
  const names = await namesOfVariants(["var_2", "var_0"], "id");
  expect(names.get("var_0")).toBe("Barang 0");
  expect(names.get("var_2")).toBe("Barang 2 (Biru / M)");
  expect(paths).toHaveLength(3); // no further than needed
  expect(paths.join()).not.toContain("var_");
});

test("a name that is nowhere ends the search with the catalog, or after ten pages", async () => {
  serveCatalog(3);
  expect((await namesOfVariants(["var_gone"], "id")).has("var_gone")).toBe(false);
  expect(paths).toHaveLength(3);
  serveCatalog(50);
  await namesOfVariants(["var_40"], "id");
  expect(paths).toHaveLength(10);
});

test("without an answer there are no names, and the order still shows", async () => {
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("offline")));
  expect((await namesOfVariants(["var_0"], "id")).size).toBe(0);
});

test("an order of the account is opened once, then asked for with the token of that answer", async () => {
  const shop = await FakeShop.open();
  shop.answer = () => ({ result: SESSION });
  const shopper = Shopper.of(await signIn("a@b.id", "x"));
  const details = { order: ORDER, access_token: "oat_1", lines: [] } as unknown as OrderDetails;
  shop.answer = () => ({ result: details });
  const source = ofAccount("ord_1", shopper);
  expect(await source.read()).toEqual(ORDER);
  expect(await source.details()).toEqual(details);
  expect(shop.last).toMatchObject({
    method: "account.order",
    params: { session: SESSION.session, order_id: "ord_1" },
  });
  expect(shop.boxes).toHaveLength(2);
  const asked = vi.fn(async (_: string, __?: RequestInit) => Response.json({ ...ORDER, status: "confirmed" }));
  vi.stubGlobal("fetch", asked);
  expect(await source.read()).toMatchObject({ status: "confirmed" });
  expect(asked.mock.calls[0]?.[0]).toBe("/store/v1/orders/ord_1");
  expect(asked.mock.calls[0]?.[1]?.headers).toEqual({ Authorization: "Bearer oat_1" });
});

test("an order of the account is cancelled by the session; the bank's code is not asked for", async () => {
  const shop = await FakeShop.open();
  shop.answer = () => ({ result: SESSION });
  const shopper = Shopper.of(await signIn("a@b.id", "x"));
  const source = ofAccount("ord_1", shopper);
  await source.cancel();
  expect(shop.last).toMatchObject({ method: "account.cancel_order", params: { order_id: "ord_1" } });
  expect(source.answer).toBeNull();
});

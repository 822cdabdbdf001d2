import { getProduct, listProducts } from "../api/client";
import type { Product } from "../api/types";

const PAGES_MAX = 10;

function add(names: Map<string, string>, product: Product): void {
  for (const variant of product.variants) {
    const choice = variant.option_values.join(" / ");
    names.set(variant.id, choice === "" ? product.title : `${product.title} (${choice})`);
  }
}

/** Names by variant of products whose handles are known. */
export async function namesOfProducts(
  handles: readonly string[],
  locale: string,
): Promise<Map<string, string>> {
  const names = new Map<string, string>();
  await Promise.all(
    [...new Set(handles)].map(async (handle) => {
      const product = await getProduct(handle, locale).catch(() => null);
      if (product !== null) add(names, product);
    }),
  );
  return names;
}

/**
 * Names of variants of which nothing else is known, from the catalog's pages: so nobody learns
 * which products an account has bought. What is not found is no longer sold, or far down a long list.
 */
export async function namesOfVariants(
  variants: readonly string[],
  locale: string,
): Promise<Map<string, string>> {
  const names = new Map<string, string>();
  let cursor: string | null = "";
  for (let page = 0; page < PAGES_MAX && cursor !== null; ++page) {
    const found: Awaited<ReturnType<typeof listProducts>> | null = await listProducts(
      locale,
      cursor,
    ).catch(() => null);
    if (found === null) break;
    for (const product of found.items) add(names, product);
    if (variants.every((variant) => names.has(variant))) break;
    cursor = found.next_cursor;
  }
  return names;
}

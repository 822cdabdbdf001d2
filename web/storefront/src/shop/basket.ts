import { getProduct } from "../api/client";
import type { Product, Variant } from "../api/types";
import { h } from "../ui/dom";
import { link, locale } from "../ui/page";
import type { CartLine } from "./cart";

/** A cart line with what the catalog says of it now; null when it is no longer sold. */
export interface BasketItem {
  line: CartLine;
  product: Product | null;
  variant: Variant | null;
}

export async function loadBasket(lines: CartLine[]): Promise<BasketItem[]> {
  const handles = [...new Set(lines.map((line) => line.product))];
  const products = new Map(
    await Promise.all(
      handles.map(async (handle) => [handle, await getProduct(handle, locale)] as const),
    ),
  );
  return lines.map((line) => {
    const product = products.get(line.product) ?? null;
    const variant = product?.variants.find((one) => one.id === line.variant_id) ?? null;
    return { line, product, variant };
  });
}

/** Whether it can be ordered as far as this page knows; the shop decides when the order comes. */
export function canBeOrdered(item: BasketItem): boolean {
  return item.variant !== null && item.variant.availability !== "sold_out";
}

/** "Kemeja Batik (Biru / M)" */
export function fullName(item: BasketItem): string {
  const title = item.product?.title ?? item.line.product;
  const choice = chosenOptions(item);
  return choice === "" ? title : `${title} (${choice})`;
}

/** "Biru / M"; empty for products with one plain variant. */
export function chosenOptions(item: BasketItem): string {
  return item.variant?.option_values.join(" / ") ?? "";
}

export function productLink(item: BasketItem): string {
  return `${link("/p/")}${encodeURIComponent(item.line.product)}?variant=${item.line.variant_id}`;
}

export function picture(item: BasketItem, sizePx: number): HTMLImageElement | string {
  const index = item.variant?.image_index ?? 0;
  const image = item.product?.images[index] ?? item.product?.images[0];
  if (image === undefined || !/^(\/|https:\/\/)/.test(image.url)) return "";
  return h("img", { src: image.url, alt: "", width: sizePx, height: sizePx, loading: "lazy" });
}

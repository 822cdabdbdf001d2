/** One line of the cart as it is kept: no names, no addresses, only what was chosen. */
export interface CartLine {
  variant_id: string;
  product: string; // handle
  quantity: number;
  price_seen?: number; // minor units, to say when a price has changed
}

const KEY = "dermaga.cart.v1";
const LINES_MAX = 100;
export const QUANTITY_MAX = 1000;

function isLine(value: unknown): value is CartLine {
  if (typeof value !== "object" || value === null) return false;
  const line = value as Partial<Record<keyof CartLine, unknown>>;
  return (
    typeof line.variant_id === "string" &&
    /^var_[0-9a-z]{1,40}$/.test(line.variant_id) &&
    typeof line.product === "string" &&
    line.product.length <= 255 &&
    Number.isInteger(line.quantity) &&
    (line.quantity as number) >= 1 &&
    (line.quantity as number) <= QUANTITY_MAX &&
    (line.price_seen === undefined || Number.isSafeInteger(line.price_seen))
  );
}

/** Reads what another version, another tab or a curious person may have left there. */
export function parseCart(text: string | null): CartLine[] {
  if (text === null) return [];
  try {
    const parsed: unknown = JSON.parse(text);
    const lines = Array.isArray(parsed) ? parsed.filter(isLine) : [];
    const once = new Map(lines.map((line) => [line.variant_id, line]));
    return [...once.values()].slice(0, LINES_MAX);
  } catch {
    return [];
  }
}

export function readCart(): CartLine[] {
  try {
    return parseCart(localStorage.getItem(KEY));
  } catch {
    return []; // storage is switched off
  }
}

function writeCart(lines: CartLine[]): boolean {
  try {
    localStorage.setItem(KEY, JSON.stringify(lines));
  } catch {
    return false;
  }
  window.dispatchEvent(new Event("dermaga-cart"));
  return true;
}

/** Lines after adding; the quantity stays within what one order may have. */
export function withAdded(lines: CartLine[], added: CartLine): CartLine[] {
  const known = lines.find((line) => line.variant_id === added.variant_id);
  if (known === undefined) {
    return [...lines, added].slice(0, LINES_MAX);
  }
  const quantity = Math.min(QUANTITY_MAX, known.quantity + added.quantity);
  return lines.map((line) => (line === known ? { ...line, quantity } : line));
}

export function addToCart(line: CartLine): boolean {
  return writeCart(withAdded(readCart(), line));
}

export function setQuantity(variantId: string, quantity: number): void {
  const kept = readCart().filter((line) => line.variant_id !== variantId || quantity > 0);
  const bounded = Math.min(QUANTITY_MAX, Math.max(1, Math.trunc(quantity)));
  writeCart(
    kept.map((line) => (line.variant_id === variantId ? { ...line, quantity: bounded } : line)),
  );
}

/** Remembers the prices that the shopper has now seen; says nothing to other parts of the page. */
export function rememberPrices(prices: ReadonlyMap<string, number>): void {
  const lines = readCart().map((line) => {
    const price = prices.get(line.variant_id);
    return price === undefined ? line : { ...line, price_seen: price };
  });
  try {
    localStorage.setItem(KEY, JSON.stringify(lines));
  } catch {
    // The next visit will not know the old price.
  }
}

export function emptyCart(): void {
  writeCart([]);
}

/** Runs when the cart changes, here or in another tab. */
export function onCartChange(changed: () => void): void {
  window.addEventListener("dermaga-cart", changed);
  window.addEventListener("storage", (event) => {
    if (event.key === KEY || event.key === null) changed();
  });
}

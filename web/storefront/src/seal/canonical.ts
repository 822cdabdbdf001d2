import type { Destination, LineRequest, Money } from "../api/types";

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** RFC 8785: members sorted by UTF-16 code units, no white space. Numbers must be safe integers. */
export function canonicalJson(value: Json): string {
  if (Array.isArray(value)) {
    return `[${value.map(canonicalJson).join(",")}]`;
  }
  if (typeof value === "object" && value !== null) {
    const members = Object.keys(value)
      .sort()
      .map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key] ?? null)}`);
    return `{${members.join(",")}}`;
  }
  if (typeof value === "number" && !Number.isSafeInteger(value)) {
    throw new RangeError("only safe integers have one canonical form here");
  }
  return JSON.stringify(value);
}

export function base64url(bytes: Uint8Array): string {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

/** What the public zone reads of an order. */
export interface ClearPart {
  lines: LineRequest[];
  destination: Destination;
  shipping_method: string;
  total: Money;
}

/** The text whose hash binds a box to its order (docs/reference/sealed-box.md). */
export function clearText(clear: ClearPart): string {
  return canonicalJson({
    currency: clear.total.currency,
    destination: {
      country: clear.destination.country,
      postal_code: clear.destination.postal_code ?? "",
      region: clear.destination.region ?? "",
    },
    lines: clear.lines.map(({ quantity, variant_id }) => ({ quantity, variant_id })),
    shipping_method: clear.shipping_method,
    total: clear.total.amount,
  });
}

export async function clearHash(clear: ClearPart): Promise<string> {
  const bytes = new TextEncoder().encode(clearText(clear));
  return base64url(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
}

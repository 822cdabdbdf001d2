import type { StockAdjustment, StockRow } from "../../api/types";

export type Way = "set" | "by";

/** What was entered as an adjustment; null where it is none: not a whole number, or below nothing. */
export function adjustmentOf(
  row: StockRow,
  way: Way,
  entered: string,
  reason: string,
): StockAdjustment | null {
  const text = entered.trim().replace("−", "-");
  if (!/^[+-]?\d{1,9}$/.test(text)) return null;
  const units = Number(text);
  const base = { sku: row.variant_id, location_id: row.location_id, reason };
  if (way === "set") return units < 0 ? null : { ...base, set: units };
  return units === 0 || row.on_hand + units < 0 ? null : { ...base, by: units };
}

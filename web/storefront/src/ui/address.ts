import type { ShippingAddress } from "../seal/calls";
import { locale } from "./page";

/** An address as it stands on a parcel, a line each; parts that are missing take no line. */
export function addressLines(address: ShippingAddress): string[] {
  const city = [address.city, address.postal_code ?? ""].filter((part) => part !== "").join(" ");
  const country = new Intl.DisplayNames([locale], { type: "region" }).of(address.country);
  const lines = [
    address.name ?? "",
    address.line1,
    address.line2 ?? "",
    city,
    country ?? address.country,
  ];
  return lines.filter((line) => line !== "");
}

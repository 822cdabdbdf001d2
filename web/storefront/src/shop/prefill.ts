import type { AccountAddress, Profile, SavedAddress } from "../seal/account";
import type { RawAddress } from "./checks";

const ADDRESSES_MAX = 20;

type Place = Omit<RawAddress, "name">;

/** An address of the account as the fields of a form have it. */
export function placeOf(address: AccountAddress): Place {
  return {
    country: address.country,
    line1: address.line1,
    line2: address.line2 ?? "",
    city: address.city,
    postal: address.postal_code ?? "",
    region: address.region ?? "",
  };
}

export function addressOf(raw: RawAddress): AccountAddress {
  return {
    name: raw.name,
    line1: raw.line1,
    line2: raw.line2,
    city: raw.city,
    region: raw.region,
    postal_code: raw.postal,
    country: raw.country,
  };
}

/** The saved address that the form shows now, whoever it is for. */
export function findSaved(
  addresses: readonly SavedAddress[],
  raw: Place,
): SavedAddress | undefined {
  return addresses.find(({ address }) => {
    const place = placeOf(address);
    return (Object.keys(place) as (keyof Place)[]).every((field) => place[field] === raw[field]);
  });
}

/** Name, e-mail and phone for the fields that are still empty. */
export function contactFor(
  { account }: Pick<Profile, "account">,
  raw: Readonly<Record<"name" | "email" | "phone", string>>,
): Record<"name" | "email" | "phone", string> {
  return {
    name: raw.name || account.name,
    email: raw.email || account.email,
    phone: raw.phone || account.phone,
  };
}

/** Whether "save this address" can be offered: it is new to the account, which has room for it. */
export function canBeSaved(addresses: readonly SavedAddress[], raw: Place): boolean {
  return addresses.length < ADDRESSES_MAX && findSaved(addresses, raw) === undefined;
}

/** "Sari · Jl. Pelabuhan 1, Jakarta": one line to choose by. */
export function shortAddress(address: AccountAddress): string {
  return `${address.name} · ${address.line1}, ${address.city}`;
}
